"""A soak's tables, as Markdown, and its picture."""

from __future__ import annotations

from pathlib import Path
from statistics import median

import matplotlib
import numpy as np

from benchmarks.soak.faults import PARTS
from benchmarks.soak.people import CHANNELS
from benchmarks.soak.tally import Tally
from benchmarks.understanding.tables import table

matplotlib.use("Agg")
from matplotlib import pyplot

FLAT = 1.1  # memory of the last quarter over that of the second one
COLOURS = {"rest": "#1b6ca8", "chat": "#2a9d5c", "messenger": "#8a4fae"}


def percentile(milliseconds: list[float], percent: float) -> str:
    """A percentile in whole milliseconds, or a dash where nothing was measured."""
    return f"{np.percentile(milliseconds, percent):.0f}" if milliseconds else "-"


def shortcomings(tally: Tally) -> list[str]:
    """What makes a soak fail; none if it passed."""
    found = []
    if tally.lost():
        found.append(f"{len(tally.lost())} turns without the numbers")
    if tally.found:
        found.append("kept what nobody may keep: " + "; ".join(tally.found[:5]))
    if tally.ended_unasked():
        found.append(f"{tally.ended_unasked()} processes ended that nobody had killed")
    if tally.growth("assistant") > FLAT:
        found.append(f"the assistants' memory grew {tally.growth('assistant'):.2f} times")
    return found


def turns_table(tally: Tally) -> str:
    """One line a channel."""
    lines = []
    for channel in CHANNELS:
        of = [turn for turn in tally.turns if turn.channel == channel]
        statuses = ", ".join(f"{status or 'none'}: {count}" for status, count in tally.statuses(channel).items())
        calm = [percentile(tally.calm(channel), percent) for percent in (50, 95)]
        lost = sum(turn.channel == channel for turn in tally.lost())
        gone = sum(turn.channel == channel for turn in tally.gone_with_a_process())
        lines.append([channel, str(len(of)), str(lost), str(gone), statuses, *calm])
    heads = ["channel", "turns", "lost", "gone with a killed assistant", "HTTP statuses"]
    return table([*heads, "p50 without a fault, ms", "p95, ms"], lines)


def faults_table(tally: Tally) -> str:
    """How often each fault was there, for how long, and what everybody else's turns took meanwhile."""
    lines, calm = [], {channel: tally.calm(channel) for channel in CHANNELS}
    for part, kind in ((part, kind) for part in PARTS for kind in ("kill", "freeze")):
        of = [d for d in tally.disturbances if (d.part, d.kind) == (part, kind)]
        if of:
            told = [str(len(of)), f"{sum(d.end - d.start for d in of):.0f}"]
            for channel in CHANNELS:
                meanwhile = tally.disturbed(channel, part, kind)
                is_known = meanwhile and calm[channel]
                slower = f" ({median(meanwhile) / median(calm[channel]):.1f})" if is_known else ""
                told.append(percentile(meanwhile, 50) + slower)
            lines.append([part, kind, *told])
    heads = ["part", "fault", "times", "seconds in all, until it is back"]
    return table([*heads, *(f"{channel}: p50, ms (times that without)" for channel in CHANNELS)], lines)


def memory_table(tally: Tally) -> str:
    """Megabytes of each part early and late."""
    lines = []
    for part in PARTS:
        values = [megabytes.get(part, 0.0) for _, megabytes in tally.memory]
        if values:
            shown = (values[0], max(values), values[-1])
            lines.append([part, *(f"{value:.0f}" for value in shown), f"{tally.growth(part):.2f}"])
    return table(["all of", "at the start, MB", "most", "at the end", "last quarter over the second"], lines)


def report(tally: Tally, how: str) -> str:
    """All of it."""
    failed = shortcomings(tally)
    gone = len(tally.gone_with_a_process())
    verdict = f"**Passed**: no turn lost, {gone} gone with a killed assistant, nothing kept, memory flat."
    if failed:
        verdict = f"**Failed**: {'; '.join(failed)}."
    return "\n\n".join([how, verdict, turns_table(tally), faults_table(tally), memory_table(tally)])


def draw(tally: Tally, path: Path) -> Path:
    """Every turn's time, and memory, over the soak; faults as bands."""
    figure, (slow, memory) = pyplot.subplots(2, 1, figsize=(12, 8), sharex=True, constrained_layout=True)
    for channel, colour in COLOURS.items():
        of = [turn for turn in tally.turns if turn.channel == channel]
        slow.plot([t.at for t in of], [t.seconds * 1000 for t in of], ".", color=colour, markersize=2, label=channel)
    for axes in (slow, memory):
        for d in tally.disturbances:
            axes.axvspan(d.start, d.end, color="#d1495b" if d.kind == "kill" else "#e08e0b", alpha=0.15)
    for part in PARTS:
        memory.plot([at for at, _ in tally.memory], [mb.get(part, 0.0) for _, mb in tally.memory], label=part)
    slow.set(yscale="log", ylabel="ms a turn", title="red: a part was killed; yellow: frozen")
    memory.set(xlabel="seconds", ylabel="MB (PSS)", ylim=(0, None))
    slow.legend(loc="upper right", markerscale=5)
    memory.legend(loc="center right")
    figure.savefig(path, dpi=100)
    pyplot.close(figure)
    return path
