"""What a delivery of Meta's asks for: messages to answer, and people of the Page who speak.

A delivery holds many entries, an entry many events. Everything that is not a person's own
message or tap is passed over: reads, deliveries, reactions, edits, standby, unknown shapes.
"""

import hashlib
import logging
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

logger = logging.getLogger(__name__)

MARK = "conch"  # the metadata of every message we send; Meta returns it in the echo
PSID = re.compile(r"[0-9A-Za-z_-]{1,64}\Z")
KINDS = {"audio": "VOICE", "location": "LOCATION", "sticker": "STICKER"}
JSON = dict[str, Any]


class Kind(Enum):
    """What came: words, a tap, or something that cannot be read, by which answer it gets."""

    TEXT, TAP, VOICE, LOCATION, STICKER, ATTACHMENT = "text", "tap", "voice", "location", "sticker", "attachment"
    TOO_MANY = "too_many"
    HUMAN = "human"  # somebody of the Page wrote in the thread


@dataclass(frozen=True, order=True)
class Event:
    """One thing to do for one person; never printed with the id or the words."""

    at: float  # milliseconds, Meta's clock
    psid: str = field(repr=False, compare=False)
    kind: Kind = field(compare=False)
    key: str = field(repr=False, compare=False)  # the same for the same event delivered again
    text: str = field(default="", repr=False, compare=False)  # words, or the title of a tap
    payload: str = field(default="", repr=False, compare=False)


def part(value: Any, key: str) -> JSON:
    """The dictionary below a key, empty if there is none."""
    found = value.get(key) if isinstance(value, dict) else None
    return found if isinstance(found, dict) else {}


def parts(value: Any, key: str) -> list[JSON]:
    """The dictionaries in the list below a key."""
    found = value.get(key) if isinstance(value, dict) else None
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def string(value: JSON, key: str) -> str:
    """The text below a key, empty if there is none."""
    found = value.get(key)
    return found if isinstance(found, str) else ""


def person_in(event: JSON, role: str) -> str:
    """A page-scoped id, empty if it is none."""
    found = part(event, role).get("id")
    found = str(found) if isinstance(found, int) and not isinstance(found, bool) else found
    return found if isinstance(found, str) and PSID.match(found) else ""


def key_of(event: JSON, inner: JSON, psid: str) -> str:
    """Names an event by its message id, or by all that it says if it has none."""
    name = string(inner, "mid") or repr((event.get("timestamp"), sorted(inner.items(), key=repr)))
    return hashlib.sha256(f"{psid} {name}".encode("utf-8", "replace")).hexdigest()


def kind_of(message: JSON) -> Kind:
    """What a message without words is."""
    attachments = parts(message, "attachments")
    types = {KINDS.get(string(item, "type"), "ATTACHMENT") for item in attachments}
    if any("sticker_id" in part(item, "payload") for item in attachments) or "sticker_id" in message:
        return Kind.STICKER
    return Kind[types.pop()] if len(types) == 1 else Kind.ATTACHMENT


def is_ours(message: JSON, app_id: str) -> bool:
    """Whether an echo is of a message that this assistant sent."""
    return message.get("metadata") == MARK or (app_id != "" and str(message.get("app_id")) == app_id)


def read_event(event: JSON, page: str, app_id: str, is_standby: bool) -> Event | None:
    """One event as something to do, or None."""
    at = event.get("timestamp")
    when = float(at) if isinstance(at, int) and not isinstance(at, bool) and 0 < at < 1e14 else time.time() * 1000
    message, postback = part(event, "message"), part(event, "postback")
    sender = person_in(event, "sender")
    if message.get("is_echo") or (message and page and sender == page):
        psid = person_in(event, "recipient")
        is_human = psid and psid != page and not is_ours(message, app_id)
        return Event(when, psid, Kind.HUMAN, key_of(event, message, psid)) if is_human else None
    if is_standby or not sender or sender == page or message.get("is_deleted"):
        return None
    if message:
        key, text = key_of(event, message, sender), string(message, "text")
        payload = string(part(message, "quick_reply"), "payload")
        if payload:
            return Event(when, sender, Kind.TAP, key, text, payload)
        return Event(when, sender, Kind.TEXT if text.strip() else kind_of(message), key, text)
    if postback:
        title, payload = string(postback, "title"), string(postback, "payload")
        return Event(when, sender, Kind.TAP, key_of(event, postback, sender), title, payload)
    return None


def read(delivery: Any, app_id: str = "") -> Iterator[Event]:
    """All that a delivery asks for, in the order in which it happened."""
    events = []
    for entry in parts(delivery, "entry") if part({"": delivery}, "").get("object") == "page" else []:
        page = str(entry.get("id") or "")
        for name in ("messaging", "standby"):
            for event in parts(entry, name):
                try:
                    events.append(read_event(event, page, app_id, name == "standby"))
                except RecursionError:
                    logger.error("an event was nested too deeply to be read")
    yield from sorted(event for event in events if event is not None)
