"""The Facebook Messenger channel: /webhooks/messenger/webhook (docs/messenger.md).

Rasa's own channel loses all but the first event of a delivery, answers echoes and calls a
Graph version that is gone; this one is built on Rasa's extension point instead. Meta gets its
200 when the answer is sent, or after some seconds; the work is in one queue a person (messenger_turns.py).
"""

import hashlib
import hmac
import json
import logging
from typing import Any

from sanic import Blueprint, Sanic, response
from sanic.exceptions import Forbidden
from sanic.request import Request
from sanic.response import HTTPResponse

from addons.channels.guarantee import GuardedInput, Handler
from addons.channels.messenger_turns import Turns
from conch.messenger_settings import SECRETS, MessengerSettings

logger = logging.getLogger(__name__)
LONGEST_CHALLENGE = 200


def same(given: str, right: str) -> bool:
    """Compares in constant time."""
    return hmac.compare_digest(given.encode("utf-8", "replace"), right.encode("utf-8"))


def is_signed(request: Request, app_secret: str) -> bool:
    """Whether Meta signed exactly these bytes."""
    right = hmac.new(app_secret.encode(), request.body or b"", hashlib.sha256).hexdigest()
    return same(request.headers.get("x-hub-signature-256") or "", f"sha256={right}")


def read_body(request: Request) -> Any:
    """The delivery, or None if it is no JSON."""
    try:
        return json.loads(request.body)
    except (ValueError, RecursionError):
        return None


class MessengerInput(GuardedInput):
    """Takes Meta's deliveries; without secrets the channel is off and its address answers 404."""

    def __init__(self, settings: MessengerSettings | None) -> None:
        self.settings = settings
        self.turns: Turns | None = None

    @classmethod
    def name(cls) -> str:
        """The channel's name in its address and its sender ids."""
        return "messenger"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> "MessengerInput":
        """Reads the secrets from the environment; half of them is an error that ends the start."""
        return cls(MessengerSettings.from_environment())

    def routes(self, handle: Handler) -> Blueprint:
        """Defines the webhook, or nothing if the channel is off."""
        routes = Blueprint("messenger_webhook")
        settings = self.settings
        if settings is None:
            logger.warning("Messenger is off; to open it set %s (docs/messenger.md)", ", ".join(SECRETS))
            return routes
        turns = self.turns = Turns(settings, handle)

        @routes.get("/webhook")
        async def verify(request: Request) -> HTTPResponse:
            token, challenge = request.args.get("hub.verify_token", ""), request.args.get("hub.challenge", "")
            if request.args.get("hub.mode") != "subscribe" or not same(token, settings.verify_token):
                raise Forbidden("the verify token is not ours")
            return response.text(challenge[:LONGEST_CHALLENGE])

        @routes.post("/webhook")
        async def receive(request: Request) -> HTTPResponse:
            if not is_signed(request, settings.app_secret):
                logger.warning("a delivery without Meta's signature was refused")
                raise Forbidden("not signed with the app secret")
            try:
                is_taken = await turns.take(read_body(request))
            except Exception as error:  # anything but 200 would make Meta send it again, and in the end stop
                logger.error("a delivery was not read: %s", type(error).__name__)
                is_taken = True
            return response.text("EVENT_RECEIVED") if is_taken else response.text("NOT_YET", 503)

        @routes.listener("before_server_stop")
        async def finish(app: Sanic, loop: Any) -> None:
            await turns.finish()

        return routes
