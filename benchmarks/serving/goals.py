"""What Conch is to reach, as ratios within one run."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.serving.figures import Measured, middle
from benchmarks.serving.stock import SPOKEN
from benchmarks.serving.systems import CONCH, ONE, PEER, TWO

FIFTY, LAST = 50, 200  # turns of the long conversation that are shown
BUSIEST = 32  # clients at once where throughput is compared
Figure = Callable[[Measured], float]


def first(of: Measured) -> float:
    """Milliseconds of a first turn."""
    return middle(of.first_ms)


def turn(number: int) -> Figure:
    """Milliseconds of a turn of the long conversation, over as many turns as there are messages."""
    return lambda of: of.turn(number, len(SPOKEN))


def throughput(of: Measured) -> float:
    """Turns a second with most clients."""
    load = of.at(BUSIEST)
    return load.throughput if load else math.nan


def cold(of: Measured) -> float:
    """Seconds from start to first reply."""
    return of.cold_s


def memory(of: Measured) -> float:
    """Megabytes at the end."""
    return of.pss_mb[1]


@dataclass(frozen=True)
class Goal:
    """A figure of one system over a figure of another (or its own), and the bound of that ratio."""

    name: str
    of: str
    over: str
    figure: Figure
    bound: float
    base: Figure | None = None  # the other's figure, where it is not the same
    at_least: bool = False

    def ratio(self, systems: dict[str, Measured]) -> float:
        """The ratio; nan where one of the two was not measured."""
        own, other = systems.get(self.of, Measured()), systems.get(self.over, Measured())
        below = (self.base or self.figure)(other)
        return self.figure(own) / below if below else math.nan

    def verdict(self, ratio: float) -> str:
        """Reached, missed, or not measured."""
        if math.isnan(ratio):
            return "not measured"
        return "reached" if (ratio >= self.bound if self.at_least else ratio <= self.bound) else "**missed**"


GOALS = tuple(
    goal
    for own in (CONCH, ONE)
    for goal in (
        Goal("cold start", own, PEER, cold, 1 / 5),
        Goal("memory at the end", own, PEER, memory, 0.6),
        Goal("first turn", own, PEER, first, 1 / 3),
        Goal(f"turn {LAST}", own, PEER, turn(LAST), 1 / 20),
        Goal(f"turn {LAST} to own first turn", own, own, turn(LAST), 1.25, base=first),
        Goal(f"turns a second, {BUSIEST} clients", own, PEER, throughput, 4, at_least=True),
    )
) + (Goal(f"turns a second, {BUSIEST} clients", TWO, ONE, throughput, 1.6, at_least=True),)
