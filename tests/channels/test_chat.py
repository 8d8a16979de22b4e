"""The web chat over its own routes: what it serves, what it refuses, what it forgets."""

import asyncio
import gzip
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pytest
from rasa.core.channels.channel import UserMessage, register
from rasa.core.tracker_store import AwaitableTrackerStore, FailSafeTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from sanic import Sanic

from addons import server
from addons.channels import chat as module
from addons.channels.chat import ChatInput
from addons.channels.chat_page import Widget
from addons.channels.chat_replies import with_list
from addons.channels.guarantee import GuardedInput, Handler
from addons.channels.limits import Limit
from addons.stores import ForgettingTrackerStore
from conch.directory import Directory
from conch.settings import ChatSettings, SettingsError
from tests.channels.conftest import NUMBERS, names_all

SENDER = "0123456789abcdef" * 2
HOST_SITE, OTHER_SITE = "https://www.example.org", "https://evil.example"
SETTINGS = ChatSettings((HOST_SITE,), (HOST_SITE,), "https://weather.example/", proxies=1)


@dataclass
class Answer:
    """An HTTP answer."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def messages(self) -> list[dict[str, Any]]:
        """The body as messages."""
        return json.loads(self.body)


class Client:
    """Asks the channel over ASGI, with a handler in place of the assistant."""

    def __init__(self, handler: Handler, settings: ChatSettings) -> None:
        self.app = Sanic("chat_test", configure_logging=False)
        register([ChatInput(settings)], self.app, route="/webhooks/")
        self.app.error_handler.add(Exception, server.answer_error)
        self.store = ForgettingTrackerStore(Domain.empty())
        store = FailSafeTrackerStore(AwaitableTrackerStore(self.store))
        self.app.ctx.agent = SimpleNamespace(handle_message=handler, is_ready=lambda: True, tracker_store=store)
        self.is_started = False

    async def ask(self, path: str, body: Any = None, **headers: str) -> Answer:
        """Sends one request; a body that is no bytes is sent as JSON."""
        if not self.is_started:
            await self.app._startup()
            self.is_started = True
        content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": content, "more_body": False}

        async def send(event: dict[str, Any]) -> None:
            sent.append(event)

        lines = {"host": "chat.example.org", "content-length": str(len(content))}
        lines |= {name.replace("_", "-"): value for name, value in headers.items()}
        scope = {"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "scheme": "http", "root_path": ""}
        scope |= {"method": "GET" if body is None else "POST", "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80)}
        path, _, query = f"/webhooks/chat{path}".partition("?")
        scope |= {"path": path, "raw_path": path.encode(), "query_string": query.encode()}
        scope |= {"headers": [(name.encode(), value.encode()) for name, value in lines.items()]}
        await self.app(scope, receive, send)
        start = next(event for event in sent if "status" in event)
        got = {name.decode().lower(): value.decode() for name, value in start["headers"]}
        return Answer(start["status"], got, b"".join(event.get("body", b"") for event in sent))

    async def say(self, message: Any = "hello", sender: Any = SENDER, **headers: str) -> Answer:
        """Sends one message."""
        return await self.ask("/messages", {"sender": sender, "message": message}, **headers)


async def answers(message: UserMessage) -> None:
    """A handler that answers as the assistant does."""
    reply = {
        "text": "911 first.",
        "buttons": [{"title": "Yes", "payload": "/affirm"}],
        "metadata": {"sources": ["vitema_2025", "unheard_of"]},
        "utter_action": "utter_immediate_danger",
        "custom": {"x": 1},
    }
    await message.output_channel.send_response(message.sender_id, reply)


async def fails(message: UserMessage) -> None:
    """A handler that fails."""
    raise RuntimeError("the model is gone")


Serve = Callable[..., Client]


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch, directory: Directory) -> Iterator[Serve]:
    """Serves the channel with a handler."""
    monkeypatch.setattr(GuardedInput, "directory", directory)
    monkeypatch.setattr(GuardedInput, "guarantees", [])
    monkeypatch.setattr(Sanic, "test_mode", True)

    def make(handler: Handler = answers, settings: ChatSettings = SETTINGS) -> Client:
        Sanic._app_registry.pop("chat_test", None)
        return Client(handler, settings)

    yield make
    Sanic._app_registry.pop("chat_test", None)


@pytest.mark.parametrize("path", ["/", "/frame", "/numbers"])
async def test_a_page_holds_the_numbers_and_keeps_nothing(serve: Serve, path: str) -> None:
    page = await serve().ask(path)
    html = page.body.decode()
    assert page.status == 200
    assert names_all(html)
    assert 'href="tel:+13407739272"' in html
    assert html.index("data-exit" if path != "/numbers" else "noreferrer") < html.index("tel:")
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["referrer-policy"] == "no-referrer"
    assert "set-cookie" not in page.headers
    policy = page.headers["content-security-policy"]
    for part in (
        "default-src 'none'",
        "script-src 'self'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    ):
        assert part in policy
    assert "unsafe" not in policy
    ancestors = "'none'" if path == "/" else HOST_SITE
    assert f"frame-ancestors {ancestors};" in policy


@pytest.mark.parametrize("path", ["/", "/w.js", "/icon.svg", "/numbers", "/frame"])
async def test_nothing_served_names_the_subject_outside_the_hotlines_name(serve: Serve, path: str) -> None:
    client = serve()
    plain = (await client.ask(path)).body.decode()
    assert "traffick" not in plain.lower().replace("national human trafficking hotline", "")
    packed = await client.ask(path, accept_encoding="gzip, br")
    assert gzip.decompress(packed.body).decode() == plain


async def test_the_script_may_be_loaded_by_other_sites(serve: Serve) -> None:
    script = await serve().ask("/w.js")
    assert script.headers["cross-origin-resource-policy"] == "cross-origin"
    assert names_all(script.body.decode())
    assert "GIVEN=null" not in script.body.decode()


async def test_an_address_without_its_slash_leads_to_the_page(serve: Serve) -> None:
    answer = await serve().ask("")
    assert (answer.status, answer.headers["location"]) == (302, "chat/")


async def test_an_unknown_language_is_english(serve: Serve) -> None:
    assert b'lang="en"' in (await serve().ask("/?lang=../../etc")).body


async def test_a_reply_has_its_kind_and_its_sources_and_no_id(serve: Serve) -> None:
    answer = await serve().say()
    first, last = answer.messages
    assert answer.status == 200
    assert first["kind"] == "safety"
    assert len(first["sources"]) == 1
    assert "Virgin Islands Territorial Emergency Management Agency, 2025-04" in first["sources"][0]
    assert set(first) == {"text", "buttons", "kind", "sources"}
    assert [line["number"] for line in last["referrals"]] == list(NUMBERS)
    assert SENDER not in answer.body.decode()


async def test_a_handler_that_fails_still_gives_the_numbers(serve: Serve) -> None:
    answer = await serve(fails).say()
    assert answer.status == 200
    assert names_all(answer.messages[-1]["text"])


async def test_an_empty_reply_is_a_failure(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    client = serve()

    async def says_nothing(*ignored: Any) -> None:
        pass

    monkeypatch.setattr(module.Shown, "send_response", says_nothing)
    answer = await client.say()
    assert answer.status == 503
    assert names_all(answer.messages[-1]["text"])


@pytest.mark.parametrize(
    "sender", [None, "", "default", "a" * 31, "a" * 33, "g" * 32, "A" * 32, 7, ["a" * 32], "é" * 32]
)
async def test_a_sender_that_could_be_guessed_is_refused(serve: Serve, sender: Any) -> None:
    answer = await serve().say(sender=sender)
    assert answer.status == 400
    assert names_all(answer.messages[-1]["text"])


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"", 400), (b"{", 400), (b"[1]", 400), (b"\xff" * 9, 400), (b"[" * 30_000, 400), (b" " * 40_000, 413)],
)
async def test_a_bad_body_is_refused_with_the_numbers(serve: Serve, body: bytes, status: int) -> None:
    answer = await serve().ask("/messages", body)
    assert answer.status == status
    assert names_all(answer.messages[-1]["text"])
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(("text", "status"), [("", 400), (" \n", 400), (None, 400), ({}, 400), ("a" * 4001, 413)])
async def test_a_bad_text_is_refused(serve: Serve, text: Any, status: int) -> None:
    assert (await serve().say(text)).status == status


@pytest.mark.parametrize(
    ("origin", "status", "allowed"),
    [
        (None, 200, None),
        ("http://chat.example.org", 200, None),
        ("https://chat.example.org", 200, None),
        (HOST_SITE, 200, HOST_SITE),
        (OTHER_SITE, 403, None),
        ("null", 403, None),
        ("https://www.example.org.evil.example", 403, None),
        ("https://chat.example.org.evil.example", 403, None),
    ],
)
async def test_only_named_sites_may_ask(serve: Serve, origin: str | None, status: int, allowed: str | None) -> None:
    answer = await serve().say(**({"origin": origin} if origin else {}))
    assert answer.status == status
    assert answer.headers.get("access-control-allow-origin") == allowed
    assert "Origin" in answer.headers["vary"]


@pytest.fixture
def no_time_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    """A slow machine must not give a flood time to be forgiven."""
    monkeypatch.setattr("addons.channels.limits.time", SimpleNamespace(monotonic=lambda: 0.0))


@pytest.mark.usefixtures("no_time_passes")
async def test_a_sender_that_floods_is_slowed(serve: Serve) -> None:
    client = serve()
    statuses = [(await client.say(x_forwarded_for=f"10.0.0.{n}")).status for n in range(14)]
    assert statuses == [200] * 12 + [429] * 2
    assert names_all((await client.say()).messages[-1]["text"])


@pytest.mark.usefixtures("no_time_passes")
async def test_an_address_that_floods_is_slowed_whatever_it_claims(serve: Serve) -> None:
    client = serve()
    statuses = [
        (await client.say(sender=f"{n:032x}", x_forwarded_for=f"10.0.0.{n}, 192.0.2.7")).status for n in range(62)
    ]
    assert statuses == [200] * 60 + [429] * 2
    assert (await client.say(x_forwarded_for="192.0.2.8")).status == 200


async def keep(client: Client) -> str:
    """Puts a conversation into the store."""
    name = f"chat-{SENDER}"
    await client.store.save(DialogueStateTracker(name, []))
    return name


async def test_leaving_forgets_at_once_and_for_good(serve: Serve) -> None:
    client = serve()
    name = await keep(client)
    answer = await client.ask("/leave", {"sender": SENDER}, content_type="text/plain")
    assert answer.status == 204
    assert name not in client.store.store
    assert (await client.say()).status == 410


async def test_leaving_forgets_a_turn_that_still_runs(serve: Serve) -> None:
    going = asyncio.Event()

    async def slow(message: UserMessage) -> None:
        await going.wait()
        await client.store.save(DialogueStateTracker(message.sender_id, []))

    client = serve(slow)
    turn = asyncio.ensure_future(client.say())
    await asyncio.sleep(0.05)
    leaving = asyncio.ensure_future(client.ask("/leave", {"sender": SENDER}))
    await asyncio.sleep(0.05)
    going.set()
    await asyncio.gather(turn, leaving)
    assert client.store.store == {}


@pytest.mark.parametrize("body", [{}, {"sender": "short"}, {"sender": ["a"]}, b"", b" " * 40_000])
async def test_leaving_without_a_good_id_is_refused(serve: Serve, body: Any) -> None:
    client = serve()
    name = await keep(client)
    assert (await client.ask("/leave", body)).status == 400
    assert (await client.ask("/leave", {"sender": SENDER}, origin=OTHER_SITE)).status == 400
    assert name in client.store.store


async def test_leaving_works_without_a_model(serve: Serve) -> None:
    client = serve()
    client.app.ctx.agent = None
    assert (await client.ask("/leave", {"sender": SENDER})).status == 204


def test_signs_in_a_sentence_become_a_list() -> None:
    text = "You wrote of things that can be signs: papers taken, hunger and a debt. None of it is your fault."
    shown = with_list(text, "papers taken, hunger and a debt", ["papers taken", "hunger", "a debt"])
    assert shown.split("\n") == [
        "You wrote of things that can be signs:",
        "\u2022 papers taken",
        "\u2022 hunger",
        "\u2022 a debt",
        "None of it is your fault.",
    ]


@pytest.mark.parametrize(("joined", "names"), [(None, None), ("x", "x"), ("a and b", ["a"]), ("not in it", ["a", "b"])])
def test_other_sentences_stay(joined: Any, names: Any) -> None:
    assert with_list("a and b", joined, names) == "a and b"


def test_a_limit_holds_nothing_of_who_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    limit = Limit(burst=2, seconds=10)
    assert [limit.allows("a"), limit.allows("a"), limit.allows("a")] == [True, True, False]
    now[0] = 10
    assert [limit.allows("a"), limit.allows("a")] == [True, False]
    now[0] = 100
    limit.allows("b")
    assert list(limit.whole_again) == ["b"]


def test_a_limit_is_bounded() -> None:
    limit = Limit(burst=1, seconds=1000, most_keys=10)
    for n in range(50):
        limit.allows(str(n))
    assert len(limit.whole_again) <= 10


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CHAT_ORIGINS", "*"),
        ("CHAT_ORIGINS", "https://example.org/"),
        ("CHAT_ORIGINS", "https://*.example.org"),
        ("CHAT_ORIGINS", "http://example.org"),
        ("CHAT_FRAME_ANCESTORS", "https://a.example; script-src *"),
        ("CHAT_EXIT_URL", "javascript:alert(1)"),
        ("CHAT_EXIT_URL", "https://weather.example"),
        ("CHAT_PROXIES", "many"),
    ],
)
def test_a_bad_setting_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=name):
        ChatSettings.from_environment()


def test_sites_are_separated_by_spaces_or_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHAT_ORIGINS", f"{HOST_SITE}, http://localhost:8000")
    assert ChatSettings.from_environment().origins == (HOST_SITE, "http://localhost:8000")


def test_every_language_has_every_string() -> None:
    widget = Widget("https://weather.example/")
    keys = {name: set(words) for name, words in widget.words.items()}
    assert all(found == keys["en"] for found in keys.values()), keys
