"""Fuzzed texts: what people write, and what nobody should, the same ones for the same seed."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from random import Random

from conch.settings import ROOT

EXAMPLE = re.compile(r"^    - (.+)$", re.MULTILINE)
MARK = re.compile(r"\[([^\]]+)\]\([^)]*\)")
OTHER_LANGUAGES = (
    "hola, necesito ayuda, me quitaron el pasaporte",
    "je ne peux pas sortir de la maison",
    "mwen bezwen èd, yo pran paspò mwen",
    "我需要帮助",
    "мне нужна помощь",
    "أحتاج مساعدة",
)
TAPS = (
    "/greet",
    "/ask_contacts",
    "/indicator_grooming",
    '/scenario_choose{"option": "a"}',
    "/start_scenario",
    "/restart",
    "/session_start",
    "/no_such_intent",
    '/ask_contacts{"island": ',
    "/",
    "//",
    "/back",
)
ODD = (
    "' OR 1=1; DROP TABLE conversations; --",
    "<script>alert(1)</script><img src=x onerror=alert(2)>",
    "{{7*7}} ${jndi:ldap://x} %s %n \\x00",
    '{"text": "hello", "sender": {"id": 1}}',
    "../../../../etc/passwd",
    "\u202eadvice me give\u202c",
    "\x00\x01\x02 help \x7f",
    "help \ud83d me \udc00",
    "z\u0351\u036b\u0343a\u0323\u0300l\u0489g\u0321o",
    "\u200b\u200b\u200b",
    "   ",
    "",
    "?",
    "🙏" * 50,
    "a" * 3000,
    "\n\n\n\t",
    "0",
    "NaN",
)
Change = Callable[[str, Random], str]


def misspelt(text: str, random: Random) -> str:
    """Some letters doubled, dropped or changed places."""
    letters = list(text)
    for _ in range(max(1, len(letters) // 12)):
        at = random.randrange(len(letters))
        letters[at] = random.choice(("", letters[at] * 2, letters[at].swapcase(), random.choice("aeiourst ")))
    return "".join(letters)


def with_noise(text: str, random: Random) -> str:
    """Something odd in the middle of it."""
    at = random.randrange(len(text) + 1)
    return text[:at] + random.choice(ODD) + text[at:]


def any_letters(text: str, random: Random) -> str:
    """As many letters as that, of any script and none."""
    return "".join(chr(random.choice((random.randrange(1, 0x2FF), random.randrange(0x110000)))) for _ in text)


CHANGES: tuple[Change, ...] = (
    misspelt,
    with_noise,
    lambda text, random: text.upper(),
    lambda text, random: text * random.randrange(2, 40),
    lambda text, random: " ".join(random.sample(text.split(), len(text.split()))),
    lambda text, random: text[: random.randrange(1, len(text) + 1)],
    lambda text, random: random.choice(ODD),
    lambda text, random: random.choice(TAPS),
    lambda text, random: random.choice(OTHER_LANGUAGES),
    any_letters,
)


def examples(folder: Path = ROOT / "data" / "nlu") -> list[str]:
    """The training messages, marks taken off."""
    files = sorted(folder.rglob("*.yml"))
    found = [MARK.sub(r"\1", line) for path in files for line in EXAMPLE.findall(path.read_text("utf-8"))]
    if not found:
        raise FileNotFoundError(f"{folder}: no training messages: is this a whole checkout?")
    return found


class Texts:
    """One odd or ordinary text after another; every tenth carries the canary."""

    ORDINARY = 0.6  # of all texts; a person's turn is what must not be lost

    def __init__(self, random: Random, canary: str, written: list[str]) -> None:
        self.random, self.canary, self.written = random, canary, written

    def next(self) -> str:
        """The next text."""
        text = self.random.choice(self.written)
        if self.random.random() > self.ORDINARY:
            text = self.random.choice(CHANGES)(text, self.random)
        return f"{text} {self.canary}" if self.random.random() < 0.1 else text
