"""What is counted: turns, losses, how long they took, faults, and memory over time."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any

QUARTER = 0.25
HELD = 15.0  # seconds from a delivery to the end of its work at the latest: three until it is accepted, and a turn


@dataclass(frozen=True)
class Turn:
    """One turn: when it began (seconds of the soak), its channel, HTTP status, how long it took, and what came.

    is_proper: sent in the channel's own shape. is_answered: the four numbers came, whatever else.
    status 0: no HTTP answer at all.
    """

    at: float
    channel: str
    status: int
    seconds: float
    is_proper: bool
    is_answered: bool


@dataclass(frozen=True)
class Disturbance:
    """A fault and when it was there, in seconds of the soak."""

    part: str
    kind: str
    start: float
    end: float


def is_beside(turn: Turn, disturbance: Disturbance) -> bool:
    """Whether a fault was there while a turn was under way."""
    return disturbance.start <= turn.at + turn.seconds and turn.at <= disturbance.end


@dataclass
class Tally:
    """All of a soak; what a soak reports is worked out from here."""

    turns: list[Turn] = field(default_factory=list)
    disturbances: list[Disturbance] = field(default_factory=list)
    memory: list[tuple[float, dict[str, float]]] = field(default_factory=list)  # seconds, megabytes by part
    restarts: int = 0  # processes that the cluster started again
    found: list[str] = field(default_factory=list)  # files that hold a word or an id that nobody may keep

    def is_during_kill(self, turn: Turn) -> bool:
        """Whether a delivery of Messenger was accepted shortly before an assistant was killed: memory went with it."""
        kills = [d.start for d in self.disturbances if (d.part, d.kind) == ("assistant", "kill")]
        return turn.channel == "messenger" and any(turn.at <= start <= turn.at + HELD for start in kills)

    def ended_unasked(self) -> int:
        """How many processes ended that nobody had killed."""
        return max(self.restarts - sum(d.kind == "kill" for d in self.disturbances), 0)

    def lost(self) -> list[Turn]:
        """Turns without the numbers that no killed assistant had taken."""
        return [turn for turn in self.turns if not turn.is_answered and not self.is_during_kill(turn)]

    def gone_with_a_process(self) -> list[Turn]:
        """Turns without the numbers that were under way when an assistant was killed."""
        return [turn for turn in self.turns if not turn.is_answered and self.is_during_kill(turn)]

    def statuses(self, channel: str) -> dict[int, int]:
        """How many turns of a channel got which HTTP status."""
        return dict(sorted(Counter(turn.status for turn in self.turns if turn.channel == channel).items()))

    def calm(self, channel: str) -> list[float]:
        """Milliseconds of a channel's understood turns while no fault was there."""
        return [ms for turn, ms in self.understood(channel) if not any(is_beside(turn, d) for d in self.disturbances)]

    def disturbed(self, channel: str, part: str, kind: str) -> list[float]:
        """Milliseconds of a channel's understood turns while such a fault was there."""
        of = [d for d in self.disturbances if (d.part, d.kind) == (part, kind)]
        return [ms for turn, ms in self.understood(channel) if any(is_beside(turn, d) for d in of)]

    def understood(self, channel: str) -> list[tuple[Turn, float]]:
        """A channel's turns in its own shape that were answered with 200, and their milliseconds."""
        of = [turn for turn in self.turns if turn.channel == channel and turn.is_proper and turn.status == 200]
        return [(turn, turn.seconds * 1000) for turn in of]

    def growth(self, part: str) -> float:
        """Megabytes of a part in the last quarter of the soak over those in the second one, medians."""
        values = [megabytes.get(part, 0.0) for _, megabytes in self.memory]
        if not values:
            return float("nan")
        size = max(int(len(values) * QUARTER), 1)
        early, late = median(values[size : 2 * size] or values), median(values[-size:])
        return late / early if early else float("nan")

    def as_json(self) -> dict[str, Any]:
        """Everything, to be kept."""
        return asdict(self)
