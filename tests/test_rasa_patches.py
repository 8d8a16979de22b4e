"""The patched Rasa gives the results of the unpatched one, and only its own version is patched."""

import json
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
import rasa
from hypothesis import given
from hypothesis import strategies as st
from rasa.core.actions.action import RemoteAction
from rasa.core.policies.rule_policy import RulePolicy
from rasa.core.processor import MessageProcessor
from rasa.shared.core import events
from rasa.shared.core.constants import PREVIOUS_ACTION, SHOULD_NOT_BE_SET, SLOTS, USER
from rasa.shared.core.domain import State
from rasa.shared.core.events import Event
from rasa.shared.exceptions import RasaException

from addons import rasa_patches

ANSWERS: list[Any] = [
    {},
    {"events": [], "responses": []},
    {"events": [{"event": "slot", "name": "island", "value": "st_john"}], "responses": [{"text": "Hello."}]},
    {"responses": [{"text": 7}]},
    {"events": {}},
    {"events": [{"no_event": 1}]},
    {"events": ["slot"]},
    {"responses": "Hello."},
    {"responses": ["Hello."]},
    [],
    "Hello.",
    None,
    7,
]
NAMES = ["user", "bot", "slot", "action", "session_started", "no_such_event", "", "restart"]


@pytest.fixture
def patched() -> Iterator[None]:
    """Rasa with the patches, and as it was afterwards."""
    resolve, check = Event.__dict__["resolve_by_type"], RemoteAction._validate_action_result
    loop, keys = MessageProcessor._run_prediction_loop, RulePolicy._get_possible_keys
    rasa_patches.apply()
    yield
    RulePolicy._get_possible_keys = keys
    Event.resolve_by_type, RemoteAction._validate_action_result = resolve, check
    MessageProcessor._run_prediction_loop = loop


def states(names: list[Any]) -> st.SearchStrategy[State]:
    """States of a rule or a conversation: last action, intent and a slot, each of which may be missing."""
    name = st.sampled_from(names)
    action = st.fixed_dictionaries({}, optional={"action_name": name})
    user = st.fixed_dictionaries({}, optional={"intent": name, "text": name})
    slots = st.fixed_dictionaries({}, optional={"practising": st.sampled_from([[1.0], [0.0], SHOULD_NOT_BE_SET])})
    return st.fixed_dictionaries({}, optional={PREVIOUS_ACTION: action, USER: user, SLOTS: slots})


def told(state: State) -> State:
    """The state of a conversation, whose features are tuples where those of a rule are lists."""
    return state | {SLOTS: {name: tuple(value) for name, value in state.get(SLOTS, {}).items()}}


def judge(answer: Any) -> tuple[str, str]:
    """What Rasa makes of an action's answer."""
    try:
        return "valid", str(RemoteAction("action_contacts", None)._validate_action_result(answer))
    except jsonschema.ValidationError as error:
        return "invalid", error.message


def resolve(name: str) -> Any:
    """The class that Rasa takes an event's name for."""
    try:
        return events.Event.resolve_by_type(name)
    except (RasaException, ValueError) as error:
        return str(error)


BEFORE = {"answers": [judge(answer) for answer in ANSWERS], "events": [resolve(name) for name in NAMES]}


def test_rasa_tells_valid_from_invalid_answers() -> None:
    kinds = [kind for kind, _ in BEFORE["answers"]]
    assert kinds[:4] == ["valid"] * 4
    assert set(kinds[4:]) == {"invalid"}


def test_answers_are_judged_as_before(patched: None) -> None:
    assert [judge(answer) for answer in ANSWERS] == BEFORE["answers"]


def test_events_are_resolved_as_before(patched: None) -> None:
    for _ in range(2):
        assert [resolve(name) for name in NAMES] == BEFORE["events"]


def test_another_version_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    before = RemoteAction._validate_action_result
    monkeypatch.setattr(rasa, "__version__", "3.6.22")
    with pytest.raises(RuntimeError, match=r"3\.6\.22"):
        rasa_patches.apply()
    assert RemoteAction._validate_action_result is before


@given(
    rules=st.lists(st.lists(states(["a", "b", "c", None, SHOULD_NOT_BE_SET]), min_size=1, max_size=3), max_size=12),
    conversation=st.lists(states(["a", "b", "c", None]).map(told), max_size=3),
)
def test_the_same_rules_are_found_as_before(rules: list[list[State]], conversation: list[State]) -> None:
    policy, original = object.__new__(RulePolicy), RulePolicy._get_possible_keys
    lookup = {json.dumps(rule): "utter" for rule in rules}
    expected = original(policy, lookup, conversation)
    try:
        rasa_patches.look_at_few_rules()
        for _ in range(2):
            assert policy._get_possible_keys(lookup, conversation) == expected
        assert policy._get_possible_keys(dict(lookup), conversation) == expected
    finally:
        RulePolicy._get_possible_keys = original


def test_few_rules_are_compared() -> None:
    lookup = {
        json.dumps([{PREVIOUS_ACTION: {"action_name": "action_listen"}, USER: {"intent": f"intent {n}"}}]): "utter"
        for n in range(50)
    }
    state = {PREVIOUS_ACTION: {"action_name": "action_listen"}, USER: {"intent": "intent 7"}}
    assert len(rasa_patches.RulesByLastState(lookup).that_may_fit(state)) == 1
