"""Deliveries in the shapes of Meta's documents, signed as Meta signs them."""

import hashlib
import hmac
import itertools
import json
import time
from typing import Any

PAGE, APP_ID, OTHER_APP = "109876543210987", "1517776481860111", "263902037430900"
SECRETS = {
    "MESSENGER_VERIFY_TOKEN": "verify-token",
    "MESSENGER_APP_SECRET": "app-secret",
    "MESSENGER_PAGE_TOKEN": "page-token",
    "MESSENGER_ID_KEY": "0123456789abcdef0123456789abcdef",
}
JSON = dict[str, Any]
numbers = itertools.count(1)


def now() -> int:
    """Milliseconds, as Meta counts them; never the same twice."""
    return int(time.time() * 1000) + next(numbers) % 1000


def new_mid() -> str:
    """A message id as long as Meta's."""
    return f"m_{next(numbers):020d}{'x' * 60}"


def event(psid: str, at: int | None = None, **what: Any) -> JSON:
    """One event of a person."""
    return {"sender": {"id": psid}, "recipient": {"id": PAGE}, "timestamp": at or now(), **what}


def said(psid: str, text: str, at: int | None = None, **more: Any) -> JSON:
    """A typed message."""
    return event(psid, at, message={"mid": new_mid(), "text": text, **more})


def tapped(psid: str, payload: str, title: str = "A title") -> JSON:
    """A tap on a button, the menu or Get Started."""
    return event(psid, postback={"mid": new_mid(), "title": title, "payload": payload})


def picked(psid: str, payload: str, title: str = "A title") -> JSON:
    """A tap on a quick reply."""
    return said(psid, title, quick_reply={"payload": payload})


def attached(psid: str, *kinds: str, **message: Any) -> JSON:
    """A message with attachments."""
    url = {"url": "https://cdn.example.com/secret.jpg"}
    found = [{"type": kind, "payload": url if kind != "location" else {"coordinates": {"lat": 1}}} for kind in kinds]
    return event(psid, message={"mid": new_mid(), "attachments": found, **message})


def echo(psid: str, app_id: str | int | None = OTHER_APP, **message: Any) -> JSON:
    """What the Page itself said, by this app, another one or a person."""
    of_app = {} if app_id is None else {"app_id": app_id}
    message = {"mid": new_mid(), "is_echo": True, "text": "We are here.", **of_app, **message}
    return {"sender": {"id": PAGE}, "recipient": {"id": psid}, "timestamp": now(), "message": message}


def entry(*events: JSON, name: str = "messaging") -> JSON:
    """One entry with its events."""
    return {"id": PAGE, "time": now(), name: list(events)}


def delivery(*events: JSON, at_once: bool = True) -> JSON:
    """A delivery: all events in one entry, or each in its own."""
    entries = [entry(*events)] if at_once else [entry(one) for one in events]
    return {"object": "page", "entry": entries}


def signed(body: bytes, secret: str = SECRETS["MESSENGER_APP_SECRET"]) -> dict[str, str]:
    """The headers of a delivery."""
    signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return {"X-Hub-Signature-256": f"sha256={signature}", "Content-Type": "application/json"}


def encoded(value: Any) -> bytes:
    """The body as Meta sends it: JSON with escapes."""
    return json.dumps(value).encode()
