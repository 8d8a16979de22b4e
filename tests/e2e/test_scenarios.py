"""Each practice case over REST, from its start to the debrief: good answers, poor ones, silence, and something real."""

import uuid

import pytest

from conch.questions import AT_ONCE, read_code
from conch.scenarios import Kind, Scenario, scenarios
from scripts.scenarios import is_credited
from tests.e2e.referrals import Replies
from tests.e2e.servers import Rasa

CASES = list(scenarios())
FIRST = next(case for case in scenarios().values() if case.kind is not Kind.NOTHING)


class Learner:
    """One learner's conversation with the running assistant; every turn is checked for the referrals."""

    def __init__(self, rasa: Rasa) -> None:
        self.rasa, self.sender = rasa, uuid.uuid4().hex

    def say(self, message: str) -> Replies:
        """Sends one message."""
        return self.rasa.say(message, self.sender)

    def practise(self, message: str) -> Replies:
        """Sends one message and checks that the turn is marked as practice."""
        replies = self.say(message)
        assert len(replies) > 1, replies
        assert all(reply["text"].startswith("Practice") for reply in replies[:-1]), replies
        return replies

    def start(self, case: Scenario) -> Replies:
        """Begins a case without its questions."""
        replies = self.practise(f'/start_scenario{{"scenario": "{case.id}"}}')
        for _ in range(AT_ONCE):
            replies = self.practise("/scenario_next")
        return replies

    def end(self) -> str:
        """Passes over what is left of a case, from its choice on; returns all that is said at the end."""
        for _ in range(1 + AT_ONCE):
            replies = self.practise("/scenario_next")
        return "\n".join(reply["text"] for reply in replies)


@pytest.fixture
def learner(rasa: Rasa) -> Learner:
    return Learner(rasa)


@pytest.mark.parametrize("name", CASES)
def test_good_answers_are_credited_up_to_the_debrief(learner: Learner, name: str) -> None:
    case = scenarios()[name]
    learner.start(case)
    credited = []
    for beat in case.beats:
        for shown in beat.signs:
            credited.append(any(is_credited(learner.say(answer), shown) for answer in shown.answers))
        learner.say("/scenario_next")
    assert sum(credited) >= 0.8 * len(credited)
    said = learner.end()
    assert f"Signs found: {sum(credited)} of {len(credited)}." in said
    assert case.debrief.strip() in said
    assert case.tomorrow.strip() in said


@pytest.mark.parametrize("name", CASES)
def test_nonsense_and_silence_reach_the_debrief_with_nothing_found(learner: Learner, name: str) -> None:
    case = scenarios()[name]
    learner.start(case)
    for _ in case.beats:
        for nonsense in ("asdf qwer zxcv", "", "\U0001f300\U0001f300"):
            learner.practise(nonsense)
        learner.practise("/scenario_next")
    said = learner.end()
    assert "Signs found: 0 of " in said
    assert ("This was missed" in said) is any(beat.signs for beat in case.beats)
    assert case.debrief.strip() in said


@pytest.mark.parametrize("name", CASES)
def test_something_real_in_the_middle_is_answered_for_real(learner: Learner, name: str) -> None:
    learner.start(scenarios()[name])
    replies = learner.say("my boss took my passport and he does not pay me")
    assert not any(reply["text"].startswith("Practice") for reply in replies)
    assert "signs" in replies[0]["text"], "both are named"
    back = learner.practise("/scenario_next")
    assert "part 1 of" in back[0]["text"]


def test_danger_now_leaves_the_practice_at_once(learner: Learner) -> None:
    learner.start(FIRST)
    replies = learner.say("help he is outside my door with a knife")
    assert "911" in replies[0]["text"].split(".")[0]
    after = learner.say("they keep her papers in the office")
    assert not any(reply["text"].startswith("Practice") for reply in after)


def test_poor_answers_are_met_kindly(learner: Learner) -> None:
    learner.start(FIRST)
    for poor in ("dunno", "it is bad", "they look foreign to me", "hint", "i give up"):
        replies = learner.practise(poor)
        assert "wrong" not in replies[0]["text"].lower()


def test_a_case_by_words_then_score_stop_and_resume(learner: Learner) -> None:
    listed = learner.practise("practice cases please")[0]["text"]
    assert all(f"{case.number}. {case.title}" in listed for case in scenarios().values())
    assert FIRST.title in learner.practise(f"number {FIRST.number}")[0]["text"]
    for letter in "abc":
        replies = learner.practise(letter)
    assert f"part 1 of {len(FIRST.beats)}" in replies[1]["text"]
    assert "Signs found: 0 of" in learner.practise("what is my score")[0]["text"]
    assert "left the practice" in learner.say("stop the practice")[0]["text"]
    assert "part 1 of" in learner.practise("/scenario_next")[0]["text"]


def test_a_retest_needs_nothing_but_its_code(learner: Learner, rasa: Rasa) -> None:
    learner.start(FIRST)
    for _ in FIRST.beats:
        learner.practise("/scenario_next")
    code = learner.end().rsplit("retest ", 1)[1].split()[0]
    assert read_code(code) is not None
    later = Learner(rasa)
    assert "question 1 of 3" in later.practise(f"retest {code}")[1]["text"]
    for _ in range(AT_ONCE):
        replies = later.practise('/scenario_choose{"option": "a"}')
    assert "now " in replies[1]["text"]
