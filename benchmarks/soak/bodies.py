"""What is sent: proper bodies of each channel, and shapes that no client of ours sends."""

from __future__ import annotations

import json
from collections.abc import Callable
from random import Random
from typing import Any

from tests.messenger import attached, delivery, echo, said, tapped

ADDRESS = {
    "rest": "/webhooks/rest/webhook",
    "chat": "/webhooks/chat/messages",
    "messenger": "/webhooks/messenger/webhook",
}
Shape = Callable[[str, str], Any]  # sender, text -> body

# A string is sent as it is, everything else as JSON.
SHAPES: tuple[Shape, ...] = (
    lambda sender, text: {"message": text},
    lambda sender, text: {"sender": sender},
    lambda sender, text: {"sender": {"id": sender}, "message": text},
    lambda sender, text: {"sender": sender, "message": {"text": text}},
    lambda sender, text: {"sender": sender, "message": [text, None]},
    lambda sender, text: {"sender": sender, "message": 7, "metadata": [text]},
    lambda sender, text: {"sender": f"{sender}\x00", "message": text},
    lambda sender, text: {"sender": "x" * 5000, "message": text},
    lambda sender, text: {"sender": sender, "message": text, "input_channel": "../x", "metadata": {"a": {"b": text}}},
    lambda sender, text: [sender, text],
    lambda sender, text: None,
    lambda sender, text: "",
    lambda sender, text: "{",
    lambda sender, text: "\x00",
    lambda sender, text: '{"sender": 1e999, "message": "hello"}',
    lambda sender, text: "[" * 5000,
    lambda sender, text: json.dumps({"sender": sender, "message": "x" * 60_000}),
)
# Nobody is answered for these; what matters is that the message beside them is.
BESIDE: tuple[Callable[[str, str], Any], ...] = (
    lambda psid, text: {},
    lambda psid, text: {"sender": {"id": psid}},
    lambda psid, text: {"sender": psid, "message": {"text": text}},
    lambda psid, text: {"sender": {"id": psid}, "timestamp": "soon", "read": {"watermark": 1}},
    lambda psid, text: {"sender": {"id": psid}, "message": None},
    lambda psid, text: {"sender": {"id": psid}, "message": {"mid": 5, "text": [text]}},
    lambda psid, text: {"sender": {"id": psid}, "reaction": {"emoji": "x", "action": "react", "mid": "m"}},
    lambda psid, text: None,
    lambda psid, text: 5,
)


def encoded(body: Any) -> bytes:
    """The bytes of a body; what is odd in a text goes as an escape of JSON."""
    return body.encode("utf-8", "surrogatepass") if isinstance(body, str) else json.dumps(body).encode()


def proper(sender: str, text: str) -> bytes:
    """A message in the shape of REST and of the web chat."""
    return encoded({"sender": sender, "message": text})


def odd(sender: str, text: str, random: Random) -> bytes:
    """A body in some other shape."""
    return encoded(random.choice(SHAPES)(sender, text))


def of_messenger(psid: str, text: str, random: Random) -> bytes:
    """A delivery with one event that must be answered, alone or beside others that must not."""
    made = (
        said(psid, text if text.strip() else "hello")
        if random.random() < 0.8
        else random.choice((tapped(psid, "/greet"), attached(psid, "audio"), attached(psid, "image", text="hello")))
    )
    events = [made]
    if random.random() < 0.3:
        events += [random.choice(BESIDE)(psid, text) for _ in range(random.randrange(1, 4))]
        random.shuffle(events)
    if random.random() < 0.05:
        events.append(echo("1" * 16))
    return encoded(delivery(*events, at_once=random.random() < 0.5))
