"""Where a learner stands, and what an observation is worth."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.practice import Practice, Stage, count, credit
from conch.noticing import ALARM_AT, CREDIT_AT
from conch.questions import AT_ONCE
from conch.scenarios import Kind, Scenario, scenarios

CASE = next(case for case in scenarios().values() if case.kind is not Kind.NOTHING)
NOTHING = next(case for case in scenarios().values() if case.kind is Kind.NOTHING)


def in_part_with_signs(case: Scenario = CASE) -> Practice:
    """A practice in the first part of a case that shows a sign."""
    place = next(place for place, beat in enumerate(case.beats) if beat.signs)
    return Practice(Stage.BEAT.value, case.id, place=place)


def test_a_case_is_played_from_question_to_end() -> None:
    practice, stages = Practice(Stage.BEFORE.value, CASE.id), []
    for _ in range(40):
        stages.append(practice.stage)
        if practice.stage == Stage.OVER:
            break
        if practice.is_asking:
            practice.keep_answer(True)
        practice.forward()
    assert list(dict.fromkeys(stages)) == ["before", "beat", "choice", "after", "over"]
    assert stages.count("beat") == len(CASE.beats)
    assert (count(practice.before), count(practice.after)) == (AT_ONCE, AT_ONCE)
    assert practice.seen == 2 * AT_ONCE


def test_the_questions_after_are_not_those_before() -> None:
    practice = Practice(Stage.BEFORE.value, CASE.id)
    before = {question.id for question in practice.asked}
    while practice.stage != Stage.AFTER:
        practice.forward()
    assert before.isdisjoint(question.id for question in practice.asked)


@pytest.mark.parametrize("slot", [None, 3, "beat", [], {"stage": "beat", "scenario": "no_such_case"}, {"other": 1}])
def test_what_is_no_practice_is_none(slot: Any) -> None:
    assert Practice.of(slot) is None


@given(
    place=st.integers(0, 5),
    stage=st.sampled_from(list(Stage)),
    found=st.lists(st.sampled_from(["0:isolation", "1:grooming"])),
    hints=st.integers(0, 9),
)
def test_the_slot_brings_back_the_same_practice(place: int, stage: Stage, found: list[str], hints: int) -> None:
    practice = Practice(stage.value, CASE.id, place=place, found=found, hints=hints)
    assert Practice.of(practice.slot()) == practice


def test_a_sign_of_the_part_is_credited_from_a_low_probability() -> None:
    practice = in_part_with_signs()
    sign = practice.beat.signs[0].sign
    assert [one.sign for one in credit(practice, {sign: CREDIT_AT}, "").found] == [sign]
    assert credit(practice, {sign: CREDIT_AT - 0.01}, "").found == []


def test_a_sign_that_is_not_there_counts_only_when_it_is_unmistakable() -> None:
    practice = in_part_with_signs()
    other = next(s for s in ("forced_criminality", "grooming") if s not in {one.sign for one in practice.beat.signs})
    assert credit(practice, {other: ALARM_AT}, "xyz").alarm == other
    assert credit(practice, {other: ALARM_AT - 0.01}, "xyz").alarm is None


def test_an_observation_that_finds_a_sign_is_not_held_against_the_learner() -> None:
    practice = in_part_with_signs()
    weighed = credit(practice, {practice.beat.signs[0].sign: 0.5, "forced_criminality": 0.9}, "")
    assert weighed.found
    assert weighed.alarm is None


def test_the_words_of_a_look_alike_are_explained() -> None:
    place = next(place for place, beat in enumerate(NOTHING.beats) if beat.look_alikes)
    practice = Practice(Stage.BEAT.value, NOTHING.id, place=place)
    look_alike = practice.beat.look_alikes[0]
    assert credit(practice, {}, f"they said {look_alike.words}").look_alike == look_alike
    assert credit(practice, {}, "what a day").look_alike is None


@pytest.mark.parametrize(
    ("answers", "right"), [([True, False, True], 2), ([True, None, True], None), ([True], None), ([], None)]
)
def test_only_a_whole_round_is_counted(answers: list[bool | None], right: int | None) -> None:
    assert count(answers) == right
