"""The Messenger channel over ASGI, before a handler of the test's and a fake Graph."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch
from urllib.parse import urlencode

from rasa.core.channels.channel import UserMessage, register
from sanic import Sanic

from addons import server
from addons.channels.guarantee import GuardedInput
from addons.channels.messenger import MessengerInput
from addons.channels.messenger_turns import Turns
from conch.directory import Directory
from conch.messenger_settings import MessengerSettings
from tests.fake_graph import FakeGraph
from tests.messenger import SECRETS, delivery, encoded, signed

ADDRESS = "/webhooks/messenger/webhook"
Handler = Callable[[UserMessage], Awaitable[None]]


async def repeats(message: UserMessage) -> None:
    """A handler that answers with what it heard."""
    await message.output_channel.send_response(message.sender_id, {"text": f"Heard: {message.text}"})


def settings_for(graph: FakeGraph, **more: Any) -> MessengerSettings:
    """Settings that lead to the fake Graph."""
    return MessengerSettings(*SECRETS.values(), graph_url=graph.url, **more)


class Webhook:
    """Posts deliveries and waits for the work behind them."""

    def __init__(self, app: Sanic, graph: FakeGraph, channel: MessengerInput) -> None:
        self.app, self.graph, self.channel = app, graph, channel

    @property
    def turns(self) -> Turns:
        """The channel's work."""
        assert self.channel.turns is not None
        return self.channel.turns

    async def request(
        self, method: str, body: bytes = b"", headers: dict[str, str] | None = None, **query: str
    ) -> tuple[int, str]:
        """One HTTP request; returns status and body."""
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(event: dict[str, Any]) -> None:
            sent.append(event)

        lines = {"host": "localhost", "content-length": str(len(body))} | (headers or {})
        scope = {"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "scheme": "http"}
        scope |= {"path": ADDRESS, "raw_path": ADDRESS.encode(), "query_string": urlencode(query).encode()}
        scope |= {"root_path": "", "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80)}
        scope["headers"] = [(name.lower().encode(), value.encode("latin-1")) for name, value in lines.items()]
        await self.app(scope, receive, send)
        content = b"".join(event.get("body", b"") for event in sent)
        return next(event["status"] for event in sent if "status" in event), content.decode()

    async def post(self, value: Any) -> int:
        """A signed delivery of anything; returns the status."""
        body = value if isinstance(value, bytes) else encoded(value)
        return (await self.request("POST", body, signed(body)))[0]

    async def hear(self, *events: dict[str, Any], seconds: float = 10.0) -> None:
        """A delivery of people's events, and all the work behind it."""
        for event in events:
            self.graph.wrote[str(event.get("sender", {}).get("id"))] = time.time()
        assert await self.post(delivery(*events)) == 200
        await self.rest(seconds)

    async def rest(self, seconds: float = 10.0) -> None:
        """Waits until nothing is under way."""
        if self.turns.queues.tasks:
            await asyncio.wait(set(self.turns.queues.tasks), timeout=seconds)


@asynccontextmanager
async def webhook(
    directory: Directory, graph: FakeGraph, handler: Handler = repeats, name: str = "messenger_test", **more: Any
) -> AsyncIterator[Webhook]:
    """The channel in an app, as addons/server.py opens it."""
    test_mode = patch.object(Sanic, "test_mode", True)
    with patch.object(GuardedInput, "directory", directory), patch.object(GuardedInput, "guarantees", []), test_mode:
        app = Sanic(name, configure_logging=False)
        try:
            app.config.REQUEST_MAX_SIZE = server.MAX_BODY
            channel = MessengerInput(settings_for(graph, **more))
            register([channel], app, route="/webhooks/")
            app.error_handler.add(Exception, server.answer_error)
            app.ctx.agent = SimpleNamespace(handle_message=handler, is_ready=lambda: True)
            await app._startup()
            yield Webhook(app, graph, channel)
            await channel.turns.finish()
        finally:
            Sanic._app_registry.pop(name, None)
