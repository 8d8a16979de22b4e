"""Patches of Rasa 3.6.21 where it offers no extension point.

Each one names its reason; those that only save time change no behaviour and name their
measured figure. `apply` refuses any other version.
"""

import asyncio
import logging
from functools import lru_cache

import rasa
from jsonschema.validators import validator_for
from rasa.core.actions.action import ActionBotResponse, RemoteAction
from rasa.core.channels.channel import OutputChannel
from rasa.core.nlg import NaturalLanguageGenerator
from rasa.core.processor import MessageProcessor
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, ConversationResumed, Event, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker

from addons.graph_runs import run_nodes_in_order
from addons.rule_lookup import look_at_few_rules

logger = logging.getLogger(__name__)

PATCHED_VERSION = "3.6.21"
TELLINGS = ("action_scenario_answer", "action_several_signs")  # what takes a telling to the action server
MAY_BE_REAL = ("immediate_danger", "unsafe_to_talk", "report_concern", "indicator_")  # as in actions/telling.py
LONGEST_TELLING = 4.0  # seconds; less than the turn's deadline (addons/channels/guarantee.py)


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


def answer_tellings_without_actions() -> None:
    """Gives danger and signs their plain answer when the action that would weigh them fails.

    Within a practice, that is danger too; with several signs, the first one's lesson. Rasa only logs that an action
    failed, and no rule can name another one for that case.
    """
    original = RemoteAction.run

    async def run(
        self: RemoteAction,
        output_channel: OutputChannel,
        nlg: NaturalLanguageGenerator,
        tracker: DialogueStateTracker,
        domain: Domain,
    ) -> list[Event]:
        intent = tracker.latest_message.intent_name or "" if tracker.latest_message else ""
        work = original(self, output_channel, nlg, tracker, domain)
        if self.name() not in TELLINGS or not intent.startswith(MAY_BE_REAL):
            return await work
        try:
            events = await asyncio.wait_for(work, LONGEST_TELLING)
        except Exception as error:
            logger.error("%s failed, plain answer instead: %s", self.name(), type(error).__name__)
            events = []
        if any(isinstance(event, BotUttered) and event.text for event in events):
            return events
        said = await ActionBotResponse(f"utter_{intent}").run(output_channel, nlg, tracker, domain)
        return [*said, SlotSet("practising", False)]

    RemoteAction.run = run


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
    run_nodes_in_order()
    end_every_turn_listening()
    answer_tellings_without_actions()
