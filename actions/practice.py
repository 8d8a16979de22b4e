"""Where a learner stands in a practice case, and what an observation is worth. No words are said here."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from enum import Enum
from typing import Any

from conch.noticing import Credit, weigh
from conch.questions import AT_ONCE, SEEDS, Question, draw
from conch.scenarios import Beat, Scenario, SignShown, scenarios


class Stage(str, Enum):
    """What the learner is asked for."""

    LIST, BEFORE, BEAT, CHOICE = "list", "before", "beat", "choice"
    AFTER, RETEST, OVER = "after", "retest", "over"


@dataclass
class Practice:
    """The slot `practice`: plain values, so that every store can keep it."""

    stage: str = Stage.LIST.value
    scenario: str = ""
    is_listing: bool = False  # the cases were listed while this one waits
    place: int = 0  # of the part or the question, from 0
    found: list[str] = field(default_factory=list)  # "part:sign"
    revealed: list[str] = field(default_factory=list)
    alarms: list[str] = field(default_factory=list)
    hints: int = 0
    chosen: str = ""
    seed: int = field(default_factory=lambda: secrets.randbelow(SEEDS))
    seen: int = 0  # questions that were drawn before this round
    before: list[bool | None] = field(default_factory=list)  # None: skipped
    after: list[bool | None] = field(default_factory=list)
    earlier: list[int | None] = field(default_factory=list)  # right before and after, from a retest code

    @classmethod
    def of(cls, slot: Any) -> Practice | None:
        """Reads the slot; anything that is no practice, or a case that is gone, is None."""
        if not isinstance(slot, Mapping) or not set(slot) <= {one.name for one in fields(cls)}:
            return None
        practice = cls(**slot)
        played = practice.stage not in (Stage.LIST, Stage.RETEST)
        return None if played and practice.scenario not in scenarios() else practice

    def slot(self) -> dict[str, Any]:
        """The value to remember."""
        return asdict(self)

    @property
    def case(self) -> Scenario:
        """The case that is played."""
        return scenarios()[self.scenario]

    @property
    def beat(self) -> Beat:
        """The part that is read, or the last one that was."""
        return self.case.beats[min(self.place, len(self.case.beats) - 1)]

    @property
    def asked(self) -> list[Question]:
        """The questions of this round."""
        return draw(self.seed, self.seen)

    @property
    def is_choosing(self) -> bool:
        """Whether a case is to be chosen."""
        return self.is_listing or self.stage == Stage.LIST

    @property
    def is_asking(self) -> bool:
        """Whether a question is waiting for an answer."""
        return self.stage in (Stage.BEFORE, Stage.AFTER, Stage.RETEST) and self.place < len(self.asked)

    def left(self) -> list[SignShown]:
        """The signs of this part that are neither found nor shown."""
        done = {*self.found, *self.revealed}
        return [shown for shown in self.beat.signs if f"{self.place}:{shown.sign}" not in done]

    def forward(self) -> None:
        """Goes to the next part, question or stage."""
        self.hints = 0
        self.place += 1
        if self.stage == Stage.BEFORE and self.place >= len(self.asked):
            self.stage, self.place, self.seen = Stage.BEAT.value, 0, self.seen + AT_ONCE
        elif self.stage == Stage.BEAT and self.place >= len(self.case.beats):
            self.stage, self.place = Stage.CHOICE.value, 0
        elif self.stage == Stage.CHOICE:
            self.stage, self.place = Stage.AFTER.value, 0
        if self.stage in (Stage.AFTER, Stage.RETEST) and self.place >= len(self.asked):
            self.stage, self.seen = Stage.OVER.value, self.seen + AT_ONCE

    def keep_answer(self, right: bool | None) -> None:
        """Notes the answer to a question; None when it is skipped."""
        (self.before if self.stage == Stage.BEFORE else self.after).append(right)


def count(answers: list[bool | None]) -> int | None:
    """How many were right, or None unless all were answered."""
    return None if len(answers) < AT_ONCE or None in answers else sum(bool(answer) for answer in answers)


def credit(practice: Practice, probabilities: Mapping[str, float], observation: str) -> Credit:
    """Weighs an observation on the part that is read; outside of one it is worth nothing."""
    if practice.stage != Stage.BEAT or practice.is_choosing:
        return Credit([])
    return weigh(practice.beat, probabilities, observation)
