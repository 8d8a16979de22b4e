"""The practice cases of content/scenarios/, one file a case, and what a file must hold."""

import logging
import re
from collections import Counter
from datetime import date
from enum import Enum
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import yaml
from pydantic import Field, ValidationError, root_validator, validator
from pydantic.fields import ModelField

from conch.contacts import UniqueKeys
from conch.phones import Record
from conch.signs import signs
from conch.sources import known_sources

logger = logging.getLogger(__name__)
SCENARIOS = Path(__file__).resolve().parent.parent / "content" / "scenarios"
LEAST_SIGNS, LEAST_LOOK_ALIKES = 3, 2
MOST_WORDS = {"title": 6, "introduction": 30, "text": 65, "feedback": 30, "why": 25, "debrief": 70, "tomorrow": 25}


WORD = re.compile(r"[a-z0-9]+")
# Words of titles and of requests that name no case.
COMMON = {
    "a",
    "the",
    "in",
    "at",
    "on",
    "of",
    "for",
    "to",
    "with",
    "and",
    "who",
    "one",
    "i",
    "u",
    "case",
    "staff",
    "worker",
}


class ScenariosError(ValueError):
    """A case that must not be played; the message names file, field and remedy."""


class Kind(str, Enum):
    """What the case turns out to be."""

    SEX_TRAFFICKING, FORCED_LABOR = "sex_trafficking", "forced_labor"
    BOTH, NOTHING = "both", "nothing"


class Does(str, Enum):
    """What an answer to "what would you do?" amounts to."""

    CALL, NOTICE = "call", "notice"
    CONFRONT, INVESTIGATE, IGNORE = "confront", "investigate", "ignore"


def known_sign(value: str | None) -> str | None:
    """Lets only ids of content/indicators.yml pass."""
    if value is not None and value not in signs().indicators:
        raise ValueError(f"'{value}' is no sign; use an id of content/indicators.yml")
    return value


class Short(Record):
    """A record whose texts are short enough to be read on a phone or a wall."""

    @validator("*")
    def is_short(cls, value: object, field: ModelField) -> object:
        """Holds each text to its number of words."""
        most = MOST_WORDS.get(field.name)
        if most and isinstance(value, str) and len(value.split()) > most:
            raise ValueError(f"{len(value.split())} words; shorten it to {most}")
        return value


class SignShown(Short):
    """A sign that a part of the story shows: its words there, and how learners put it.

    also: signs so close to it here that naming them counts as well.
    """

    sign: str
    also: list[str] = []
    words: str
    feedback: str
    answers: list[str] = Field(min_items=3)

    _known_sign = validator("sign", allow_reuse=True)(known_sign)
    _known_also = validator("also", each_item=True, allow_reuse=True)(known_sign)


class LookAlike(Short):
    """Words that may look like a sign and by themselves are none."""

    words: str
    why: str
    looks_like: str | None

    _known_sign = validator("looks_like", allow_reuse=True)(known_sign)


class Beat(Short):
    """A part of the story that is read at once."""

    text: str
    signs: list[SignShown] = []
    look_alikes: list[LookAlike] = []
    hints: list[str] = Field(min_items=2, max_items=2)

    @root_validator(skip_on_failure=True)
    def quotes_itself(cls, values: dict) -> dict:
        """The words of signs and look-alikes stand in the text, each sign once."""
        for shown in (*values["signs"], *values["look_alikes"]):
            if shown.words not in values["text"]:
                raise ValueError(f"words: '{shown.words}' do not stand in the text; quote it exactly")
        twice = [sign for sign, count in Counter(shown.sign for shown in values["signs"]).items() if count > 1]
        if twice:
            raise ValueError(f"signs: {twice[0]} stands twice; keep one")
        return values


class Option(Short):
    """One thing that somebody might do."""

    text: str
    does: Does
    feedback: str

    @property
    def is_right(self) -> bool:
        """Calling and noticing safely are right; confronting, investigating and ignoring are not."""
        return self.does in (Does.CALL, Does.NOTICE)


class Scenario(Short):
    """A whole case."""

    id: str
    number: int = Field(gt=0)
    title: str
    audiences: list[str] = Field(min_items=1)
    setting: str
    kind: Kind
    minutes: int = Field(gt=0, le=20)
    introduction: str
    beats: list[Beat] = Field(min_items=3, max_items=5)
    choice: list[Option] = Field(min_items=3, max_items=4)
    debrief: str
    tomorrow: str
    sources: list[str] = Field(min_items=1)
    reviewed: date

    @property
    def names(self) -> str:
        """All words by which somebody may ask for the case."""
        return " ".join([*self.id.split("_"), self.title, self.setting, *self.audiences])

    @root_validator(skip_on_failure=True)
    def teaches(cls, values: dict) -> dict:
        """There is something to find, something to mistake, and both a right and a wrong thing to do."""
        found = sum(len(beat.signs) for beat in values["beats"])
        is_nothing = values["kind"] is Kind.NOTHING
        if is_nothing is (found > 0) or (not is_nothing and found < LEAST_SIGNS):
            raise ValueError(f"beats: {found} signs; kind 'nothing' has none, every other at least {LEAST_SIGNS}")
        if sum(len(beat.look_alikes) for beat in values["beats"]) < LEAST_LOOK_ALIKES:
            raise ValueError(f"beats: add look_alikes until there are {LEAST_LOOK_ALIKES}")
        missing = {Does.CALL, Does.CONFRONT} - {option.does for option in values["choice"]}
        if missing:
            raise ValueError(f"choice: add an option that does '{sorted(missing)[0].value}'")
        unknown = set(values["sources"]) - known_sources()
        if unknown:
            raise ValueError(f"sources: '{sorted(unknown)[0]}' is not in content/sources.yml; add it there")
        return values


def read_scenario(path: Path) -> Scenario:
    """Reads and checks one case."""
    try:
        scenario = Scenario(**yaml.load(path.read_text("utf-8"), Loader=UniqueKeys))
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"] if part != "__root__")
        raise ScenariosError(f"{path.name}: {field + ': ' if field else ''}{first['msg']}") from error
    except (OSError, UnicodeDecodeError, yaml.YAMLError, TypeError) as error:
        raise ScenariosError(f"{path.name}: {error}") from error
    if scenario.id != path.stem:
        raise ScenariosError(f"{path.name}: id: '{scenario.id}' must be the file's name, '{path.stem}'")
    return scenario


def read_scenarios(folder: Path = SCENARIOS) -> dict[str, Scenario]:
    """Reads every case by its id, in the order of their numbers; any fault is an error."""
    found = sorted((read_scenario(path) for path in folder.glob("*.yml")), key=lambda case: case.number)
    for one, other in pairwise(found):
        if one.number == other.number:
            raise ScenariosError(f"{other.id}.yml: number: {other.number} is taken by {one.id}.yml; take another")
    return {case.id: case for case in found}


@lru_cache(maxsize=1)
def scenarios() -> dict[str, Scenario]:
    """The cases that can be played, read once; a bad file is reported and the others are kept."""
    kept = []
    for path in sorted(SCENARIOS.glob("*.yml")):
        try:
            kept.append(read_scenario(path))
        except ScenariosError as error:
            logger.error("practice case left out: %s", error)
    return {case.id: case for case in sorted(kept, key=lambda case: (case.number, case.id))}


def words_of(text: str) -> set[str]:
    """The words that may name a case, plurals as singulars."""
    return {word.rstrip("s") for word in WORD.findall(text.lower())} - COMMON


def find_scenarios(text: str) -> list[Scenario]:
    """The cases that a person's words name best: by number, id, title, setting or audience."""
    asked, every = words_of(text), list(scenarios().values())
    numbered = [case for case in every if str(case.number) in asked]
    if numbered:
        return numbered
    shared = {case.id: len(asked & words_of(case.names)) for case in every}
    most = max(shared.values(), default=0)
    return [case for case in every if most and shared[case.id] == most]
