"""Whatever the action server does, the reply ends with the four numbers and the next turn is answered."""

import json
import os
import signal
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from addons.channels.guarantee import DEADLINE
from tests.e2e.fake_actions import FakeActions, with_events
from tests.e2e.referrals import assert_ends_with_referrals, words_of
from tests.e2e.servers import Rasa, free_port, start_actions, start_rasa

CALLS_AN_ACTION = "/ask_contacts"
SAYS_AND_CALLS = "/ask_human"  # an utterance, then an action
NEEDS_NO_ACTION = "/ask_definition"


@pytest.fixture(scope="module")
def actions_port() -> int:
    return free_port()


@pytest.fixture(scope="module")
def rasa(logs: Path, actions_port: int) -> Iterator[Rasa]:
    """A Rasa server whose action server each test makes, breaks or leaves out."""
    server = start_rasa(logs / "faults.log", ACTIONS_PORT=actions_port)
    yield server
    server.stop()


def answers_again(rasa: Rasa, sender: str) -> None:
    """The conversation goes on: an answer with words, not only the referrals."""
    assert "Human trafficking" in words_of(rasa.say(NEEDS_NO_ACTION, sender))


@pytest.mark.parametrize("message", [CALLS_AN_ACTION, SAYS_AND_CALLS, "/ask_local_services", "hello"])
def test_the_action_server_is_down(rasa: Rasa, message: str) -> None:
    sender = uuid.uuid4().hex
    rasa.say(message, sender)
    answers_again(rasa, sender)


def test_the_action_server_is_killed_while_running(rasa: Rasa, actions_port: int, logs: Path) -> None:
    actions = start_actions(logs / "killed.log", actions_port)
    try:
        sender = uuid.uuid4().hex
        assert "people are used to such calls" in words_of(rasa.say(CALLS_AN_ACTION, sender))
        os.killpg(actions.process.pid, signal.SIGKILL)
        actions.process.wait(10)
        rasa.say(CALLS_AN_ACTION, sender)
        answers_again(rasa, sender)
    finally:
        actions.stop()


@pytest.mark.parametrize(
    ("message", "answer"),
    [
        ("/immediate_danger", "911 first"),
        ("he is at my door with a knife", "911 first"),
        ("/unsafe_to_talk", "It is all right to stop now"),
        ("/self_harm", "988"),
        ("/indicator_document_confiscation", "passport"),
    ],
)
def test_danger_in_a_practice_is_answered_when_the_action_server_is_killed(
    rasa: Rasa, actions_port: int, logs: Path, message: str, answer: str
) -> None:
    sender = uuid.uuid4().hex
    actions = start_actions(logs / "practice.log", actions_port)
    try:
        assert "Practice" in words_of(rasa.say('/start_scenario{"scenario": "hotel_front_desk"}', sender))
    finally:
        actions.stop()
    assert answer in words_of(rasa.say(message, sender))
    answers_again(rasa, sender)


def test_turns_that_would_never_end(rasa: Rasa, actions_port: int) -> None:
    endless = {
        "rest-hangs": None,
        "rest-listens": with_events({"event": "action", "name": "action_listen"}),
        "rest-undoes": with_events({"event": "undo"}),
    }
    with FakeActions(actions_port) as fake, ThreadPoolExecutor(8) as pool:
        fake.bodies |= endless
        turns = [pool.submit(rasa.turn, CALLS_AN_ACTION, sender) for sender in endless]
        turns += [pool.submit(rasa.turn, SAYS_AND_CALLS, "rest-hangs")]
        time.sleep(0.5)
        turns += [pool.submit(rasa.turn, NEEDS_NO_ACTION, "rest-hangs")]  # waits its turn, but not for ever
        assert pool.submit(rasa.turn, NEEDS_NO_ACTION).result().seconds < 2, "one person's turn delays another's"
        for turn in turns:
            assert turn.result().seconds < DEADLINE + 2
            assert_ends_with_referrals(turn.result().json())
    for sender in endless:
        answers_again(rasa, sender)


NONSENSE: dict[str, dict[str, Any]] = {
    "500": {"body": b'{"error": "x", "action_name": "action_contacts"}', "status": 500},
    "400": {"body": b'{"error": "x", "action_name": "action_contacts"}', "status": 400},
    "400 without a name": {"body": b"{}", "status": 400},
    "400 as HTML": {"body": b"<html>", "status": 400, "kind": "text/html"},
    "404": {"body": b"", "status": 404},
    "204": {"body": b"", "status": 204},
    "302 to itself": {"body": b"", "status": 302},
    "HTML": {"body": b"<html>Bad gateway</html>", "kind": "text/html"},
    "a list": {"body": b"[]"},
    "null": {"body": b"null"},
    "an empty dict": {"body": b"{}"},
    "a number": {"body": b"7"},
    "a text": {"body": b'"events"'},
    "nothing": {"body": b""},
    "broken JSON": {"body": b'{"events": ['},
    "not UTF-8": {"body": b"\xff\xfe\x00{"},
    "deep JSON": {"body": b"[" * 100_000},
    "NaN": {"body": b'{"events": [], "responses": [{"text": NaN}]}'},
    "events null": {"body": b'{"events": null, "responses": null}'},
    "events of no shape": {"body": b'{"events": [7, "x", null], "responses": [7, "x", null]}'},
    "an unknown event": {"body": with_events({"event": "no_such_event"}, says="words")},
    "an event without a name": {"body": with_events({}, says="words")},
    "an unknown response": {"body": with_events(says={"response": "utter_no_such"})},
    "an empty message": {"body": with_events(says={"text": ""})},
    "a number for a text": {"body": with_events(says={"text": 911})},
    "a dict for a text": {"body": with_events(says={"text": {"a": 1}})},
    "a lone surrogate": {"body": with_events(says={"text": "\ud800"})},
    "buttons of no shape": {"body": with_events(says={"text": "x", "buttons": [1, None, "x"]})},
    "only a picture": {"body": with_events(says={"image": "https://example.org/x.png"})},
    "fifty messages": {"body": json.dumps({"events": [], "responses": [{"text": "x"}] * 50}).encode()},
}


@pytest.mark.parametrize("name", NONSENSE)
def test_the_action_server_answers_nonsense(rasa: Rasa, actions_port: int, name: str) -> None:
    with FakeActions(actions_port, **NONSENSE[name]) as fake:
        sender = uuid.uuid4().hex
        for message in (CALLS_AN_ACTION, SAYS_AND_CALLS):
            rasa.say(message, sender)
        assert fake.calls
        answers_again(rasa, sender)


EVENTS: dict[str, list[dict[str, Any]]] = {
    "restart": [{"event": "restart"}],
    "pause": [{"event": "pause"}],
    "pause twice": [{"event": "pause"}, {"event": "pause"}],
    "rewind": [{"event": "rewind"}],
    "session_started": [{"event": "session_started"}],
    "reset_slots": [{"event": "reset_slots"}],
    "followup action_listen": [{"event": "followup", "name": "action_listen"}],
    "followup itself": [{"event": "followup", "name": "action_contacts"}],
    "followup nothing known": [{"event": "followup", "name": "action_no_such"}],
    "followup restart": [{"event": "followup", "name": "action_restart"}],
    "a loop that does not exist": [{"event": "active_loop", "name": "no_such_form"}],
    "a slot that does not exist": [{"event": "slot", "name": "no_such_slot", "value": {"a": 1}}],
    "a slot of another type": [{"event": "slot", "name": "indicators", "value": 7}],
    "a message of a user": [{"event": "user", "text": "x", "parse_data": {"intent": {"name": "greet"}}}],
    "a message of the bot": [{"event": "bot", "text": "x", "data": {}}],
    "a reminder": [{"event": "reminder", "intent": "greet", "name": "x", "date_time": "2000-01-01T00:00:00"}],
}


@pytest.mark.parametrize("name", EVENTS)
@pytest.mark.parametrize("says", [None, "words"])
def test_the_action_server_sends_events_that_end_or_bend_a_turn(
    rasa: Rasa, actions_port: int, name: str, says: str | None
) -> None:
    sender = uuid.uuid4().hex
    with FakeActions(actions_port, with_events(*EVENTS[name], says=says)) as fake:
        rasa.say(CALLS_AN_ACTION, sender)
        rasa.say(SAYS_AND_CALLS, sender)
        assert fake.calls
    answers_again(rasa, sender)
    answers_again(rasa, sender)
