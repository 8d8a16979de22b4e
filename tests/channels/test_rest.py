"""The REST channel over its own routes: every answer is a list of messages that ends with the numbers."""

import json
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from rasa.core.channels.channel import UserMessage, register
from sanic import Sanic
from sanic.exceptions import NotFound

from addons import server
from addons.channels.guarantee import GuardedInput, Handler
from addons.channels.rest import Replies, RestInput
from conch.directory import Directory
from tests.channels.conftest import names_all

Ask = Callable[..., Any]


async def answers(message: UserMessage) -> None:
    """A handler that answers with everything a message may have."""
    reply = {
        "text": f"You are {message.sender_id}.",
        "buttons": [{"title": "Yes", "payload": "/affirm"}],
        "metadata": {"sources": ["a_page"], "utter_action": "utter_greet"},
        "custom": {},
        "secret": "no",
    }
    await message.output_channel.send_response(message.sender_id, reply)


async def fails(message: UserMessage) -> None:
    """A handler that fails."""
    raise RuntimeError("the model is gone")


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch, directory: Directory) -> Iterator[Callable[[Handler], Ask]]:
    """Serves the channel with a handler; returns a function that asks it, over ASGI."""
    monkeypatch.setattr(GuardedInput, "directory", directory)
    monkeypatch.setattr(GuardedInput, "guarantees", [])
    monkeypatch.setattr(Sanic, "test_mode", True)

    def make(handler: Handler) -> Ask:
        app = Sanic("rest_test", configure_logging=False)
        app.config.REQUEST_MAX_SIZE = server.MAX_BODY
        register([RestInput()], app, route="/webhooks/")
        app.error_handler.add(Exception, server.answer_error)
        app.ctx.agent = SimpleNamespace(handle_message=handler, is_ready=lambda: True)
        started = []

        async def ask(path: str = "/webhooks/rest/webhook", body: bytes = b"", method: str = "POST") -> Any:
            sent = []
            if not started:
                started.append(await app._startup())

            async def receive() -> dict[str, Any]:
                return {"type": "http.request", "body": body, "more_body": False}

            async def send(event: dict[str, Any]) -> None:
                sent.append(event)

            headers = [(b"host", b"localhost"), (b"content-length", str(len(body)).encode())]
            scope = {"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method}
            scope |= {"path": path, "raw_path": path.encode(), "query_string": b"", "root_path": "", "scheme": "http"}
            scope |= {"headers": headers, "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80)}
            await app(scope, receive, send)
            content = b"".join(event.get("body", b"") for event in sent)
            return next(event["status"] for event in sent if "status" in event), json.loads(content)

        return ask

    yield make
    Sanic._app_registry.pop("rest_test", None)


async def test_an_answer_is_whole_and_ends_with_the_numbers(serve: Callable[[Handler], Ask]) -> None:
    status, messages = await serve(answers)(body=json.dumps({"sender": "you", "message": "hello"}).encode())
    assert status == 200
    assert messages[0] == {
        "recipient_id": "rest-you",
        "text": "You are rest-you.",
        "buttons": [{"title": "Yes", "payload": "/affirm"}],
        "sources": ["a_page"],
    }
    assert names_all(messages[-1]["text"])
    assert messages[-1]["referrals"][0]["dial"] == "911"
    assert len(messages) == 2


BODIES = [
    b"",
    b"{}",
    b"null",
    b"[1, 2]",
    b'"hello"',
    b"{",
    b"\xff\xfe",
    b"[" * 100_000,
    b'{"message": null, "sender": null}',
    b'{"message": ["a"], "sender": {"a": 1}}',
    b'{"message": "\\ud800", "sender": "\\ud800"}',
    b'{"message": 1e999}',
    b'{"message": "' + b"a" * 900_000 + b'"}',
]


@pytest.mark.parametrize("body", BODIES, ids=range(len(BODIES)))
@pytest.mark.parametrize("handler", [answers, fails])
async def test_any_body_is_answered(serve: Callable[[Handler], Ask], handler: Handler, body: bytes) -> None:
    status, messages = await serve(handler)(body=body)
    assert status == 200
    assert names_all(messages[-1]["text"])


@pytest.mark.parametrize(
    ("path", "method"),
    [("/", "GET"), ("/nowhere", "POST"), ("/webhooks/rest/webhook", "GET"), ("/webhooks/rest/webhook", "DELETE")],
)
async def test_an_error_names_the_numbers_too(serve: Callable[[Handler], Ask], path: str, method: str) -> None:
    status, messages = await serve(answers)(path, method=method)
    assert status in (404, 405)
    assert names_all(messages[-1]["text"])


async def test_ready_only_with_a_model(serve: Callable[[Handler], Ask]) -> None:
    assert await serve(answers)("/webhooks/rest/ready", method="GET") == (200, {"ready": True})


@pytest.mark.parametrize(("error", "status"), [(NotFound("no"), 404), (RuntimeError("secret"), 500)])
def test_errors_keep_their_status_and_tell_nothing(
    monkeypatch: pytest.MonkeyPatch,
    directory: Directory,
    caplog: pytest.LogCaptureFixture,
    error: Exception,
    status: int,
) -> None:
    monkeypatch.setattr(GuardedInput, "directory", directory)
    answer = server.answer_error(None, error)
    assert answer.status == status
    assert names_all(json.loads(answer.body)[0]["text"])
    assert "secret" not in caplog.text


async def test_replies_are_not_split() -> None:
    replies = Replies()
    await replies.send_response("you", {"text": "one\n\ntwo", "referrals": []})
    assert replies.messages == [{"recipient_id": "you", "text": "one\n\ntwo"}]
