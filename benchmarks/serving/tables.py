"""The tables of a run, as Markdown."""

from __future__ import annotations

import math

from benchmarks.serving.figures import Load, Measured, Run, middle, percentile
from benchmarks.serving.goals import FIFTY, GOALS, LAST, first, turn
from benchmarks.serving.systems import PEER, SYSTEMS
from benchmarks.understanding.tables import table

NONE = "-"


def number(value: float, digits: int = 0) -> str:
    """A figure, or a dash where nothing was measured."""
    return NONE if math.isnan(value) else f"{value:.{digits}f}"


def one_line(name: str, of: Measured, peer: Measured) -> list[str]:
    """Start, memory, parse and the turns of one client; in brackets, how many times the peer's."""

    def cell(value: float, base: float, digits: int = 0) -> str:
        is_comparable = name != PEER and not math.isnan(value / base if base else math.nan)
        return number(value, digits) + (f" ({value / base:.2f})" if is_comparable else "")

    return [
        SYSTEMS[name].title,
        cell(of.cold_s, peer.cold_s, 1),
        number(of.cold_cpu_s, 1),
        number(of.pss_mb[0]),
        cell(of.pss_mb[1], peer.pss_mb[1]),
        cell(middle(of.parse_ms), middle(peer.parse_ms), 1),
        cell(first(of), first(peer), 1),
        cell(turn(FIFTY)(of), turn(FIFTY)(peer), 1),
        cell(turn(LAST)(of), turn(LAST)(peer), 1),
    ]


def one_client_table(run: Run) -> str:
    """One line a system."""
    header = ["", "cold start, s", "of the processor, s", "PSS after the first reply, MB", "PSS at the end, MB"]
    header += ["parse, ms", "first turn, ms", f"turn {FIFTY}, ms", f"turn {LAST}, ms"]
    peer = run.systems.get(PEER, Measured())
    return table(header, [one_line(name, of, peer) for name, of in run.systems.items()])


def load_line(name: str, load: Load) -> list[str]:
    """One system under so many clients."""
    spread = [number(percentile(load.ms, share)) for share in (50, 95, 99)]
    costs = [number(load.cpu_ms, 1), number(load.client_cpu_ms, 1)]
    counts = [str(len(load.ms)), str(load.unanswered)]
    return [SYSTEMS[name].title, str(load.clients), number(load.throughput, 1), *spread, *costs, *counts]


def load_table(run: Run) -> str:
    """One line for each system and number of clients."""
    header = ["", "clients", "turns a second", "p50, ms", "p95, ms", "p99, ms"]
    header += ["of the processor a turn, ms", "of the client's, ms", "turns counted", "without words"]
    return table(header, [load_line(name, load) for name, of in run.systems.items() for load in of.loads])


def goals_table(run: Run) -> str:
    """One line a goal."""
    lines = []
    for goal in GOALS:
        ratio = goal.ratio(run.systems)
        bound = f"at {'least' if goal.at_least else 'most'} {goal.bound:.3g}"
        other = "itself" if goal.over == goal.of else SYSTEMS[goal.over].title
        lines.append([SYSTEMS[goal.of].title, goal.name, other, bound, number(ratio, 3), goal.verdict(ratio)])
    return table(["", "figure", "over that of", "goal", "measured", ""], lines)


def conditions_table(run: Run) -> str:
    """What else the machine did, and whether the systems answered."""
    lines = []
    for name, of in run.systems.items():
        understood = f"{of.understood[0]} of {of.understood[1]}" if of.understood[1] else NONE
        shares = [number(of.load, 1), number(100 * of.others), understood, str(of.unanswered)]
        lines.append([SYSTEMS[name].title, *shares])
    header = ["", "load average before", "other work, % of the machine", "intents right", "turns without words"]
    return table(header, lines)


def failures(run: Run) -> str:
    """Why a system has no figures."""
    return "\n".join(f"- {SYSTEMS[n].title}: no figures: {of.failure}" for n, of in run.systems.items() if of.failure)


def report(run: Run) -> str:
    """Every table, with how the run was made."""
    parts = [
        run.about["how"],
        "### Goals",
        goals_table(run),
        "### One client (in brackets: how many times stock Rasa's)",
        one_client_table(run),
        "### Several at once",
        load_table(run),
        "### What else went on",
        conditions_table(run),
        failures(run),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"
