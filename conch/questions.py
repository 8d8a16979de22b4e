"""The questions before and after a practice case, and the code that brings a learner back to unseen ones.

Nothing is stored: a code carries the learner's own order of the questions, how many were seen
and how many were right, so that a retest weeks later needs no account.
"""

import hashlib
import logging
from collections import Counter
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import yaml
from pydantic import Field, ValidationError, validator
from pydantic.fields import ModelField

from conch.contacts import UniqueKeys
from conch.phones import Record
from conch.scenarios import ScenariosError, known_sign
from conch.sources import known_sources

logger = logging.getLogger(__name__)
QUESTIONS_FILE = Path(__file__).resolve().parent.parent / "content" / "questions.yml"
AT_ONCE = 3  # questions before a case, after it, and in a retest
LEAST_QUESTIONS = 30
MOST_WORDS = {"text": 40, "why": 25}
# Digits and letters that cannot be taken for one another when read aloud or copied by hand; no vowels, so that no
# code spells a word of this subject.
ALPHABET = "0123456789BCDFGHJKMNPQRSTVWXYZ"
LOOKS_LIKE = str.maketrans("OIL", "011")
SEEDS, BLOCKS, COUNTS, CHECKS = 1 << 17, 1 << 5, 5, 61
CODE_LENGTH = 7
UNMEASURED = COUNTS - 1


class Answer(Record):
    """One of the answers offered."""

    text: str
    right: bool


class Question(Record):
    """A short case with one right answer."""

    id: str
    text: str
    options: list[Answer] = Field(min_items=3, max_items=3)
    why: str
    sign: str | None
    sources: list[str] = Field(min_items=1)

    _known_sign = validator("sign", allow_reuse=True)(known_sign)

    @validator("text", "why")
    def is_short(cls, value: str, field: ModelField) -> str:
        """Holds each text to its number of words."""
        if len(value.split()) > MOST_WORDS[field.name]:
            raise ValueError(f"{len(value.split())} words; shorten it to {MOST_WORDS[field.name]}")
        return value

    @validator("options")
    def has_one_right(cls, value: list[Answer]) -> list[Answer]:
        """Exactly one answer is right."""
        if sum(option.right for option in value) != 1:
            raise ValueError("mark exactly one option with right: true")
        return value

    @validator("sources")
    def cites(cls, value: list[str]) -> list[str]:
        """Every source is known."""
        unknown = set(value) - known_sources()
        if unknown:
            raise ValueError(f"'{sorted(unknown)[0]}' is not in content/sources.yml; add it there")
        return value

    @property
    def right(self) -> int:
        """The place of the right answer."""
        return next(place for place, option in enumerate(self.options) if option.right)


class Retest(NamedTuple):
    """What a code carries: an order of the questions, how many were seen, how many were right (None: unmeasured)."""

    seed: int
    seen: int
    before: int | None
    after: int | None


def read_questions(path: Path = QUESTIONS_FILE) -> dict[str, Question]:
    """Reads and checks the pool; the message of a fault names file, question, field and remedy."""
    try:
        records = yaml.load(path.read_text("utf-8"), Loader=UniqueKeys)["questions"]
    except (OSError, UnicodeDecodeError, yaml.YAMLError, TypeError, KeyError) as error:
        raise ScenariosError(f"{path.name}: questions: {error}") from error
    found = []
    for place, record in enumerate(records, 1):
        try:
            found.append(Question(**record))
        except ValidationError as error:
            first = error.errors()[0]
            field = ".".join(str(part) for part in first["loc"])
            name = record.get("id", f"number {place}")
            raise ScenariosError(f"{path.name}: {name}: {field}: {first['msg']}") from error
        except (TypeError, AttributeError) as error:
            raise ScenariosError(f"{path.name}: number {place}: must be a question with its fields") from error
    twice = [name for name, count in Counter(question.id for question in found).items() if count > 1]
    if twice or len(found) < LEAST_QUESTIONS:
        fault = f"{twice[0]}: id: stands twice" if twice else f"{len(found)} questions; write {LEAST_QUESTIONS}"
        raise ScenariosError(f"{path.name}: {fault}")
    return {question.id: question for question in found}


@lru_cache(maxsize=1)
def questions() -> dict[str, Question]:
    """The pool, read once; without a good one, cases are played without questions."""
    try:
        return read_questions()
    except ScenariosError as error:
        logger.error("no questions before and after practice cases: %s", error)
        return {}


def draw(seed: int, seen: int) -> list[Question]:
    """The next questions in a learner's own order; fewer or none when all were seen."""
    order = sorted(questions(), key=lambda name: hashlib.sha256(f"{seed} {name}".encode()).digest())
    return [questions()[name] for name in order[seen : seen + AT_ONCE]]


def write_code(retest: Retest) -> str:
    """Seven characters for a person to keep."""
    value = retest.seed % SEEDS
    value = value * BLOCKS + min(retest.seen // AT_ONCE, BLOCKS - 1)
    for count in (retest.before, retest.after):
        value = value * COUNTS + (UNMEASURED if count is None else min(count, AT_ONCE))
    value = value * CHECKS + value % CHECKS
    letters = ""
    for _ in range(CODE_LENGTH):
        value, place = divmod(value, len(ALPHABET))
        letters = ALPHABET[place] + letters
    return f"{letters[:3]}-{letters[3:]}"


def read_code(text: str) -> Retest | None:
    """Reads a code as people copy it, or None if it is none or has a slip."""
    letters = text.upper().replace("-", "").replace(" ", "").translate(LOOKS_LIKE)
    if len(letters) != CODE_LENGTH or set(letters) - set(ALPHABET):
        return None
    value = 0
    for letter in letters:
        value = value * len(ALPHABET) + ALPHABET.index(letter)
    value, check = divmod(value, CHECKS)
    if value % CHECKS != check:
        return None
    value, after = divmod(value, COUNTS)
    value, before = divmod(value, COUNTS)
    seed, blocks = divmod(value, BLOCKS)
    measured = [None if count == UNMEASURED else count for count in (before, after)]
    return Retest(seed, blocks * AT_ONCE, *measured) if seed < SEEDS else None
