"""The patched RulePolicy finds the rules that the unpatched one finds, and compares few of them."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from rasa.core.policies.rule_policy import RulePolicy
from rasa.shared.core.constants import PREVIOUS_ACTION, SHOULD_NOT_BE_SET, SLOTS, USER
from rasa.shared.core.domain import State

from addons.rule_lookup import RulesByLastState, look_at_few_rules


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


@given(
    rules=st.lists(st.lists(states(["a", "b", "c", None, SHOULD_NOT_BE_SET]), min_size=1, max_size=3), max_size=12),
    conversation=st.lists(states(["a", "b", "c", None]).map(told), max_size=3),
)
def test_the_same_rules_are_found_as_before(rules: list[list[State]], conversation: list[State]) -> None:
    policy, original = object.__new__(RulePolicy), RulePolicy._get_possible_keys
    lookup = {json.dumps(rule): "utter" for rule in rules}
    expected = original(policy, lookup, conversation)
    try:
        look_at_few_rules()
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
    assert len(RulesByLastState(lookup).that_may_fit(state)) == 1
