"""Whether a message in a practice is no practice but somebody's life, and the answer to it."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker

from actions.indicators import several_signs
from conch.own_life import is_of_own_life

SIGN_INTENT = "indicator_"
# Safety intents that a story may bring about; thoughts of suicide leave a practice by a rule of their own.
SAFETY = ("immediate_danger", "unsafe_to_talk")
LIKELY, CERTAIN = 0.5, 1.0  # remarks on a story sound like danger more often than people in danger write here


def tells_signs(tracker: Tracker) -> bool:
    """Whether the message as such is read as telling a sign."""
    return ((tracker.latest_message.get("intent") or {}).get("name") or "").startswith(SIGN_INTENT)


def tells_of_own_life(tracker: Tracker) -> bool:
    """Whether a message tells of the writer, or of somebody whom the writer knows."""
    teller = next(tracker.get_latest_entity_values("perspective"), None)
    return is_of_own_life(tracker.latest_message.get("text") or "", teller)


def is_for_real(tracker: Tracker, is_noticed: bool) -> bool:
    """Whether a message in a practice is to be answered as one outside of it.

    is_noticed: it names a sign that the part of the story shows. Only such words may speak of
    danger and yet be practice ("he hits her", "he watches her phone"), unless a phrase of content/safety_phrases.yml is
    among them, which makes the intent certain.
    """
    intent = tracker.latest_message.get("intent") or {}
    name, confidence = intent.get("name") or "", intent.get("confidence") or 0.0
    if name in SAFETY and (confidence >= CERTAIN or (confidence >= LIKELY and not is_noticed)):
        return True
    return name.startswith((SIGN_INTENT, "report_concern", *SAFETY)) and tells_of_own_life(tracker)


def for_real(tracker: Tracker) -> list[dict[str, Any]]:
    """The answer that the message gets outside a practice, as arguments of the dispatcher."""
    intent = tracker.latest_message["intent"]["name"]
    told = list(dict.fromkeys(tracker.get_latest_entity_values("indicator")))
    if intent.startswith(SIGN_INTENT) and len(told) > 1:
        return several_signs(told, tracker.latest_message.get("text") or "")
    return [{"response": f"utter_{intent}"}]
