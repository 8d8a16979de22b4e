"""What a message may be when it enters: plain bounded text, a safe sender, known taps."""

import hashlib
import json
import re
import uuid
from typing import Any

from rasa.core.channels.channel import UserMessage
from rasa.shared.core.constants import DEFAULT_INTENTS
from rasa.shared.core.domain import Domain

from conch.scenarios import scenarios

MAX_TEXT = 4000  # characters; the longest story that people tell at once is about 3,000
MAX_PAYLOAD = 300
SAFE_SENDER = re.compile(r"[A-Za-z0-9_.:-]{1,80}\Z")
PAYLOAD = re.compile(r"/(?P<intent>[a-z_]+)(?P<entities>\{.*\})?\Z", re.DOTALL)
LEADING_SLASHES = re.compile(r"\A[\s/\\]+")
# Control and direction marks: kept out of the model, harmless to drop. Tab and newline stay.
UNWANTED = re.compile("[\x00-\x08\x0b-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


class Payloads:
    """The taps that count: intents of the domain with values that a slot declares.

    Anybody can type `/restart` or `/indicator_grooming{"x": 1}`. An intent counts if the domain
    has it (Rasa's own never do); an entity counts if a categorical slot of the same name lists
    the value, or if it is a sign that has an intent or a practice case. Everything else is text.
    """

    def __init__(self, domain: Domain) -> None:
        self.intents = set(domain.intents) - set(DEFAULT_INTENTS)
        self.values = {
            slot.name: {str(value) for value in getattr(slot, "values", [])} - {"__other__"} for slot in domain.slots
        }
        self.values["indicator"] = {
            intent.removeprefix("indicator_") for intent in self.intents if intent.startswith("indicator_")
        }
        self.values["scenario"] = set(scenarios())

    def accepts(self, text: str) -> bool:
        """Whether the text is exactly one known tap."""
        match = PAYLOAD.match(text) if len(text) <= MAX_PAYLOAD else None
        if match is None or match["intent"] not in self.intents:
            return False
        if match["entities"] is None:
            return self._names_its_sign(match["intent"], {})
        try:
            entities = json.loads(match["entities"])
        except (ValueError, RecursionError):
            return False
        if not isinstance(entities, dict) or not self._names_its_sign(match["intent"], entities):
            return False
        return all(isinstance(value, str) and value in self.values.get(name, set()) for name, value in entities.items())

    @staticmethod
    def _names_its_sign(intent: str, entities: dict[str, Any]) -> bool:
        """Without its own sign a tap would be answered for the signs of an earlier message."""
        sign = intent.removeprefix("indicator_")
        return sign == intent or entities.get("indicator") == sign


def clean_text(text: Any, payloads: Payloads | None) -> str:
    """Makes any value bounded, encodable text; what is not a known tap loses its slashes."""
    if not isinstance(text, str):
        text = "" if text is None else str(text)[:MAX_TEXT]
    text = text[: MAX_TEXT * 2].encode("utf-8", "ignore").decode("utf-8")
    text = UNWANTED.sub(" ", text)[:MAX_TEXT].strip()
    if text.startswith("/") and payloads is not None and payloads.accepts(text):
        return text
    return LEADING_SLASHES.sub("", text)


def clean_sender(sender: Any, channel: str) -> str:
    """Prefixes the channel and hashes whatever could hurt a store or a lock."""
    # Without an id every visitor would share one conversation: each message gets its own.
    name = uuid.uuid4().hex if sender in (None, "") else str(sender)
    if not SAFE_SENDER.match(name):
        name = hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()
    prefix = f"{channel}-"
    return name if name.startswith(prefix) else prefix + name


def clean_message(message: UserMessage, payloads: Payloads | None) -> None:
    """Drops what must not be trusted: taps not offered, odd senders, client metadata."""
    message.text = clean_text(message.text, payloads)
    message.sender_id = clean_sender(message.sender_id, message.input_channel or "channel")
    message.metadata = message.metadata if isinstance(message.metadata, dict) else None
    message.parse_data = None
