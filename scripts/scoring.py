"""Scores what was understood against labelled lines: pure functions, no model.

A line is {"id", "text", "intents", "indicators", "indicators_ok", "perspective"}: any of
`intents` is right; every one of `indicators` must be found; `indicators_ok` may be. Signs that
lie so close that labellers disagree count as either one (`neighbours` in docs/contract.yml).
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import yaml

CONTRACT = Path(__file__).resolve().parent.parent / "docs" / "contract.yml"
SAFETY = ("immediate_danger", "unsafe_to_talk", "self_harm")
FIELDS = {"id", "text", "intents", "indicators"}
RESAMPLES = 1000


class LinesError(ValueError):
    """A file that cannot be scored; the message names file, line and field."""


@dataclass(frozen=True)
class Line:
    """A labelled message."""

    id: str
    text: str
    intents: list[str]
    indicators: list[str]
    indicators_ok: list[str]
    perspective: str | None


@dataclass(frozen=True)
class Understood:
    """What was understood of a message; `in_scope` is the probability that it is in scope."""

    intent: str
    indicators: list[str]
    perspective: str | None
    in_scope: float = 1.0


@dataclass
class Counts:
    """Hits, misses and false alarms of the signs of one message, by id."""

    hits: list[str] = field(default_factory=list)
    misses: list[str] = field(default_factory=list)
    alarms: list[str] = field(default_factory=list)


def read_lines(path: Path) -> list[Line]:
    """Reads a JSON Lines file and checks its fields."""
    lines = []
    for number, raw in enumerate(path.read_text("utf-8").splitlines(), 1):
        if not raw.strip():
            continue
        try:
            entry = json.loads(raw)
        except ValueError as error:
            raise LinesError(f"{path}:{number}: not JSON: {error}") from error
        missing = FIELDS - set(entry)
        if missing:
            raise LinesError(f"{path}:{number}: {', '.join(sorted(missing))}: missing")
        lines.append(
            Line(
                str(entry["id"]),
                entry["text"],
                entry["intents"],
                entry["indicators"],
                entry.get("indicators_ok") or [],
                entry.get("perspective"),
            )
        )
    return lines


def read_neighbours(path: Path = CONTRACT) -> set[frozenset[str]]:
    """The pairs of signs of which an evaluation takes either."""
    return {frozenset(pair) for pair in yaml.safe_load(path.read_text("utf-8"))["neighbours"]}


def count_signs(line: Line, found: list[str], neighbours: set[frozenset[str]]) -> Counts:
    """Matches found signs to wanted ones: the same id first, then a neighbour, each once."""
    counts = Counts()
    wanted = [sign for sign in line.indicators if sign not in found]
    counts.hits = [sign for sign in line.indicators if sign in found]
    for sign in found:
        if sign in line.indicators or sign in line.indicators_ok:
            continue
        near = next((other for other in wanted if frozenset((sign, other)) in neighbours), None)
        if near is not None:
            wanted.remove(near)
            counts.hits.append(near)
        elif not any(frozenset((sign, other)) in neighbours for other in [*line.indicators, *line.indicators_ok]):
            counts.alarms.append(sign)
    counts.misses = wanted
    return counts


def f1(hits: int, misses: int, alarms: int) -> float:
    """The harmonic mean of precision and recall; 1 where nothing was wanted or found."""
    total = 2 * hits + misses + alarms
    return 2 * hits / total if total else 1.0


def share(values: list[bool]) -> float:
    """The share of true values; NaN where there is none to count."""
    return sum(values) / len(values) if values else float("nan")


def intent_is_right(line: Line, intent: str, neighbours: set[frozenset[str]]) -> bool:
    """Whether an intent is one of the right ones, or the neighbour of one."""
    bare = intent.removeprefix("indicator_")
    return intent in line.intents or any(
        frozenset((bare, right.removeprefix("indicator_"))) in neighbours for right in line.intents
    )


def by_sign(counts: list[Counts]) -> dict[str, tuple[int, int, int]]:
    """Hits, misses and false alarms of each sign."""
    tallies = [Counter(sign for c in counts for sign in getattr(c, kind)) for kind in ("hits", "misses", "alarms")]
    return {sign: tuple(tally[sign] for tally in tallies) for sign in sorted(set().union(*tallies))}


def figures(lines: list[Line], understood: list[Understood], neighbours: set[frozenset[str]]) -> dict[str, float]:
    """Every headline figure, as a share from 0 to 1; NaN where the file has no such lines."""
    counts = [count_signs(line, u.indicators, neighbours) for line, u in zip(lines, understood)]
    tallies = by_sign(counts)
    wanted = {sign: t for sign, t in tallies.items() if t[0] + t[1]}
    pairs = list(zip(lines, understood, counts))
    is_safety = [all(intent in SAFETY for intent in line.intents) for line in lines]
    is_innocent = [set(line.intents) == {"out_of_scope"} and not line.indicators for line in lines]
    return {
        "intent accuracy": share([intent_is_right(line, u.intent, neighbours) for line, u, _ in pairs]),
        "signs micro-F1": f1(*(sum(t[i] for t in tallies.values()) for i in range(3))),
        "signs macro-F1": float(np.mean([f1(*t) for t in wanted.values()])) if wanted else float("nan"),
        "exact set of signs": share([not c.misses and not c.alarms for line, _, c in pairs if line.indicators]),
        "perspective": share(
            [u.perspective == line.perspective for line, u, _ in pairs if line.perspective and u.perspective]
        ),
        "safety recall": share([u.intent in SAFETY for (_, u, _), safe in zip(pairs, is_safety) if safe]),
        "safety false alarms": share([u.intent in SAFETY for (_, u, _), safe in zip(pairs, is_safety) if not safe]),
        "innocent messages with a sign": share(
            [bool(c.alarms) for (_, _, c), innocent in zip(pairs, is_innocent) if innocent]
        ),
        "out-of-scope recall": share(
            [u.intent == "out_of_scope" for (_, u, _), innocent in zip(pairs, is_innocent) if innocent]
        ),
        "in-scope kept": share(
            [u.intent != "out_of_scope" for line, u, _ in pairs if "out_of_scope" not in line.intents]
        ),
    }


def intervals(
    lines: list[Line], understood: list[Understood], neighbours: set[frozenset[str]], seed: int = 0
) -> dict[str, tuple[float, float]]:
    """95 % intervals of the figures, by resampling lines."""
    random = np.random.default_rng(seed)
    samples: dict[str, list[float]] = {}
    for _ in range(RESAMPLES):
        chosen = random.integers(0, len(lines), len(lines))
        drawn = figures([lines[i] for i in chosen], [understood[i] for i in chosen], neighbours)
        for name, value in drawn.items():
            samples.setdefault(name, []).append(value)
    return {name: tuple(np.nanpercentile(values, (2.5, 97.5))) for name, values in samples.items()}
