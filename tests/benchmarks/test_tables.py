"""The tables say what was measured, and what was not."""

from pathlib import Path

import pytest

from benchmarks.understanding.answers import Answer, Reading, Training
from benchmarks.understanding.document import MarksError, put_in
from benchmarks.understanding.running import Outcome
from benchmarks.understanding.tables import SIGNS, cost_table, failures, figures_table, rows
from scripts.scoring import Line

LINES = [
    Line("1", "they kept my passport", ["indicator_document_confiscation"], ["document_confiscation"], [], "self"),
    Line("2", "hello", ["greet"], [], [], None),
]
RIGHT = [Answer("indicator_document_confiscation", ["document_confiscation"], "self", ms=2.0), Answer("greet", [])]
UNSURE = [Answer("out_of_scope", [], unsure="indicator_document_confiscation"), Answer("greet", [])]
TRAINING = Training(10.0, 15.0, 900.0)


def outcome(answers: list[Answer]) -> Outcome:
    return Outcome(TRAINING, Reading(answers, 600.0))


def test_a_system_without_perspective_has_none_rather_than_nought() -> None:
    (row,) = rows(LINES, {"nlpjs": outcome([Answer(a.intent, a.indicators) for a in RIGHT])}, 0, set())
    assert figures_table([row], SIGNS).splitlines()[-1].endswith("| none |")


def test_a_fallback_that_spoke_is_shown_with_and_without() -> None:
    shown = list(rows(LINES, {"diet": outcome(UNSURE), "conch": outcome(RIGHT)}, 0, set()))
    assert [(row.system, row.figures["intent accuracy"][0]) for row in shown] == [
        ("diet", 0.5),
        ("diet", 1.0),
        ("conch", 1.0),
    ]
    assert shown[1].title.endswith("its fallback off")


def test_each_file_is_scored_with_its_own_answers() -> None:
    answers = [Answer("greet", [])] * 3 + RIGHT
    (row,) = rows(LINES, {"conch": outcome(answers)}, 3, set())
    assert row.figures["intent accuracy"][0] == 1.0


def test_a_system_that_failed_stands_in_the_cost_with_its_reason_below() -> None:
    outcomes = {"diet": Outcome(TRAINING, failure="read ended with 1: killed"), "conch": outcome(RIGHT)}
    assert list(rows(LINES, {"diet": outcomes["diet"]}, 0, set())) == []
    assert "| 10 | 15 | 900 | failed |" in cost_table(outcomes)
    assert failures(outcomes).endswith("no figures: read ended with 1: killed")


def test_what_only_shows_a_cost_has_no_figures() -> None:
    assert list(rows(LINES, {"bare": outcome(RIGHT)}, 0, set())) == []
    assert "600 |" in cost_table({"bare": outcome(RIGHT)})


def test_figures_go_between_their_own_marks_and_nowhere_else(tmp_path: Path) -> None:
    document = tmp_path / "document.md"
    document.write_text("above\n<!-- begin a -->\nold\n<!-- end a -->\nbelow\n<!-- begin b -->\n<!-- end b -->\n")
    for text in ("first", "new"):
        put_in("a", text, document)
    assert document.read_text() == (
        "above\n<!-- begin a -->\n\nnew\n\n<!-- end a -->\nbelow\n<!-- begin b -->\n<!-- end b -->\n"
    )


def test_a_document_without_the_marks_is_left_as_it_is(tmp_path: Path) -> None:
    document = tmp_path / "document.md"
    document.write_text("<!-- begin a -->")
    with pytest.raises(MarksError, match="<!-- end a -->"):
        put_in("a", "new", document)
    assert document.read_text() == "<!-- begin a -->"
