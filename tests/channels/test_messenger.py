"""Messenger over its own webhook: who is heard, in which order, and what a person reads."""

import asyncio
import hashlib
import hmac
import json
import logging
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any
from unittest.mock import patch

import pytest
from rasa.core.channels.channel import UserMessage
from rasa.shared.core.domain import Domain

from addons.channels import messenger_turns
from addons.channels.incoming import Payloads
from addons.channels.messenger import MessengerInput
from addons.channels.messenger_events import key_of
from addons.channels.recent import Claim
from conch.directory import Directory
from conch.messenger_settings import SECRETS as NAMES
from conch.messenger_settings import MessengerSettings
from conch.settings import SettingsError
from tests.channels.conftest import names_all
from tests.channels.messenger_webhook import Webhook, repeats, webhook
from tests.fake_graph import FakeGraph
from tests.messenger import (
    APP_ID,
    PAGE,
    SECRETS,
    attached,
    delivery,
    echo,
    encoded,
    entry,
    event,
    new_mid,
    now,
    picked,
    said,
    signed,
    tapped,
)

ANN, BEN = "5550000000000001", "5550000000000002"
NOTICE = "I am Conch, an automated program."


@pytest.fixture
def graph() -> Iterator[FakeGraph]:
    with FakeGraph() as fake:
        yield fake
        assert fake.refusals == [], "Meta would have refused this"


@pytest.fixture
async def hook(directory: Directory, graph: FakeGraph) -> AsyncIterator[Webhook]:
    async with webhook(directory, graph) as channel:
        yield channel


def words(graph: FakeGraph, psid: str) -> list[str]:
    """What a person read, without the notice and the blocks."""
    texts = [call.text for call in graph.accepted(psid)]
    return [text for text in texts if not names_all(text) and not text.startswith(NOTICE)]


# The webhook


async def test_the_address_is_verified_with_the_token(hook: Webhook) -> None:
    right = {"hub.mode": "subscribe", "hub.verify_token": "verify-token", "hub.challenge": "1158201444"}
    assert await hook.request("GET", **right) == (200, "1158201444")
    for wrong in ({"hub.mode": "unsubscribe"}, {"hub.verify_token": "verify-tokem"}, {"hub.verify_token": ""}):
        status, body = await hook.request("GET", **(right | wrong))
        assert status == 403
        assert "1158201444" not in body
    assert (await hook.request("GET"))[0] == 403


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Hub-Signature-256": ""},
        {"X-Hub-Signature-256": "sha256="},
        {"X-Hub-Signature-256": "sha256=" + "0" * 64},
        {"X-Hub-Signature-256": "sha256=\xe9"},
        {"X-Hub-Signature-256": "shake_128=00"},
        signed(b"another body"),
        signed(encoded(delivery(said(ANN, "hello"))), secret="another secret"),
    ],
    ids=range(8),
)
async def test_what_meta_did_not_sign_is_refused(hook: Webhook, graph: FakeGraph, headers: dict[str, str]) -> None:
    body = encoded(delivery(said(ANN, "hello")))
    assert (await hook.request("POST", body, headers))[0] == 403
    sha1 = {"X-Hub-Signature": "sha1=" + hmac.new(b"app-secret", body, hashlib.sha1).hexdigest()}
    assert (await hook.request("POST", body, sha1))[0] == 403
    await hook.rest()
    assert graph.calls == []


async def slow(message: UserMessage) -> None:
    """A handler whose turn takes a second."""
    await asyncio.sleep(1)
    await repeats(message)


async def test_meta_gets_its_200_when_the_answer_is_sent(directory: Directory, graph: FakeGraph) -> None:
    async with webhook(directory, graph, slow) as hook:
        graph.wrote |= dict.fromkeys((ANN, BEN), time.time())
        assert await hook.post(delivery(said(ANN, "hello"), said(BEN, "hi"))) == 200
        assert (words(graph, ANN), words(graph, BEN)) == (["Heard: hello"], ["Heard: hi"])


async def test_a_slow_turn_does_not_keep_meta_waiting(
    directory: Directory, graph: FakeGraph, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messenger_turns, "UNTIL_ANSWERED", 0.1)
    async with webhook(directory, graph, slow) as hook:
        graph.wrote[ANN] = time.time()
        assert await hook.post(delivery(said(ANN, "hello"))) == 200
        assert words(graph, ANN) == []
        await hook.rest()
        assert words(graph, ANN) == ["Heard: hello"]


async def test_what_another_process_holds_is_delivered_again(hook: Webhook, graph: FakeGraph) -> None:
    graph.wrote |= dict.fromkeys((ANN, BEN), time.time())
    theirs, ours = said(ANN, "hello"), said(BEN, "hi")
    claim, is_gone = hook.turns.seen.claim_anywhere, []

    async def held_elsewhere(key: str, seconds: float) -> Claim:
        held = key == key_of({}, theirs["message"], ANN) and not is_gone
        return Claim.ELSEWHERE if held else await claim(key, seconds)

    with patch.object(hook.turns.seen, "claim_anywhere", held_elsewhere):
        assert await hook.post(delivery(theirs, ours)) == 503
        assert (words(graph, ANN), words(graph, BEN)) == ([], ["Heard: hi"])
        is_gone.append(True)  # its claim is over: it ended without an answer
        assert await hook.post(delivery(theirs, ours)) == 200
        assert (words(graph, ANN), words(graph, BEN)) == (["Heard: hello"], ["Heard: hi"])


async def test_what_is_cut_off_by_an_end_is_left_for_another_process(directory: Directory, graph: FakeGraph) -> None:
    async def hangs(message: UserMessage) -> None:
        await asyncio.sleep(60)

    async with webhook(directory, graph, hangs) as hook:
        graph.wrote[ANN] = time.time()
        with patch.object(hook.turns.seen, "add_anywhere") as done:
            posted = asyncio.create_task(hook.post(delivery(said(ANN, "hello"))))
            await asyncio.sleep(0.2)
            await hook.turns.queues.finish(seconds=0.1)
            assert await posted == 200
        done.assert_not_called()


async def test_a_turn_that_fails_is_not_tried_again(hook: Webhook, graph: FakeGraph) -> None:
    graph.wrote[ANN] = time.time()
    same = delivery(said(ANN, "hello"))
    with patch.object(hook.turns, "answer", side_effect=ValueError) as answer:
        assert [await hook.post(same), await hook.post(same)] == [200, 200]
    assert answer.call_count == 1
    assert hook.turns.under_way == {}


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"[" * 100_000, b"\xff", b'{"object":"page","entry":7}'])
async def test_a_signed_body_of_any_kind_is_taken(hook: Webhook, graph: FakeGraph, body: bytes) -> None:
    assert await hook.post(body) == 200
    await hook.rest()
    assert graph.calls == []


async def test_an_event_nested_too_deeply_does_not_take_the_others_along(hook: Webhook, graph: FakeGraph) -> None:
    graph.wrote[ANN] = time.time()
    body = encoded(delivery(tapped(ANN, "/greet"), said(ANN, "hello")))
    deep = b'"x": ' + b"[" * 900 + b"]" * 900
    body = body.replace(b'"payload": "/greet"', deep).replace(b'"mid": "m_', b'"mod": "m_', 1)
    assert await hook.post(body) == 200
    await hook.rest()
    assert "Heard: hello" in words(graph, ANN)


# Turns


async def test_a_first_turn(hook: Webhook, graph: FakeGraph) -> None:
    await hook.hear(said(ANN, "hello"))
    assert {call.what for call in graph.calls[:2]} == {"mark_seen", "typing_on"}
    notice, answer, block = graph.accepted(ANN)
    assert notice.text.startswith(NOTICE)
    for fact in ("not a hotline", "does not reach 911", "stays on your phone and with Meta"):
        assert fact in notice.text
    assert answer.text == "Heard: hello"
    assert names_all(block.text)
    assert block.text.index("911") < block.text.index("340-773-9272")
    assert [button["type"] for button in block.buttons] == ["phone_number"] * 3
    assert block.taps == ["+13407739272", "+13407767867", "+18883737888"]


async def test_the_notice_comes_once_and_again_after_most_of_a_day(hook: Webhook, graph: FakeGraph) -> None:
    clock = [0.0]
    hook.turns.met.clock = lambda: clock[0]
    for hours, is_due in ((0, True), (1, False), (15, False), (18, False), (37, True)):
        clock[0] = hours * 3600.0
        graph.calls.clear()
        await hook.hear(said(ANN, "hello"))
        assert graph.accepted(ANN)[0].text.startswith(NOTICE) is is_due, hours


async def test_the_notice_links_to_the_web_chat_if_there_is_one(directory: Directory, graph: FakeGraph) -> None:
    async with webhook(directory, graph, chat_url="https://conch.example.org/webhooks/chat") as hook:
        await hook.hear(said(ANN, "hello"))
        notice = graph.accepted(ANN)[0]
        assert notice.taps == ["https://conch.example.org/webhooks/chat"]
        assert "keeps no thread" in notice.text


async def test_every_event_of_every_entry_is_answered(hook: Webhook, graph: FakeGraph) -> None:
    graph.wrote |= {ANN: time.time(), BEN: time.time()}
    batch = delivery()
    batch["entry"] = [entry(said(ANN, "one"), said(BEN, "uno")), entry(said(BEN, "dos"), said(ANN, "two"))]
    await hook.post(batch)
    await hook.rest()
    assert words(graph, ANN) == ["Heard: one", "Heard: two"]
    assert words(graph, BEN) == ["Heard: uno", "Heard: dos"]
    assert len([call for call in graph.accepted() if names_all(call.text)]) == 4


async def test_messages_are_answered_in_the_order_in_which_they_were_written(hook: Webhook, graph: FakeGraph) -> None:
    start = now()
    late = [said(ANN, name, at=start + place) for place, name in ((4, "four"), (2, "two"), (3, "three"), (1, "one"))]
    await hook.hear(*late)
    assert words(graph, ANN) == ["Heard: one", "Heard: two", "Heard: three", "Heard: four"]


async def test_one_turn_of_a_person_at_a_time_and_many_people_at_once(directory: Directory, graph: FakeGraph) -> None:
    log = []

    async def slow(message: UserMessage) -> None:
        log.append(("begins", message.sender_id))
        await asyncio.sleep(0.3)
        log.append(("ends", message.sender_id))
        await repeats(message)

    async with webhook(directory, graph, slow) as hook:
        await hook.hear(*[said(psid, "x") for psid in (ANN, ANN, BEN, BEN)])
    for person in {sender for _, sender in log}:
        assert [what for what, sender in log if sender == person] == ["begins", "ends"] * 2
    assert log[1][0] == "begins", "two people wait for each other"


async def test_what_meta_delivers_twice_is_answered_once(hook: Webhook, graph: FakeGraph) -> None:
    first, tap = said(ANN, "hello"), tapped(ANN, "/greet")
    without_mid = event(ANN, postback={"payload": "/greet", "title": "Old"})
    for _ in range(3):
        await hook.hear(first, first, tap, without_mid)
    assert len([call for call in graph.accepted() if names_all(call.text)]) == 3


async def test_only_taps_that_we_issued_count(directory: Directory, graph: FakeGraph) -> None:
    async with webhook(directory, graph) as hook:
        hook.turns.handle.payloads = Payloads(Domain.from_dict({"intents": ["greet", "ask_signs"]}))
        await hook.hear(tapped(ANN, "/greet"), picked(ANN, "/ask_signs"))
        await hook.hear(tapped(ANN, "/restart", "Start over"), picked(ANN, "DEVELOPER_PAYLOAD", "Their title"))
        await hook.hear(said(ANN, "/greet"), said(ANN, " //ask_signs"))
        heard = ["/greet", "/ask_signs", "Start over", "Their title", "greet", "ask_signs"]
        assert words(graph, ANN) == [f"Heard: {text}" for text in heard]


@pytest.mark.parametrize(
    ("message", "answer"),
    [
        (attached(ANN, "image"), "cannot see photos"),
        (attached(ANN, "video"), "cannot see photos"),
        (attached(ANN, "file"), "cannot see photos"),
        (attached(ANN, "fallback"), "cannot see photos"),
        (attached(ANN, "image", "audio"), "cannot see photos"),
        (attached(ANN, "audio"), "cannot hear voice"),
        (attached(ANN, "location"), "which island"),
        (attached(ANN, "sticker"), "only read words"),
        (event(ANN, message={"mid": new_mid(), "sticker_id": 369239263222822}), "only read words"),
        (event(ANN, message={"mid": new_mid(), "is_unsupported": True}), "cannot see photos"),
        (event(ANN, message={"mid": new_mid(), "attachments": None, "text": " "}), "cannot see photos"),
        (event(ANN, message={"mid": new_mid(), "attachments": [{"type": "fallback"}]}), "cannot see photos"),
    ],
    ids=range(12),
)
async def test_what_cannot_be_read_is_answered_kindly(
    hook: Webhook, graph: FakeGraph, message: dict[str, Any], answer: str
) -> None:
    await hook.hear(message)
    assert answer in words(graph, ANN)[0]
    assert names_all(graph.accepted(ANN)[-1].text)
    assert "cdn.example.com" not in str([call.message for call in graph.calls])


async def test_words_with_an_attachment_are_read(hook: Webhook, graph: FakeGraph) -> None:
    await hook.hear(attached(ANN, "image", text="what is this"))
    assert words(graph, ANN) == ["Heard: what is this"]


PASSED_OVER = [
    event(ANN, read={"watermark": 1458668856253}),
    event(ANN, delivery={"mids": ["m_1"], "watermark": 1458668856253}),
    event(ANN, reaction={"reaction": "love", "emoji": "x", "action": "react", "mid": "m_1"}),
    event(ANN, message_edit={"mid": "m_1", "text": "edited", "num_edit": 1}),
    event(ANN, optin={"ref": "x", "user_ref": "y"}),
    event(ANN, referral={"ref": "x", "source": "SHORTLINK", "type": "OPEN_THREAD"}),
    event(ANN, account_linking={"status": "linked"}),
    event(ANN, pass_thread_control={"new_owner_app_id": APP_ID}),
    event(ANN, message={"mid": "m_1", "is_deleted": True}),
    {"sender": {"user_ref": "x"}, "recipient": {"id": PAGE}, "message": {"text": "hello"}},
    {"message": {"mid": "m_2", "text": "from nobody"}},
    said(PAGE, "from the page to itself"),
    echo(ANN, APP_ID, metadata="conch"),
    echo(ANN, app_id=None, metadata="conch", attachments=[{"type": "image"}], text=None),
]


@pytest.mark.parametrize("passed", PASSED_OVER, ids=range(len(PASSED_OVER)))
async def test_what_nobody_said_is_passed_over(hook: Webhook, graph: FakeGraph, passed: dict[str, Any]) -> None:
    await hook.hear(passed)
    assert graph.calls == []
    await hook.hear(said(ANN, "hello"))
    assert words(graph, ANN) == ["Heard: hello"], "and the person is still heard"


@pytest.mark.parametrize("names_page", [True, False])
@pytest.mark.parametrize("is_echo", [True, 1, "true", None])
async def test_what_the_page_says_is_never_answered(
    hook: Webhook, graph: FakeGraph, names_page: bool, is_echo: Any
) -> None:
    own = echo(ANN, APP_ID, metadata="conch", is_echo=is_echo)
    if not names_page and not is_echo:
        return  # then it cannot be told from a person's
    found = entry(own) | ({} if names_page else {"id": None})
    assert await hook.post({"object": "page", "entry": [found]}) == 200
    await hook.rest()
    assert graph.calls == []


async def test_standby_belongs_to_another_app(hook: Webhook, graph: FakeGraph) -> None:
    graph.wrote[ANN] = time.time()
    standby = {"sender": {"id": ANN}, "recipient": {"id": PAGE}, "timestamp": now(), "postback": {"title": "x"}}
    value = {"object": "page", "entry": [entry(said(ANN, "hello"), standby, name="standby")]}
    assert await hook.post(value) == 200
    await hook.rest()
    assert graph.calls == []


# A person of the Page


@pytest.mark.parametrize("app_id", ["263902037430900", 263902037430900, None])
async def test_the_assistant_is_silent_while_a_person_of_the_page_answers(
    hook: Webhook, graph: FakeGraph, app_id: str | int | None
) -> None:
    clock = [0.0]
    hook.turns.silenced.clock = lambda: clock[0]
    await hook.hear(said(ANN, "hello"))
    graph.calls.clear()
    await hook.hear(echo(ANN, app_id))
    await hook.hear(said(ANN, "thank you"), tapped(ANN, "/greet"), attached(ANN, "image"))
    assert graph.calls == []
    await hook.hear(said(BEN, "hello"))
    assert words(graph, BEN) == ["Heard: hello"], "only that thread is silent"
    clock[0] = 29 * 60.0
    await hook.hear(echo(ANN, app_id))
    clock[0] = 58 * 60.0
    await hook.hear(said(ANN, "are you there"))
    assert words(graph, ANN) == [], "every answer of theirs counts anew"
    clock[0] = 60 * 60.0
    await hook.hear(said(ANN, "hello again"))
    assert graph.accepted(ANN)[0].text.startswith(NOTICE), "and it says that it is a program again"
    assert words(graph, ANN) == ["Heard: hello again"]


async def test_a_turn_under_way_stops_when_a_person_answers(directory: Directory, graph: FakeGraph) -> None:
    async def slow(message: UserMessage) -> None:
        await asyncio.sleep(0.4)
        await repeats(message)

    async with webhook(directory, graph, slow) as hook:
        graph.wrote[ANN] = time.time()
        posted = asyncio.create_task(hook.post(delivery(said(ANN, "hello"))))
        await asyncio.sleep(0.2)
        await hook.hear(echo(ANN))
        assert await posted == 200
        assert graph.accepted(ANN) == []


async def test_our_own_echo_without_our_mark_is_known_by_its_id(hook: Webhook, graph: FakeGraph) -> None:
    await hook.hear(said(ANN, "hello"))
    mid = f"m_fake_{len(graph.calls)}"
    await hook.hear(echo(ANN, APP_ID, mid=mid, text=None))
    await hook.hear(said(ANN, "again"))
    assert words(graph, ANN) == ["Heard: hello", "Heard: again"]


async def test_our_own_echo_is_known_by_the_app_id(directory: Directory, graph: FakeGraph) -> None:
    async with webhook(directory, graph, app_id=APP_ID) as hook:
        await hook.hear(echo(ANN, int(APP_ID)), said(ANN, "hello"))
        assert words(graph, ANN) == ["Heard: hello"]


# Limits and privacy


async def test_too_many_messages_are_answered_once_and_others_are_not_held(hook: Webhook, graph: FakeGraph) -> None:
    await hook.hear(*[said(ANN, f"flood {n}") for n in range(60)], said(BEN, "hello"), seconds=30)
    assert words(graph, BEN) == ["Heard: hello"]
    assert len([text for text in words(graph, ANN) if text.startswith("Heard")]) == messenger_turns.BURST
    assert len([text for text in words(graph, ANN) if "a lot at once" in text]) == 1
    assert "a lot at once" in words(graph, ANN)[-1]
    assert names_all(graph.accepted(ANN)[-1].text)


async def test_a_message_that_comes_late_is_not_answered_out_of_the_blue(
    hook: Webhook, graph: FakeGraph, caplog: pytest.LogCaptureFixture
) -> None:
    for hours in (2, 23, 25, 500):
        await hook.hear(said(ANN, "a secret", at=now() - hours * 3_600_000))
    assert graph.calls == []
    assert "is the clock right" in caplog.text
    assert "secret" not in caplog.text


async def test_a_person_is_known_by_a_keyed_hash_alone(directory: Directory, graph: FakeGraph) -> None:
    known = []

    async def remembers(message: UserMessage) -> None:
        known.append((message.sender_id, repr(vars(message))))

    async with webhook(directory, graph, remembers) as hook:
        await hook.hear(said(ANN, "hello"))
        held = repr([vars(hook.turns), vars(hook.turns.met), vars(hook.turns.seen), hook.turns.queues.waiting])
    right = hmac.new(SECRETS["MESSENGER_ID_KEY"].encode(), ANN.encode(), hashlib.sha256).hexdigest()
    assert known[0][0] == f"messenger-{right}"
    assert ANN not in known[0][1] + held


async def test_no_log_holds_words_ids_or_secrets(directory: Directory, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with FakeGraph(token="another token") as graph:
        async with webhook(directory, graph) as hook:
            await hook.hear(said(ANN, "a secret story"), attached(BEN, "image"), echo(BEN))
    assert "code 190" in caplog.text
    for kept in ("secret", "story", ANN, BEN, "page-token", "cdn.example"):
        assert kept not in caplog.text


# Settings


def test_without_secrets_the_channel_is_off_and_says_so_in_one_line(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    routes = MessengerInput.from_credentials(None).routes(repeats)
    assert not routes._future_routes
    assert [record.message for record in caplog.records if "Messenger is off" in record.message]
    assert len(caplog.records) == 1


@pytest.mark.parametrize("missing", NAMES)
def test_half_of_the_secrets_end_the_start(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, " " if name == missing else value)
    with pytest.raises(SettingsError, match=f"^{missing}: not set"):
        MessengerInput.from_credentials(None)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MESSENGER_ID_KEY", "short"),
        ("MESSENGER_GRAPH_URL", "http://graph.example.com"),
        ("MESSENGER_GRAPH_URL", "graph.example.com"),
        ("MESSENGER_GRAPH_VERSION", "26"),
        ("MESSENGER_CHAT_URL", "http://example.com"),
        ("MESSENGER_APP_ID", "my app"),
        ("MESSENGER_HUMAN_MINUTES", "0"),
        ("MESSENGER_HUMAN_MINUTES", "soon"),
    ],
)
def test_a_setting_that_cannot_be_right_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    for variable, right in (SECRETS | {name: value}).items():
        monkeypatch.setenv(variable, right)
    with pytest.raises(SettingsError, match=f"^{name}"):
        MessengerSettings.from_environment()


def test_the_defaults_lead_to_meta_and_secrets_are_not_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    settings = MessengerSettings.from_environment()
    assert (settings.graph_url, settings.graph_version) == ("https://graph.facebook.com", "v26.0")
    assert not any(value in json.dumps(repr(settings)) for value in SECRETS.values())
