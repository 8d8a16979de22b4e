"""The tables of a run, as Markdown."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from math import isnan

import numpy as np

from benchmarks.understanding.running import Outcome
from benchmarks.understanding.systems import SYSTEMS
from scripts.scoring import Line, Understood, figures, intervals

SIGNS = ("intent accuracy", "signs micro-F1", "signs macro-F1", "exact set of signs", "perspective")
SAFETY = (
    "safety recall",
    "safety false alarms",
    "innocent messages with a sign",
    "out-of-scope recall",
    "in-scope kept",
)
Figures = dict[str, tuple[float, float, float]]  # value and 95 % interval by name


@dataclass(frozen=True)
class Row:
    """One system on one file, with its fallback or without."""

    system: str
    title: str
    figures: Figures


def scored(lines: list[Line], found: list[Understood], neighbours: set[frozenset[str]]) -> Figures:
    """Every figure with its interval."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # what a system never says has no interval
        ranges = intervals(lines, found, neighbours)
    return {name: (value, *ranges[name]) for name, value in figures(lines, found, neighbours).items()}


def rows(lines: list[Line], outcomes: dict[str, Outcome], first: int, neighbours: set[frozenset[str]]) -> Iterator[Row]:
    """One row for each system that has figures, two where a fallback spoke; the file's answers begin at `first`."""
    for name, outcome in outcomes.items():
        if outcome.reading is None or not SYSTEMS[name].scored:
            continue
        answers = outcome.reading.answers[first : first + len(lines)]
        title = SYSTEMS[name].title
        yield Row(name, title, scored(lines, [a.understood() for a in answers], neighbours))
        if any(answer.unsure for answer in answers):
            best = [answer.understood(with_fallback=False) for answer in answers]
            yield Row(name, f"{title}; its fallback off", scored(lines, best, neighbours))


def cell(value: tuple[float, float, float]) -> str:
    """A figure with its interval; a dash where a system has no such thing."""
    return "none" if isnan(value[0]) else f"{value[0]:.2f} ({value[1]:.2f} to {value[2]:.2f})"


def table(header: list[str], lines: list[list[str]]) -> str:
    """A Markdown table."""
    return "\n".join(f"| {' | '.join(line)} |" for line in [header, ["---"] * len(header), *lines])


def figures_table(of: list[Row], names: tuple[str, ...]) -> str:
    """One line a system, one column a figure."""
    return table(["", *names], [[row.title, *(cell(row.figures[name]) for name in names)] for row in of])


def cost_line(title: str, outcome: Outcome) -> list[str]:
    """What a system costs."""
    training, reading = outcome.training, outcome.reading
    trained = (
        [f"{training.seconds:.0f}", f"{training.cpu_seconds:.0f}", f"{training.peak_mb:.0f}"] if training else ["-"] * 3
    )
    if reading is None:
        return [title, *trained, *["failed"] * 4]
    wall, cpu = (np.array([getattr(a, name) for a in reading.answers]) for name in ("ms", "cpu_ms"))
    spent = [np.median(wall), np.percentile(wall, 95), np.median(cpu)]
    return [title, *trained, *(f"{value:.1f}" for value in spent), f"{reading.rss_mb:.0f}"]


def cost_table(outcomes: dict[str, Outcome]) -> str:
    """One line a system: training, then one message after another on one thread."""
    header = ["", "training, s", "of the processor, s", "training, most MB"]
    header += ["a message, median ms", "95 %, ms", "of the processor, median ms", "MB after reading"]
    return table(header, [cost_line(SYSTEMS[name].title, outcome) for name, outcome in outcomes.items()])


def failures(outcomes: dict[str, Outcome]) -> str:
    """Why a system has no figures."""
    return "\n".join(f"- {SYSTEMS[n].title}: no figures: {o.failure}" for n, o in outcomes.items() if o.failure)
