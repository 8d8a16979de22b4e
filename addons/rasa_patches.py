"""Patches of Rasa 3.6.21 where it offers no extension point.

Each one names its reason; those that only save time change no behaviour and name their
measured figure. `apply` refuses any other version.
"""

from collections import defaultdict
from functools import lru_cache

import rasa
from jsonschema.validators import validator_for
from rasa.core.actions.action import RemoteAction
from rasa.core.channels.channel import OutputChannel
from rasa.core.policies.rule_policy import RulePolicy
from rasa.core.processor import MessageProcessor
from rasa.shared.core.constants import ACTION_LISTEN_NAME, PREVIOUS_ACTION, SHOULD_NOT_BE_SET, USER
from rasa.shared.core.domain import State
from rasa.shared.core.events import ActionExecuted, ConversationResumed, Event
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import ACTION_NAME, INTENT

PATCHED_VERSION = "3.6.21"


def resolve_events_once() -> None:
    """Remembers which class an event's name means.

    Rasa walks all subclasses of Event for every event of every stored conversation: 45 % of
    the time that reading a tracker takes.
    """
    Event.resolve_by_type = staticmethod(lru_cache(maxsize=None)(Event.resolve_by_type))


def check_action_schema_once() -> None:
    """Checks the schema of an action's answer at start-up instead of at every answer.

    `jsonschema.validate` checks the schema itself each time, about 50 ms; the answer is
    still checked against it every time.
    """
    schema = RemoteAction.action_response_format_spec()
    validator_class = validator_for(schema)
    validator_class.check_schema(schema)
    validator = validator_class(schema)
    original = RemoteAction._validate_action_result

    def validate(self: RemoteAction, result: dict) -> bool:
        if validator.is_valid(result):
            return True
        return original(self, result)  # raises with Rasa's own explanation

    RemoteAction._validate_action_result = validate


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

    Rasa compares every rule with every state, up to three times a prediction: a fifth of a turn's
    processor time with 83 intents, 22 instead of 26 ms. Rules do not change once a model is loaded.
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


def end_every_turn_listening() -> None:
    """Keeps what an action answers from muting a person for the rest of the conversation.

    After a `pause` event Rasa says nothing more. After a turn that it cut before it came to
    listen (an action that calls itself, or answers 400) it says nothing more either: the
    count of actions that cuts a loop goes on over the person's next messages.
    """
    original = MessageProcessor._run_prediction_loop

    async def run(self: MessageProcessor, output_channel: OutputChannel, tracker: DialogueStateTracker) -> None:
        await original(self, output_channel, tracker)
        if tracker.is_paused():
            tracker.update(ConversationResumed(), self.domain)
        if tracker.latest_action_name not in (ACTION_LISTEN_NAME, None):  # None: just restarted
            tracker.update(ActionExecuted(ACTION_LISTEN_NAME), self.domain)

    MessageProcessor._run_prediction_loop = run


def apply() -> None:
    """Applies every patch once, before the first message."""
    if rasa.__version__ != PATCHED_VERSION:
        raise RuntimeError(
            f"addons/rasa_patches.py is for Rasa {PATCHED_VERSION}, found {rasa.__version__}: "
            "check each patch against the new version, then change PATCHED_VERSION"
        )
    resolve_events_once()
    check_action_schema_once()
    look_at_few_rules()
    end_every_turn_listening()
