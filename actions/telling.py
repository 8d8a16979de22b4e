"""Whether a message in a practice is no practice but somebody's life, and the answer to it."""

from __future__ import annotations

import re
from typing import Any

from rasa_sdk import Tracker

from actions.indicators import several_signs

SIGN_INTENT = "indicator_"
# Safety intents that a story may bring about; thoughts of suicide leave a practice by a rule of their own.
SAFETY = ("immediate_danger", "unsafe_to_talk")
LIKELY, CERTAIN = 0.5, 1.0  # remarks on a story sound like danger more often than people in danger write here
# "I see that ..." is a learner looking at the story; "I" anywhere else is a person telling.
LOOKING = re.compile(
    r"\b(?:i|we)(?:'d|'ll)?\s+(?:(?:also|can|could|would|will|just)\s+)*"
    r"(?:see|saw|notice|noticed|think|guess|believe|feel|say|spot|spotted|hear|wonder|bet|call|tell|ask|find|pick)\b"
    r"|\b(?:to|for|tells|strikes|bothers|worries) (?:me|us)\b"
    r"|\b(?:my|our) (?:guess|answer|view|opinion|first thought)\b",
    re.IGNORECASE,
)
FIRST_PERSON = re.compile(r"\b(?:i|i'?m|i'?ve|me|my|mine|myself|we|us|our)\b", re.IGNORECASE)
SOMEBODY_KNOWN = re.compile(
    r"\b(?:my|our) (?:own |little |older |younger |best |ex |step)?-?"
    r"(?:friend|sister|brother|daughter|son|child|kid|niece|nephew|cousin|aunt|uncle|mother|mom|father|dad|wife|husband|"
    r"boyfriend|girlfriend|partner|neighbou?r|roommate|co-?worker|boss|employer|student|patient|client|guest|tenant)",
    re.IGNORECASE,
)


def tells_signs(tracker: Tracker) -> bool:
    """Whether the message as such is read as telling a sign."""
    return ((tracker.latest_message.get("intent") or {}).get("name") or "").startswith(SIGN_INTENT)


def is_of_own_life(tracker: Tracker) -> bool:
    """Whether a message tells of the writer, or of somebody whom the writer knows."""
    text = LOOKING.sub(" ", tracker.latest_message.get("text") or "")
    teller = next(tracker.get_latest_entity_values("perspective"), None)
    return bool(SOMEBODY_KNOWN.search(text)) or (teller in (None, "self") and bool(FIRST_PERSON.search(text)))


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
    return name.startswith((SIGN_INTENT, "report_concern", *SAFETY)) and is_of_own_life(tracker)


def for_real(tracker: Tracker) -> list[dict[str, Any]]:
    """The answer that the message gets outside a practice, as arguments of the dispatcher."""
    intent = tracker.latest_message["intent"]["name"]
    told = list(dict.fromkeys(tracker.get_latest_entity_values("indicator")))
    if intent.startswith(SIGN_INTENT) and len(told) > 1:
        return several_signs(told, tracker.latest_message.get("text") or "")
    return [{"response": f"utter_{intent}"}]
