"""What is measured of one system, and the file that keeps it."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from typing import Any


def percentile(values: list[float], share: float) -> float:
    """The smallest value that so many of 100 do not exceed; nan where there is none."""
    return sorted(values)[max(math.ceil(len(values) * share / 100) - 1, 0)] if values else math.nan


def middle(values: list[float]) -> float:
    """The median; nan where there is none."""
    return median(values) if values else math.nan


@dataclass(frozen=True)
class Load:
    """What some clients at once got: milliseconds of every turn that ended within so many seconds."""

    clients: int
    seconds: float
    ms: list[float]
    unanswered: int
    cpu_ms: float  # of the whole tree, for a turn
    client_cpu_ms: float  # of the measuring client, for a turn

    @property
    def throughput(self) -> float:
        """Turns answered in a second."""
        return len(self.ms) / self.seconds


@dataclass(frozen=True)
class Measured:
    """One system.

    cold_s: from the start of the process to the reply to the first message; cold_cpu_s: processor time of the tree
    till then. pss_mb: memory of the tree after the first reply and at the end. parse_ms, first_ms: one for each
    message. turn_ms: every turn of one conversation. understood: messages whose intent was found, of how many.
    others: share of the machine that other work used; load: the machine's load average before.
    """

    cold_s: float = math.nan
    cold_cpu_s: float = math.nan
    pss_mb: tuple[float, float] = (math.nan, math.nan)
    parse_ms: list[float] = field(default_factory=list)
    first_ms: list[float] = field(default_factory=list)
    turn_ms: list[float] = field(default_factory=list)
    loads: list[Load] = field(default_factory=list)
    unanswered: int = 0
    understood: tuple[int, int] = (0, 0)
    others: float = math.nan
    load: float = math.nan
    failure: str = ""

    def turn(self, number: int, around: int) -> float:
        """The median of so many turns, the last of which is this one; nan if it was not reached."""
        return middle(self.turn_ms[number - around : number]) if len(self.turn_ms) >= number >= around else math.nan

    def at(self, clients: int) -> Load | None:
        """What so many clients got."""
        return next((load for load in self.loads if load.clients == clients), None)


@dataclass(frozen=True)
class Run:
    """One run: how it was made, and every system in the order in which it was measured."""

    about: dict[str, Any]
    systems: dict[str, Measured]

    def write(self, path: Path) -> None:
        """Keeps the run as a file."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(asdict(self)), "utf-8")

    @classmethod
    def read(cls, path: Path) -> Run:
        """Reads a run that was kept; raises ValueError for any other file."""
        try:
            kept = json.loads(path.read_text("utf-8"))
            return cls(kept["about"], {name: measured_from(of) for name, of in kept["systems"].items()})
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(
                f"{path}: not the figures of a serving run ({error!r}): run the benchmark again"
            ) from error


def measured_from(kept: dict[str, Any]) -> Measured:
    """One system as `Run.write` left it."""
    pairs = {name: tuple(kept[name]) for name in ("pss_mb", "understood")}
    return Measured(**kept | pairs | {"loads": [Load(**load) for load in kept["loads"]]})
