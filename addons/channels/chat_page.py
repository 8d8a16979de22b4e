"""What the chat serves besides messages: its page, its script and its numbers, from widget/."""

import base64
import hashlib
import json
import re
from html import escape
from pathlib import Path
from string import Template
from typing import Any

from addons.channels.chat_script import Script
from conch.referrals import Referrals

WIDGET = Path(__file__).resolve().parents[2] / "widget"
DEFAULT_LANGUAGE = "en"
GAP = "const GIVEN=null;"  # as it is once spaces are dropped
PAGE_ONLY = {"title", "waiting", "noscript"}  # strings that the script has no use for
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Vary": "Origin, Accept-Encoding",
}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src {styles}; img-src 'self'; connect-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors {ancestors}; require-trusted-types-for 'script'; trusted-types 'none'"
)


def squeezed_style(source: str) -> str:
    """Drops what a style sheet does not need; no selector of ours has a space before a colon."""
    return re.sub(r"\s+", " ", re.sub(r"\s*([{};:,>])\s*", r"\1", source)).replace(";}", "}").strip()


def style_hash(style: str) -> str:
    """A style's name in a Content-Security-Policy."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()}'"


def read_words(folder: Path) -> dict[str, dict[str, Any]]:
    """The strings of each language.

    Raises ValueError for a file that is no JSON, or lacks a string of English or has it in another shape.
    """
    words = {}
    for path in sorted(folder.glob("strings.*.json")):
        try:
            words[path.name.split(".")[1]] = json.loads(path.read_text("utf-8"))
        except ValueError as error:
            raise ValueError(f"{path}: no JSON: {error}") from error
    for language, found in words.items():
        for key, text in words[DEFAULT_LANGUAGE].items():
            if not isinstance(found, dict) or type(found.get(key)) is not type(text):
                raise ValueError(f"{folder}/strings.{language}.json: '{key}' must be there, as in English")
    return words


class Widget:
    """The files of widget/, read once and put together for each language that has strings."""

    def __init__(self, exit_url: str, folder: Path = WIDGET) -> None:
        self.exit_url = exit_url
        self.files = {path.name: path.read_text("utf-8") for path in folder.iterdir() if path.is_file()}
        self.words = read_words(folder)
        self.page_style, self.chat_style = (squeezed_style(self.files[name]) for name in ("page.css", "chat.css"))
        self.plain_script = Script(folder / "script").text
        if self.plain_script.count(GAP) != 1:
            raise ValueError(f"{folder / 'script'}: one module must hold 'const GIVEN = null;', once")

    def language(self, wanted: str | None) -> str:
        """A language that has strings."""
        return wanted if wanted in self.words else DEFAULT_LANGUAGE

    def policy(self, ancestors: tuple[str, ...] = ()) -> str:
        """The page's Content-Security-Policy, with the sites that may frame it."""
        styles = f"{style_hash(self.page_style)} {style_hash(self.chat_style)}"
        return POLICY.format(styles=styles, ancestors=" ".join(ancestors) or "'none'")

    def numbers(self, referrals: Referrals, language: str) -> str:
        """The referral block as plain HTML that dials."""
        words = referrals.words.get(language, referrals.words[DEFAULT_LANGUAGE])
        items = "\n".join(
            f'<li><a href="tel:{escape(line.dial)}"><span>{escape(line.name)}</span> '
            f"<strong>{escape(line.number)}</strong></a></li>"
            for line in referrals.lines(language)
        )
        return f'<div class="numbers"><p>{escape(words.heading)}</p><ul>\n{items}\n</ul></div>'

    def page(self, name: str, referrals: Referrals, language: str) -> str:
        """One of the HTML files with its strings, its style and the numbers."""
        words = {key: escape(value) for key, value in self.words[language].items() if isinstance(value, str)}
        script = "w.js" if language == DEFAULT_LANGUAGE else f"w.js?lang={language}"
        return Template(self.files[name]).substitute(
            words,
            style=self.page_style,
            script=script,
            numbers=self.numbers(referrals, language),
            exit_url=escape(self.exit_url),
        )

    def script(self, referrals: Referrals, language: str) -> str:
        """The component with its strings, its style, the numbers and the way out."""
        given = {
            "words": {key: text for key, text in self.words[language].items() if key not in PAGE_ONLY},
            "style": self.chat_style,
            "heading": referrals.words.get(language, referrals.words[DEFAULT_LANGUAGE]).heading,
            "numbers": [line.dict() for line in referrals.lines(language)],
            "exit": self.exit_url,
        }
        return self.plain_script.replace(GAP, f"const GIVEN={json.dumps(given, separators=(',', ':'))};")
