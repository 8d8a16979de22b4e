"""The second means beside the classifier: a small reviewed lexicon of safety phrases.

It is decided for recall on outright wording; content/safety_phrases.yml says how it is written.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from conch.languages import LANGUAGES, without_accents

PHRASES_FILE = Path(__file__).resolve().parents[2] / "content" / "safety_phrases.yml"
SAFETY_INTENTS = ("self_harm", "immediate_danger", "unsafe_to_talk")  # the first outranks the others
QUOTES = "'\u2018\u2019\u02bc\u0060\u00b4"
RUNS = re.compile(r"([a-z])\1\1+|([.,:;!?])[.,:;!?]+|([\w.,:;!?])|[^\w.,:;!?]+")


@dataclass(frozen=True)
class SafetyPhrase:
    """A match: the intent it means and where it stands in the text, in characters."""

    intent: str
    start: int
    end: int


class SafetyPhrases:
    """The compiled lexicon."""

    def __init__(self, path: Path = PHRASES_FILE) -> None:
        self.file = path.name
        with path.open(encoding="utf-8") as file:
            content = yaml.load(file, Loader=yaml.BaseLoader)
        self.words: dict[str, str] = {}
        for name, line in self._field(content, "words", of=dict).items():
            self.words[name] = self._compiled(line, f"words: {name}").pattern
        self.negations = self._lines(content, "negations")
        self.figures = {intent: self._lines(content, "figures", intent) for intent in SAFETY_INTENTS}
        self.phrases = {
            intent: [line for code in LANGUAGES for line in self._lines(content, "phrases", intent, code)]
            for intent in SAFETY_INTENTS
        }

    def find(self, text: str) -> SafetyPhrase | None:
        """The first phrase that counts, by rank of its intent."""
        plain, places = simplify(text)
        for intent in SAFETY_INTENTS:
            found = spans(self.phrases[intent], plain)
            negations = spans(self.negations, plain) if found else []
            figures = spans(self.figures[intent], plain) if found else []
            for start, end in sorted(found):
                negated = any(first < start <= last + 1 for first, last in negations)
                if not negated and not any(start < last and first < end for first, last in figures):
                    return SafetyPhrase(intent, places[start], places[end - 1] + 1)
        return None

    def _field(self, content: Any, *keys: str, of: type = str) -> Any:
        for key in keys:
            content = content.get(key) if isinstance(content, dict) else None
        if not content or not isinstance(content, of):
            raise ValueError(f"{self.file}: {': '.join(keys)}: missing, empty or of the wrong kind")
        return content

    def _lines(self, content: Any, *keys: str) -> list[re.Pattern[str]]:
        lines = enumerate(self._field(content, *keys).splitlines(), start=1)
        return [self._compiled(line, f"{': '.join(keys)}: line {at}") for at, line in lines]

    def _compiled(self, line: str, field: str) -> re.Pattern[str]:
        try:
            plain = re.sub(r"\{([a-z_]+)\}", lambda name: self.words[name[1]], line)
            return re.compile(rf"\b(?:{plain or '('})\b")  # an empty line would match everything
        except (re.error, KeyError, TypeError) as error:
            raise ValueError(f"{self.file}: {field}: {error} in {line!r}") from error


def spans(patterns: list[re.Pattern[str]], plain: str) -> list[tuple[int, int]]:
    """Where any of the patterns stands."""
    return [match.span() for pattern in patterns for match in pattern.finditer(plain)]


def simplify(text: str) -> tuple[str, list[int]]:
    """Small plain letters without apostrophes or drawn-out ones, and each one's place in the text."""
    letters = [(c, at) for at, char in enumerate(text) for c in without_accents(char.lower()).strip(QUOTES)]
    runs = list(RUNS.finditer("".join(c for c, _ in letters)))
    plain = "".join(run[run.lastindex] if run.lastindex else " " for run in runs)
    return plain, [letters[run.start()][1] for run in runs]
