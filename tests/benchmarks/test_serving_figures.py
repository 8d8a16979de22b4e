"""Figures, ratios and tables of the serving benchmark say what was measured, and what was not."""

import math
from pathlib import Path

import pytest

from benchmarks.serving.figures import Load, Measured, Run, middle, percentile
from benchmarks.serving.goals import BUSIEST, GOALS, LAST, Goal, cold, first
from benchmarks.serving.picture import draw
from benchmarks.serving.systems import CONCH, ONE, PEER, SYSTEMS, TWO
from benchmarks.serving.tables import conditions_table, failures, goals_table, load_table, one_client_table, report


def measured(ms: float, per_second: int, **settings: object) -> Measured:
    """A system whose every turn takes so long and that answers so many turns a second, for ten seconds."""
    loads = [Load(clients, 10.0, [ms] * (10 * per_second), 0, 20.0, 1.0) for clients in (1, 8, BUSIEST)]
    given = {"cold_s": 60.0, "cold_cpu_s": 50.0, "pss_mb": (900.0, 1000.0), "first_ms": [ms] * 3}
    given |= {"turn_ms": [ms] * LAST, "loads": loads, "others": 0.25, "load": 1.5, "understood": (9, 10)}
    return Measured(**given | settings)


PEERS = measured(90.0, 10, parse_ms=[30.0])
RUN = Run(
    {"how": "Made for a test.", "whole": True},
    {
        PEER: PEERS,
        CONCH: measured(30.0, 40, cold_s=12.0, pss_mb=(500.0, 610.0), parse_ms=[10.0]),
        ONE: measured(31.0, 30),
        TWO: measured(30.0, 48),
    },
)


@pytest.mark.parametrize(("share", "value"), [(0, 1), (50, 5), (95, 10), (99, 10), (100, 10), (10, 1), (11, 2)])
def test_a_percentile_is_a_value_that_was_measured(share: float, value: float) -> None:
    assert percentile([float(n) for n in (3, 1, 2, 10, 9, 8, 4, 5, 6, 7)], share) == value


def test_nothing_measured_is_no_figure() -> None:
    assert math.isnan(percentile([], 50))
    assert math.isnan(middle([]))
    assert math.isnan(Measured().turn(50, 10))
    assert Measured().at(8) is None


def test_a_turn_is_the_median_over_all_messages_up_to_it() -> None:
    of = Measured(turn_ms=[float(n) for n in range(1, 101)])
    assert of.turn(50, 10) == 45.5
    assert of.turn(10, 10) == 5.5
    assert math.isnan(of.turn(101, 10))
    assert math.isnan(of.turn(5, 10))


def test_throughput_is_turns_in_the_counted_seconds() -> None:
    assert Load(8, 4.0, [1.0] * 10, 0, 0.0, 0.0).throughput == 2.5


def verdicts() -> dict[tuple[str, str], tuple[float, str]]:
    found = {(goal.of, goal.name): goal.ratio(RUN.systems) for goal in GOALS}
    return {
        (goal.of, goal.name): (found[goal.of, goal.name], goal.verdict(found[goal.of, goal.name])) for goal in GOALS
    }


def test_goals_are_ratios_within_the_run() -> None:
    found = verdicts()
    assert found[CONCH, "cold start"] == (0.2, "reached")
    assert found[CONCH, "memory at the end"] == (0.61, "**missed**")
    assert found[CONCH, "first turn"] == (pytest.approx(1 / 3), "reached")
    assert found[CONCH, "turn 200"] == (pytest.approx(1 / 3), "**missed**")
    assert found[CONCH, "turn 200 to own first turn"] == (1.0, "reached")
    assert found[CONCH, "turns a second, 32 clients"] == (4.0, "reached")
    assert found[ONE, "turns a second, 32 clients"] == (3.0, "**missed**")
    assert found[TWO, "turns a second, 32 clients"] == (1.6, "reached")


def test_the_goals_are_those_that_were_set() -> None:
    bounds = {(goal.of, goal.name): (goal.bound, goal.at_least) for goal in GOALS if goal.of != ONE}
    assert bounds == {
        (CONCH, "cold start"): (1 / 5, False),
        (CONCH, "memory at the end"): (0.6, False),
        (CONCH, "first turn"): (1 / 3, False),
        (CONCH, "turn 200"): (1 / 20, False),
        (CONCH, "turn 200 to own first turn"): (1.25, False),
        (CONCH, "turns a second, 32 clients"): (4, True),
        (TWO, "turns a second, 32 clients"): (1.6, True),
    }


def test_a_goal_without_figures_is_neither_reached_nor_missed() -> None:
    goal = Goal("cold start", CONCH, PEER, cold, 0.2)
    for systems in ({}, {PEER: Measured(failure="gone"), CONCH: Measured(cold_s=1.0)}, {PEER: Measured(cold_s=1.0)}):
        assert goal.verdict(goal.ratio(systems)) == "not measured"
    assert math.isnan(Goal("first turn", CONCH, PEER, first, 1).ratio({CONCH: PEERS, PEER: Measured(first_ms=[0.0])}))


def test_one_client_is_told_beside_the_peer() -> None:
    peer, conch, *_ = one_client_table(RUN).splitlines()[2:]
    assert peer.startswith("| stock Rasa 3.6.21 | 60.0 | 50.0 | 900 | 1000 | 30.0 | 90.0 | 90.0 | 90.0 |")
    assert "| 12.0 (0.20) | 50.0 | 500 | 610 (0.61) | 10.0 (0.33) | 30.0 (0.33) |" in conch


def test_load_is_told_for_every_number_of_clients() -> None:
    lines = load_table(RUN).splitlines()[2:]
    assert len(lines) == 4 * 3
    assert lines[0] == "| stock Rasa 3.6.21 | 1 | 10.0 | 90 | 90 | 90 | 20.0 | 1.0 | 100 | 0 |"


def test_a_system_that_failed_is_told_with_its_reason_and_has_no_figures(tmp_path: Path) -> None:
    failed = Run(RUN.about, RUN.systems | {ONE: Measured(failure="ended with 1 while starting: no nginx", load=1.0)})
    assert failures(failed) == f"- {SYSTEMS[ONE].title}: no figures: ended with 1 while starting: no nginx"
    row = next(line for line in one_client_table(failed).splitlines() if SYSTEMS[ONE].title in line)
    assert set(row.split(" | ")[1:]) <= {"-", "- |"}
    assert "not measured" in goals_table(failed)
    assert "no nginx" in report(failed)
    assert draw(failed, tmp_path / "picture.png").stat().st_size > 10_000


def test_the_report_has_what_else_the_machine_did() -> None:
    assert "| stock Rasa 3.6.21 | 1.5 | 25 | 9 of 10 | 0 |" in conditions_table(RUN)
    assert report(RUN).startswith("Made for a test.")


def test_a_run_is_kept_and_read(tmp_path: Path) -> None:
    path = tmp_path / "results" / "serving.json"
    RUN.write(path)
    assert Run.read(path) == RUN


@pytest.mark.parametrize("content", ["{}", "[]", '{"about": {}, "systems": {"stock": {"cold_s": 1}}}', "no JSON"])
def test_another_file_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "other.json"
    path.write_text(content)
    with pytest.raises(ValueError):
        Run.read(path)
