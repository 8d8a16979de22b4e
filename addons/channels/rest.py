"""The REST channel: POST /webhooks/rest/webhook {sender, message} to a list of messages."""

import json
from typing import Any

from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from addons.channels.guarantee import GuardedInput, Handler


class Replies(CollectingOutputChannel):
    """Collects a turn's messages, each whole, with its sources and the numbers to dial."""

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Keeps a message as it is; nothing is split and nothing is lost."""
        kept = ("text", "buttons", "image", "custom", "attachment", "referrals")
        reply = {"recipient_id": recipient_id} | {k: message[k] for k in kept if message.get(k)}
        sources = (message.get("metadata") or {}).get("sources")
        if sources:
            reply["sources"] = sources
        self.messages.append(reply)


def read_body(request: Request) -> dict[str, Any]:
    """Reads the JSON body; anything else is an empty message, which is answered too."""
    try:
        body = json.loads(request.body or b"{}")
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}


class RestInput(GuardedInput):
    """For programs, tests and the terminal; people use the chat page or Messenger."""

    @classmethod
    def name(cls) -> str:
        """The channel's name in its address and its sender ids."""
        return "rest"

    def routes(self, handle: Handler) -> Blueprint:
        """Defines the webhook and the readiness check."""
        routes = Blueprint("rest_webhook")

        @routes.get("/ready")
        async def ready(request: Request) -> HTTPResponse:
            agent = getattr(request.app.ctx, "agent", None)
            is_ready = agent is not None and agent.is_ready()
            return response.json({"ready": is_ready}, status=200 if is_ready else 503)

        @routes.post("/webhook")
        async def receive(request: Request) -> HTTPResponse:
            body = read_body(request)
            replies = Replies()
            message = UserMessage(None, replies, None, input_channel=self.name())
            message.text, message.sender_id = body.get("message"), body.get("sender")
            await handle(message)
            return response.json(replies.messages, ensure_ascii=True)

        return routes
