"""Draws a run: how a conversation goes on, what several clients get, start and memory."""

from pathlib import Path

import matplotlib
import numpy as np

from benchmarks.serving.figures import Measured, Run, percentile
from benchmarks.serving.stock import SPOKEN
from benchmarks.serving.systems import CONCH, ONE, PEER, SYSTEMS, TWO
from benchmarks.understanding.picture import plain

matplotlib.use("Agg")
from matplotlib import pyplot
from matplotlib.axes import Axes

COLOURS = {PEER: "#e08e0b", CONCH: "#1b6ca8", ONE: "#2a9d5c", TWO: "#8a4fae"}


def conversation(axes: Axes, name: str, of: Measured) -> None:
    """Every turn of the long conversation as a dot, and the median of each ten in a row as a line."""
    turns = np.arange(1, len(of.turn_ms) + 1)
    axes.plot(turns, of.turn_ms, ".", color=COLOURS[name], markersize=3, alpha=0.4)
    ends = turns[len(SPOKEN) - 1 :]
    axes.plot(ends, [of.turn(end, len(SPOKEN)) for end in ends], color=COLOURS[name], label=plain(SYSTEMS[name].title))


def bars(axes: Axes, values: dict[str, float], title: str) -> None:
    """One bar a system."""
    drawn = axes.bar(range(len(values)), values.values(), color=[COLOURS[name] for name in values])
    axes.bar_label(drawn, fmt="%.0f")
    axes.set(title=title, xticks=[])


def draw(run: Run, path: Path) -> Path:
    """Four pictures in one file; systems without figures are left out."""
    figure, places = pyplot.subplots(2, 3, figsize=(14, 8), constrained_layout=True)
    (long, rate, slow), (start, memory, spent) = places
    measured = {name: of for name, of in run.systems.items() if not of.failure}
    for name, of in measured.items():
        conversation(long, name, of)
        clients = [str(load.clients) for load in of.loads]
        rate.plot(clients, [load.throughput for load in of.loads], "o-", color=COLOURS[name])
        slow.plot(clients, [percentile(load.ms, 50) for load in of.loads], "o-", color=COLOURS[name])
        slow.plot(clients, [percentile(load.ms, 99) for load in of.loads], "^:", color=COLOURS[name])
    long.set(title="ms a turn, one conversation", xlabel="turn", yscale="log")
    rate.set(title="turns a second", xlabel="clients at once", ylim=(0, None))
    slow.set(title="ms a turn: p50 (line), p99 (dotted)", xlabel="clients at once", yscale="log")
    bars(start, {name: of.cold_s for name, of in measured.items()}, "cold start, s")
    bars(memory, {name: of.pss_mb[1] for name, of in measured.items()}, "memory of all processes (PSS), MB")
    costs = {name: of.loads[-1].cpu_ms for name, of in measured.items() if of.loads}
    bars(spent, costs, "processor time a turn, most clients, ms")
    long.legend(fontsize=8)
    figure.savefig(path, dpi=100)
    pyplot.close(figure)
    return path
