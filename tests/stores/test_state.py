"""What leaves the process of a conversation: enough to go on, and no word of what was written."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rasa.shared.core.events import ActionExecuted, ActiveLoop, BotUttered, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from addons.stores.state import MOST_CHARACTERS, read_state, write_state
from tests.stores.conftest import DOMAIN, conversation, said

CANARY = "xqcanary"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


def test_no_word_of_a_message_is_kept() -> None:
    entities = [{"entity": "name", "value": CANARY, "start": 3, "end": 9}]
    events = [
        SlotSet("session_started_metadata", {"user": CANARY}),
        SessionStarted(),
        UserUttered(f"my {CANARY}", {"name": "greet"}, entities, {"text": CANARY}, metadata={"m": CANARY}),
        SlotSet("said", f"my {CANARY}"),
        SlotSet("name", CANARY),
        SlotSet("island", CANARY),
        SlotSet("indicators", ["grooming", CANARY]),
        BotUttered(f"You said {CANARY}"),
        ActionExecuted("action_listen", action_text=CANARY),
    ]
    state = write_state(DialogueStateTracker.from_events("a", events, DOMAIN.slots, domain=DOMAIN))
    assert CANARY not in state
    assert json.loads(state)["slots"] == {"indicators": ["grooming"]}


def test_no_intent_is_kept() -> None:
    assert "greet" not in write_state(conversation("a"))


def test_what_a_conversation_knows_is_kept() -> None:
    slots = (("island", "st_john"), ("indicators", ["grooming", "blackmail"]), ("practice", {"case": [1, {"a": None}]}))
    found = read_state(write_state(conversation("a", *slots)), "a", DOMAIN)
    assert {name: found.get_slot(name) for name, _ in slots} == dict(slots)
    assert found.latest_action_name == "action_listen"
    assert found.sender_id == "a"


@settings(max_examples=200, deadline=None)
@given(value=JSON.filter(lambda value: value is not None))
def test_any_json_value_of_a_slot_survives(value: object) -> None:
    state = write_state(conversation("a", ("practice", value)))
    assert state.isascii()
    assert "\x00" not in state
    assert read_state(state, "a", DOMAIN).get_slot("practice") == value


def test_since_when_a_session_runs_is_kept() -> None:
    tracker = conversation("a")
    (started,) = [event for event in tracker.events if isinstance(event, SessionStarted)]
    started.timestamp = 1_700_000_000.25
    found = read_state(write_state(tracker), "a", DOMAIN)
    assert [event.timestamp for event in found.events if isinstance(event, SessionStarted)] == [started.timestamp]


def test_an_active_form_goes_on() -> None:
    tracker = conversation("a")
    tracker.update(ActiveLoop("action_practice"), DOMAIN)
    tracker.update(ActionExecuted("action_listen"), DOMAIN)
    assert read_state(write_state(tracker), "a", DOMAIN).active_loop_name == "action_practice"


@pytest.mark.parametrize("value", [{1, 2}, object(), "x" * (MOST_CHARACTERS + 1)])
def test_a_value_that_cannot_be_kept_is_named_and_the_rest_stays(
    value: object, caplog: pytest.LogCaptureFixture
) -> None:
    tracker = conversation("a", ("island", "st_john"))
    tracker.update(SlotSet("practice", value), DOMAIN)
    assert json.loads(write_state(tracker))["slots"] == {"island": "st_john"}
    assert "slot practice is not kept" in said(caplog)


@pytest.mark.parametrize(
    "state", ["", "{", "null", "[]", "{}", '{"slots":[]}', '{"slots":{},"session":"x"}', "[" * 9999]
)
def test_what_is_no_state_is_an_error(state: str) -> None:
    with pytest.raises((ValueError, TypeError, KeyError, RecursionError)):
        read_state(state, "a", DOMAIN)


def test_what_the_domain_no_longer_knows_is_passed_over() -> None:
    state = {"slots": {"gone": 1, "island": "atlantis", "practice": 2}, "loop": "gone_form", "events": [{"event": "?"}]}
    found = read_state(json.dumps(state), "a", DOMAIN)
    assert {name: slot.value for name, slot in found.slots.items() if slot.value is not None} == {"practice": 2}
    assert found.active_loop_name is None
