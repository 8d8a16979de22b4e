"""What is kept of a conversation outside this process: enough to go on, and nothing that quotes a person.

No message, no intent, no entity, no reply: the slots, since when the session runs, and the
form that is active if there is one. Rules look at one message and the slots, so they decide as
they would with the whole history.
"""

import json
import logging
from functools import lru_cache
from typing import Any

from rasa.shared.core.constants import (
    ACTION_LISTEN_NAME,
    ACTION_SESSION_START_NAME,
    SESSION_START_METADATA_SLOT,
    SlotMappingType,
)
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, Event, SessionStarted, SlotSet
from rasa.shared.core.slots import CategoricalSlot, Slot
from rasa.shared.core.trackers import DialogueStateTracker

from addons.slots import SignsSlot
from conch.signs import signs

logger = logging.getLogger(__name__)
MOST_CHARACTERS = 100_000  # of one slot
NOTHING = '{"slots":{}}'
QUOTES = {str(SlotMappingType.FROM_TEXT), str(SlotMappingType.FROM_ENTITY)}


@lru_cache(maxsize=1)
def known_signs() -> frozenset[str]:
    """The ids of the signs."""
    return frozenset(signs().indicators)


def keepable(slot: Slot, value: Any) -> Any:
    """The part of a slot's value that quotes nobody; None if there is none.

    What a slot takes from a message (its text, an entity) is kept only where the slot says
    which values there are; a value that an action sets is kept whole.
    """
    if slot.name == SESSION_START_METADATA_SLOT:
        return None
    if isinstance(slot, SignsSlot):
        return [sign for sign in value if sign in known_signs()] or None if isinstance(value, list) else None
    if isinstance(slot, CategoricalSlot):
        return value if str(value).lower() in slot.values else None
    if any(str(mapping.get("type")) in QUOTES and "value" not in mapping for mapping in slot.mappings):
        return None
    return value


def slots_of(tracker: DialogueStateTracker) -> dict[str, Any]:
    """The slots that are kept, each a value that JSON can hold."""
    kept = {}
    for slot in tracker.slots.values():
        value = keepable(slot, slot.value)
        if value is None or value == slot.initial_value:
            continue
        try:
            is_small = len(json.dumps(value)) <= MOST_CHARACTERS
        except (TypeError, ValueError, RecursionError):
            is_small = False
        if is_small:
            kept[slot.name] = value
        else:
            logger.error("slot %s is not kept: no JSON, or above %d characters", slot.name, MOST_CHARACTERS)
    return kept


def write_state(tracker: DialogueStateTracker) -> str:
    """A conversation as JSON in ASCII, which any database can hold."""
    started = next((event for event in reversed(tracker.events) if isinstance(event, SessionStarted)), None)
    state: dict[str, Any] = {"slots": slots_of(tracker)}
    if started is not None:
        state["session"] = round(started.timestamp, 3)
    if tracker.active_loop_name:
        state["loop"] = tracker.active_loop_name
    return json.dumps(state, separators=(",", ":"))


def merge_states(base: str, ours: str, theirs: str) -> str:
    """Their state with the slots that only we changed since the base; where both changed one, theirs stays.

    Raises what `json.loads` raises, and AttributeError or KeyError for a text that is no state.
    """
    before, mine, merged = (json.loads(state) for state in (base, ours, theirs))
    for name in before["slots"].keys() | mine["slots"].keys():
        was, value = before["slots"].get(name), mine["slots"].get(name)
        if value == was or merged["slots"].get(name) != was:
            continue
        merged["slots"][name] = value
        if value is None:
            del merged["slots"][name]
    return json.dumps(merged, separators=(",", ":"))


def read_state(text: str, sender_id: str, domain: Domain) -> DialogueStateTracker:
    """The conversation again, listening; raises ValueError, TypeError or KeyError if the text is none of ours.

    A slot that the domain no longer has, or a value that it no longer knows, is passed over.
    """
    state = json.loads(text)
    session = float(state.get("session", 0)) if isinstance(state, dict) else 0.0
    if not isinstance(state, dict) or not isinstance(state["slots"], dict):
        raise TypeError("not the state of a conversation")
    events: list[Event] = [
        ActionExecuted(ACTION_SESSION_START_NAME, timestamp=session or None),
        SessionStarted(timestamp=session or None),
    ]
    for slot in domain.slots:
        value = keepable(slot, state["slots"].get(slot.name))
        if value is not None:
            events.append(SlotSet(slot.name, value))
    if isinstance(state.get("loop"), str) and state["loop"] in domain.action_names_or_texts:
        events.append(ActiveLoop(state["loop"]))
    events.append(ActionExecuted(ACTION_LISTEN_NAME))
    return DialogueStateTracker.from_events(sender_id, events, domain.slots, domain=domain)
