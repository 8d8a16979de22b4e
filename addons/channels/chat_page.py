"""What the chat serves besides messages: its page, its script and its numbers, from widget/."""

import base64
import hashlib
import json
import re
from html import escape
from pathlib import Path
from string import Template
from typing import Any

from conch.referrals import Referrals

WIDGET = Path(__file__).resolve().parents[2] / "widget"
DEFAULT_LANGUAGE = "en"
GAP = "const GIVEN = null;"
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


def squeezed(source: str) -> str:
    """Drops indentation, empty lines and whole-line comments; line ends stay."""
    lines = (line.strip() for line in source.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//"))


def squeezed_style(source: str) -> str:
    """Drops what a style sheet does not need; no selector of ours has a space before a colon."""
    return re.sub(r"\s*([{};:,>])\s*", r"\1", squeezed(source)).replace("\n", " ").replace(";}", "}")


def style_hash(style: str) -> str:
    """A style's name in a Content-Security-Policy."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()}'"


class Widget:
    """The files of widget/, read once and put together for each language that has strings."""

    def __init__(self, exit_url: str, folder: Path = WIDGET) -> None:
        self.exit_url = exit_url
        self.files = {path.name: path.read_text("utf-8") for path in folder.iterdir() if path.is_file()}
        self.words: dict[str, dict[str, Any]] = {
            path.name.split(".")[1]: json.loads(path.read_text("utf-8")) for path in folder.glob("strings.*.json")
        }
        self.page_style, self.chat_style = (squeezed_style(self.files[name]) for name in ("page.css", "chat.css"))
        if self.files["chat.js"].count(GAP) != 1:
            raise ValueError(f"widget/chat.js: must hold '{GAP}' once")

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
            "words": self.words[language],
            "style": self.chat_style,
            "heading": referrals.words.get(language, referrals.words[DEFAULT_LANGUAGE]).heading,
            "numbers": [line.dict() for line in referrals.lines(language)],
            "exit": self.exit_url,
        }
        return squeezed(self.files["chat.js"]).replace(GAP, f"const GIVEN = {json.dumps(given)};")
