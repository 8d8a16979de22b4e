"""Draws a run: what each system gets right, and what a message costs."""

from pathlib import Path

import matplotlib
import numpy as np

from benchmarks.understanding.running import Outcome
from benchmarks.understanding.systems import SYSTEMS
from benchmarks.understanding.tables import Row

matplotlib.use("Agg")
from matplotlib import pyplot

SHOWN = ("intent accuracy", "signs micro-F1", "exact set of signs", "safety recall")
COLOURS = ("#1b6ca8", "#e08e0b", "#8a8a8a", "#2a9d5c")


def plain(title: str) -> str:
    """A title without Markdown."""
    return title.replace("*", "").replace("`", "")


def draw(rows: list[Row], outcomes: dict[str, Outcome], file: str, path: Path) -> Path:
    """Bars with 95 % intervals for one held-out file, and the median milliseconds of a message."""
    size, ratio = (13, 1.5 + 0.75 * len(rows)), {"width_ratios": (2.4, 1)}
    figure, (left, right) = pyplot.subplots(1, 2, figsize=size, gridspec_kw=ratio, constrained_layout=True)
    places = np.arange(len(rows))[::-1]
    height = 0.8 / len(SHOWN)
    for number, (name, colour) in enumerate(zip(SHOWN, COLOURS)):
        values = np.array([row.figures[name] for row in rows])
        spread = np.clip([values[:, 0] - values[:, 1], values[:, 2] - values[:, 0]], 0, None)
        at = places + 0.4 - height * (number + 0.5)
        left.barh(at, values[:, 0], height, xerr=spread, color=colour, label=name, error_kw={"linewidth": 0.8})
    left.set_yticks(places, [plain(row.title) for row in rows])
    left.set(xlim=(0, 1), title=f"{file}: share, with 95 % intervals")
    left.legend(loc="upper center", bbox_to_anchor=(0.5, -0.06), ncol=len(SHOWN), frameon=False)
    read = {name: outcome.reading for name, outcome in outcomes.items() if outcome.reading is not None}
    milliseconds = [float(np.median([answer.ms for answer in reading.answers])) for reading in read.values()]
    at = np.arange(len(read))[::-1]
    bars = right.barh(at, milliseconds, color="#555555")
    right.bar_label(bars, [f" {value:.1f}" for value in milliseconds])
    right.set_yticks(at, [plain(SYSTEMS[name].title).split(" (")[0].split(":")[0] for name in read], fontsize=8)
    right.set(xlim=(0, max(milliseconds) * 1.2), title="ms a message, median")
    figure.savefig(path, dpi=100)
    pyplot.close(figure)
    return path
