"""A practice case in the action server: played well, badly, silently, and left for something real."""

import subprocess
import sys
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.practice import Practice, Stage
from actions.scenario_answers import ActionScenarioAnswer, ActionScenarioChoose
from actions.scenarios import (
    ActionScenarioHint,
    ActionScenarioNext,
    ActionScenarioReveal,
    ActionScenarioScore,
    ActionStartScenario,
    ActionStopScenario,
    PracticeAction,
)
from conch.questions import AT_ONCE, Retest, read_code, write_code
from conch.scenarios import Kind, scenarios
from conch.settings import ROOT
from tests.words import responses

CASES = list(scenarios())
CASE = next(case for case in scenarios().values() if case.kind is not Kind.NOTHING)


class Learner:
    """One conversation with the actions: keeps the slots that they set."""

    def __init__(self) -> None:
        self.slots: dict[str, Any] = {}
        self.said: list[dict[str, Any]] = []

    def do(self, action: PracticeAction, text: str = "", intent: str = "out_of_scope", **told: Any) -> list[str]:
        """Runs an action; returns the names of what it says."""
        entities = [
            {"entity": name, "value": told[name]} for name in ("scenario", "option", "perspective") if name in told
        ]
        entities += [{"entity": "indicator", "value": sign} for sign in told.get("indicators", [])]
        message = {
            "text": text,
            "intent": {"name": intent, "confidence": told.get("confidence", 0.5)},
            "entities": entities,
            "sign_probabilities": told.get("probabilities", {}),
            "intent_ranking": told.get("ranking", []),
        }
        tracker = Tracker("you", self.slots, message, [], False, None, {}, "action_listen")
        dispatcher = CollectingDispatcher()
        events = action.run(dispatcher, tracker, {})
        assert events[-1] == {"event": "followup", "timestamp": None, "name": "action_listen"}
        self.slots |= {event["name"]: event["value"] for event in events if event["event"] == "slot"}
        self.said = dispatcher.messages
        assert {message["response"] for message in self.said} <= set(responses())
        return [message["response"].removeprefix("utter_") for message in self.said]

    def start(self, case: str, questions: bool = False) -> list[str]:
        """Begins a case, as a rule without its questions."""
        said = self.do(ActionStartScenario(), scenario=case)
        for _ in range(0 if questions else AT_ONCE):
            said = self.do(ActionScenarioNext())
        return said

    def practice(self) -> Practice:
        """Where the learner stands."""
        practice = Practice.of(self.slots["practice"])
        assert practice is not None
        return practice

    def choose(self, place: int) -> list[str]:
        """Taps an option."""
        return self.do(ActionScenarioChoose(), "/scenario_choose", "scenario_choose", option="abcdef"[place])

    def notice(self, sign: str) -> list[str]:
        """Says something that is understood as a sign."""
        return self.do(ActionScenarioAnswer(), "they do that", f"indicator_{sign}", probabilities={sign: 0.9})


@pytest.fixture
def learner() -> Learner:
    return Learner()


@pytest.mark.parametrize("name", CASES)
def test_a_case_played_well_finds_every_sign(learner: Learner, name: str) -> None:
    case = scenarios()[name]
    assert learner.start(name, questions=True) == ["scenario_start", "scenario_question"]
    for _ in range(AT_ONCE):
        practice = learner.practice()
        said = learner.choose(practice.asked[practice.place].right)
    assert said == ["scenario_noted", "scenario_part"]
    for beat in case.beats:
        for shown in beat.signs:
            assert learner.notice(shown.sign) == ["scenario_found"]
        said = learner.do(ActionScenarioNext())
    assert said == ["scenario_choice"]
    right = next(place for place, option in enumerate(case.choice) if option.is_right)
    assert learner.choose(right) == ["scenario_chosen", "scenario_question"]
    for _ in range(AT_ONCE):
        practice = learner.practice()
        said = learner.choose(practice.asked[practice.place].right)
    assert said == ["scenario_answered", "scenario_score", "scenario_debrief", "scenario_end"]
    score, end = learner.said[1], learner.said[-1]
    assert score["found"] == score["count"] == sum(len(beat.signs) for beat in case.beats)
    assert (score["revealed"], score["alarms"]) == (0, 0)
    assert end["gain"] == "Questions right: before 3 of 3, after 3 of 3."
    assert read_code(end["code"])[1:] == (2 * AT_ONCE, 3, 3)
    assert learner.slots["practising"] is False


@pytest.mark.parametrize("name", CASES)
def test_a_case_passed_in_silence_tells_what_was_missed(learner: Learner, name: str) -> None:
    case = scenarios()[name]
    learner.start(name)
    for _ in case.beats:
        said = learner.do(ActionScenarioNext())
    assert said == ["scenario_choice"]
    for _ in range(1 + AT_ONCE):
        said = learner.do(ActionScenarioNext())
    total = sum(len(beat.signs) for beat in case.beats)
    missed = [name for name in said if name == "scenario_missed"]
    assert bool(missed) is (total > 0)
    assert said == ["scenario_score", *missed, "scenario_debrief", "scenario_end"]
    assert learner.said[0]["found"] == 0
    if total:
        lines = [line for message in learner.said for line in message.get("missed", "").splitlines()]
        assert len(lines) == total
        assert all(line.startswith("- part ") for line in lines)
    assert learner.said[-1]["gain"] == ""


def test_a_sign_that_is_not_there_is_explained_and_counted(learner: Learner) -> None:
    learner.start(CASE.id)
    assert learner.notice("forced_criminality") == ["scenario_not_here"]
    assert learner.do(ActionScenarioAnswer(), "blah blah") == ["scenario_not_found"]
    learner.do(ActionScenarioScore())
    assert learner.said[0]["alarms"] == 1


def test_a_sign_counts_once_and_not_after_it_was_shown(learner: Learner) -> None:
    learner.start(CASE.id)
    while not learner.practice().beat.signs:
        learner.do(ActionScenarioNext())
    sign = learner.practice().beat.signs[0].sign
    learner.notice(sign)
    learner.notice(sign)
    assert len(learner.practice().found) == 1
    learner.do(ActionScenarioReveal())
    for shown in learner.practice().beat.signs:
        learner.notice(shown.sign)
    assert len(learner.practice().found) == 1


def test_hints_go_from_gentle_to_plain_to_words_to_tap(learner: Learner) -> None:
    learner.start(CASE.id)
    said = [learner.do(ActionScenarioHint()) for _ in range(3)]
    assert said == [["scenario_hint"], ["scenario_hint"], ["scenario_tap"]]


def test_quoted_words_can_be_tapped(learner: Learner) -> None:
    learner.start(CASE.id)
    while not (learner.practice().beat.signs and learner.practice().beat.look_alikes):
        learner.do(ActionScenarioNext())
    beat = learner.practice().beat
    assert learner.do(ActionScenarioChoose()) == ["scenario_tap"]
    said = [learner.choose(place)[0] for place in range(len(beat.signs) + len(beat.look_alikes))]
    assert said.count("scenario_found") == len(beat.signs)
    assert said.count("scenario_look_alike") == len(beat.look_alikes)
    assert learner.choose(5) == ["scenario_tap"]


def test_a_wrong_choice_is_answered_kindly_and_asked_again(learner: Learner) -> None:
    learner.start(CASE.id)
    for _ in CASE.beats:
        learner.do(ActionScenarioNext())
    wrong = next(place for place, option in enumerate(CASE.choice) if not option.is_right)
    assert learner.choose(wrong) == ["scenario_chosen", "scenario_choice"]
    assert learner.said[0]["verdict"] == "Better not."
    assert learner.do(ActionScenarioAnswer(), "dunno") == ["scenario_which", "scenario_choice"]


@pytest.mark.parametrize("written", ["b", "B)", "option b", "i'd go with b", "2", "answer 2."])
def test_an_option_can_be_written(learner: Learner, written: str) -> None:
    learner.start(CASE.id, questions=True)
    assert learner.do(ActionScenarioAnswer(), written) == ["scenario_noted", "scenario_question"]


@pytest.mark.parametrize(
    ("text", "intent", "perspective"),
    [
        ("my boss has my passport too", "indicator_document_confiscation", "self"),
        ("i cant leave the house", "indicator_confinement", "self"),
        ("my neighbor is never let out", "indicator_confinement", "other"),
        ("I think my sister is being trafficked", "report_concern", "other"),
        ("he sends men to me", "indicator_coerced_commercial_sex", "self"),
        ("a woman I know is never paid", "indicator_wage_withholding", "other"),
    ],
)
def test_real_life_leaves_the_practice_and_is_answered(
    learner: Learner, text: str, intent: str, perspective: str
) -> None:
    learner.start(CASE.id)
    said = learner.do(ActionScenarioAnswer(), text, intent, perspective=perspective, indicators=["confinement"])
    assert said == [intent, "scenario_left"]
    assert learner.slots["practising"] is False
    assert learner.do(ActionScenarioNext()) == ["scenario_part"]
    assert learner.practice().place == 0
    assert learner.slots["practising"] is True


def test_several_signs_of_real_life_are_all_named(learner: Learner) -> None:
    learner.start(CASE.id)
    told = {"perspective": "self", "indicators": ["confinement", "wage_withholding"]}
    said = learner.do(ActionScenarioAnswer(), "I am locked in and not paid", "indicator_confinement", **told)
    assert said == ["several_signs", "scenario_left"]


@pytest.mark.parametrize("text", ["I see that she is locked in", "to me it looks like she is locked in", "locked in"])
def test_a_learner_who_says_i_is_not_taken_for_real(learner: Learner, text: str) -> None:
    learner.start(CASE.id)
    said = learner.do(ActionScenarioAnswer(), text, "indicator_confinement", perspective="self")
    assert "scenario_left" not in said


def test_a_sign_told_at_the_list_is_real(learner: Learner) -> None:
    assert learner.do(ActionStartScenario(), "practice") == ["scenario_list"]
    said = learner.do(ActionScenarioAnswer(), "they lock the gate", "indicator_confinement")
    assert said == ["indicator_confinement", "scenario_left"]


@pytest.mark.parametrize(
    "steps", ["scenario_hint", "scenario_reveal", "scenario_next", "scenario_score", "stop_scenario"]
)
def test_within_a_practice_a_likely_step_is_obeyed(learner: Learner, steps: str) -> None:
    learner.start(CASE.id)
    ranking = [{"name": "out_of_scope", "confidence": 0.3}, {"name": steps, "confidence": 0.6}]
    assert learner.do(ActionScenarioAnswer(), "help", ranking=ranking) != ["scenario_not_found"]


def test_a_case_is_started_by_number_and_by_audience(learner: Learner) -> None:
    assert learner.do(ActionStartScenario(), "practice") == ["scenario_list"]
    for case in scenarios().values():
        assert f"{case.number}. {case.title}" in learner.said[0]["cases"]
    assert learner.do(ActionScenarioChoose(), str(CASE.number)) == ["scenario_start", "scenario_question"]
    assert learner.practice().scenario == CASE.id
    learner.do(ActionStartScenario(), "practice")
    assert learner.do(ActionScenarioAnswer(), CASE.title)[0] == "scenario_start"


def test_stop_and_resume(learner: Learner) -> None:
    learner.start(CASE.id)
    learner.do(ActionScenarioNext())
    assert learner.do(ActionStopScenario()) == ["scenario_stopped"]
    assert learner.slots["practising"] is False
    assert learner.do(ActionStartScenario(), "practice") == ["scenario_list"]
    assert learner.said[0]["buttons"][0]["payload"] == "/scenario_next"
    assert learner.do(ActionScenarioNext()) == ["scenario_part"]
    assert learner.practice().place == 1


@pytest.mark.parametrize(
    "action", [ActionScenarioNext, ActionScenarioHint, ActionScenarioReveal, ActionScenarioScore, ActionStopScenario]
)
@pytest.mark.parametrize("slot", [None, {"stage": "beat", "scenario": "gone"}, "nonsense"])
def test_without_a_case_nothing_is_taken_for_practice(
    learner: Learner, action: type[PracticeAction], slot: Any
) -> None:
    learner.slots["practice"] = slot
    assert learner.do(action()) == ["scenario_none"]
    assert learner.slots["practising"] is False


def test_a_code_brings_questions_not_yet_seen(learner: Learner) -> None:
    code = write_code(Retest(7, 6, 1, 3))
    assert learner.do(ActionStartScenario(), f"retest {code}") == ["scenario_retest", "scenario_question"]
    seen = {question.id for question in learner.practice().asked}
    for _ in range(AT_ONCE):
        said = learner.choose(0)
    assert said == ["scenario_answered", "scenario_retest_done"]
    assert learner.said[-1]["gain"].startswith("Questions right: before the case 1 of 3, after it 3 of 3, now ")
    learner.do(ActionStartScenario(), f"retest {learner.said[-1]['code']}")
    assert seen.isdisjoint(question.id for question in learner.practice().asked)


def test_a_wrong_code_and_an_exhausted_pool_are_said(learner: Learner) -> None:
    assert learner.do(ActionStartScenario(), "retest AAA-AAAB") == ["scenario_no_code"]
    assert learner.do(ActionStartScenario(), f"retest {write_code(Retest(7, 93, 1, 3))}") == ["scenario_all_seen"]


def test_everything_said_in_practice_is_marked() -> None:
    for name, variations in responses().items():
        if name.startswith("utter_scenario_") and name not in MEANT_FOR_REAL:
            assert all(variation["text"].startswith("Practice") for variation in variations), name


MEANT_FOR_REAL = {"utter_scenario_stopped", "utter_scenario_left", "utter_scenario_none"}


@pytest.mark.parametrize("name", CASES)
def test_no_message_of_a_case_is_too_long(name: str) -> None:
    for place in range(len(scenarios()[name].beats)):
        learner = Learner()
        learner.slots |= {"practice": Practice(Stage.BEAT.value, name, place=place).slot(), "practising": True}
        learner.do(ActionScenarioReveal())
        for message in learner.said:
            words = " ".join(str(message.get(key, "")) for key in ("shown", "ordinary", "story")).split()
            assert len(words) <= 80, words


@pytest.mark.parametrize(
    ("text", "intent", "confidence", "is_noticed", "is_real"),
    [
        ("he hits her", "immediate_danger", 0.97, True, False),
        ("he hits her", "immediate_danger", 0.97, False, True),
        ("he hits her", "immediate_danger", 0.3, False, False),
        ("he is hitting me", "immediate_danger", 0.3, True, True),
        ("my sister is being hit", "immediate_danger", 0.6, True, True),
        ("send the police now", "immediate_danger", 1.0, True, True),
        ("he reads her phone", "unsafe_to_talk", 0.9, True, False),
        ("he reads my phone", "unsafe_to_talk", 0.9, True, True),
    ],
)
def test_danger_is_practice_only_in_words_of_the_story(
    learner: Learner, text: str, intent: str, confidence: float, is_noticed: bool, is_real: bool
) -> None:
    learner.start(CASE.id)
    while not learner.practice().beat.signs:
        learner.do(ActionScenarioNext())
    probabilities = {learner.practice().beat.signs[0].sign: 0.5} if is_noticed else {}
    said = learner.do(
        ActionScenarioAnswer(), text, intent, confidence=confidence, perspective="self", probabilities=probabilities
    )
    assert (said[0] == intent) is is_real
    assert learner.slots["practising"] is not is_real


def test_cases_and_questions_are_read_before_the_first_message() -> None:
    """A class's first "practice" must not wait for files until the turn's deadline is over."""
    looks = "from actions.scenarios import *; print(scenarios.cache_info().currsize, questions.cache_info().currsize)"
    ran = subprocess.run([sys.executable, "-c", looks], capture_output=True, text=True, check=True, cwd=ROOT)
    assert ran.stdout.split() == ["1", "1"]
