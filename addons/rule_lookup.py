"""A patch of Rasa 3.6.21's RulePolicy that saves time and changes no prediction."""

from collections import defaultdict

from rasa.core.policies.rule_policy import RulePolicy
from rasa.shared.core.constants import PREVIOUS_ACTION, SHOULD_NOT_BE_SET, USER
from rasa.shared.core.domain import State
from rasa.shared.nlu.constants import ACTION_NAME, INTENT


class RulesByLastState:
    """The rules of one lookup by the action and the intent that their last state asks for."""

    def __init__(self, lookup: dict[str, str]) -> None:
        self.lookup = lookup
        self.groups: dict[tuple[str | None, str | None], dict[str, str]] = defaultdict(dict)
        for key, action in lookup.items():
            last = RulePolicy._rule_key_to_state(key)[-1]
            if last.get(PREVIOUS_ACTION):  # others only fit the very beginning of a conversation
                self.groups[self.asked(last)][key] = action

    @staticmethod
    def asked(state: State) -> tuple[str | None, str | None]:
        """Action and intent of a state; None for what a rule leaves open."""
        values = state.get(PREVIOUS_ACTION, {}).get(ACTION_NAME), state.get(USER, {}).get(INTENT)
        return tuple(value if value and value != SHOULD_NOT_BE_SET else None for value in values)

    def that_may_fit(self, state: State) -> dict[str, str]:
        """Every rule whose last state may be this one, and few others."""
        if not state.get(PREVIOUS_ACTION):
            return self.lookup
        action, intent = self.asked(state)
        found: dict[str, str] = {}
        for group in {(action, intent), (action, None), (None, intent), (None, None)}:
            found |= self.groups.get(group, {})
        return found


def look_at_few_rules() -> None:
    """Compares a conversation with the rules for its last action and intent instead of with all.

    Rasa compares every rule with every state, a sixth of a turn's processor time: 36 ms with, 30 without
    (median of twelve times 20 turns each, in turn). Rules do not change once a model is loaded.
    """
    original = RulePolicy._get_possible_keys

    def possible(self: RulePolicy, lookup: dict[str, str], states: list[State]) -> set[str]:
        if not states:
            return original(self, lookup, states)
        indexes = self.__dict__.setdefault("_rules_by_last_state", {})
        index = indexes.get(id(lookup))
        if index is None or index.lookup is not lookup:
            index = indexes[id(lookup)] = RulesByLastState(lookup)
        return original(self, index.that_may_fit(states[-1]), states)

    RulePolicy._get_possible_keys = possible
