"""The reply to a message with several signs: it names each, and what they have in common."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from conch.minors import speaks_of_minor
from conch.signs import signs

MOST_WORDS = 42  # for names and what they have in common, so that the reply stays within 80


def in_a_sentence(names: list[str]) -> str:
    """Joins names as one says them."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def in_common(ids: list[str], names: str) -> str:
    """What the kinds of these signs have in common, the most frequent kind first, a second if there is room."""
    kinds = [signs().indicators[name].means for name in ids]
    in_order = sorted(dict.fromkeys(kinds), key=lambda kind: -kinds.count(kind))
    first, *others = (signs().means[kind].description for kind in in_order)
    both = " ".join([first, *others[:1]])
    return both if len(names.split()) + len(both.split()) <= MOST_WORDS else first


def several_signs(ids: list[str], text: str) -> list[dict[str, Any]]:
    """The reply that names each known sign, as arguments of the dispatcher; of a child it says one thing more."""
    known = signs().indicators
    ids = [name for name in dict.fromkeys(ids) if name in known]
    if not ids:
        return [{"response": "utter_report_concern"}]
    names = [known[name].name for name in ids]
    said = in_a_sentence(names)
    fills = {"signs": said, "means": in_common(ids, said), "sign_names": names}
    reply = [{"response": "utter_several_signs", **fills}]
    return [*reply, {"response": "utter_minor"}] if speaks_of_minor(text) else reply


class ActionSeveralSigns(Action):
    """Names every sign of the last message, never with a verdict."""

    def name(self) -> str:
        """The name in domain.yml."""
        return "action_several_signs"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list:
        """Says the reply for the perspective of the message."""
        for message in several_signs(tracker.get_slot("indicators") or [], tracker.latest_message.get("text") or ""):
            dispatcher.utter_message(**message)
        return []
