"""A Graph API that is slow, limits, fails, refuses for good, and comes back."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator

import aiohttp
import pytest

from addons.channels import messenger_output, messenger_send
from addons.channels.messenger_send import Graph, GraphError
from conch.directory import Directory
from tests.channels.conftest import names_all
from tests.channels.messenger_webhook import Webhook, settings_for, webhook
from tests.fake_graph import FakeGraph, Fault
from tests.messenger import said

ANN, BEN = "5550000000000001", "5550000000000002"
HELLO = {"text": "Hello."}
BUSY = [Fault(400, 4), Fault(400, 613), Fault(429), Fault(403, 32), Fault(400, 80006)]
ILL = [Fault(500, 1), Fault(500, 2), Fault(502, body="<html>Bad gateway</html>"), Fault(503), Fault(400, 1200)]
ILL += [Fault(400, 2), Fault(is_cut=True), Fault(200, body="<html>")]
FINAL = [Fault(403, 10), Fault(403, 200), Fault(400, 551), Fault(401, 190), Fault(400, 368), Fault(500, 551)]
NOT_JSON = ILL.pop()


@pytest.fixture
def graph() -> Iterator[FakeGraph]:
    with FakeGraph(wrote={ANN: time.time(), BEN: time.time()}) as fake:
        yield fake


@pytest.fixture
async def client(graph: FakeGraph) -> AsyncIterator[Graph]:
    client = Graph(settings_for(graph))
    yield client
    await client.close()


@pytest.fixture
async def hook(directory: Directory, graph: FakeGraph) -> AsyncIterator[Webhook]:
    async with webhook(directory, graph) as channel:
        yield channel


@pytest.mark.parametrize("fault", [*BUSY, *ILL], ids=str)
async def test_a_fault_that_passes_is_tried_again(client: Graph, graph: FakeGraph, fault: Fault) -> None:
    graph.faults = [fault, fault]
    assert await client.send(ANN, HELLO)
    assert [call.text for call in graph.accepted(ANN)] == ["Hello."]
    times = [call.at for call in graph.tried(ANN)]
    assert len(times) == 3
    assert times[2] - times[1] > 0.2, "no pause before the third try"


@pytest.mark.parametrize("fault", [*FINAL, Fault(400, 100), NOT_JSON], ids=str)
async def test_a_fault_that_stays_is_not_tried_again(client: Graph, graph: FakeGraph, fault: Fault) -> None:
    graph.fault = fault
    with pytest.raises(GraphError) as caught:
        await client.send(ANN, HELLO)
    assert len(graph.tried(ANN)) == 1
    assert caught.value.is_final is (fault in FINAL)


async def test_tries_and_time_are_bounded(client: Graph, graph: FakeGraph) -> None:
    graph.fault = Fault(400, 613)
    start = time.monotonic()
    with pytest.raises(GraphError):
        await client.send(ANN, HELLO)
    assert len(graph.tried(ANN)) == messenger_send.MOST_TRIES
    assert time.monotonic() - start < messenger_send.BUDGET


async def test_an_answer_that_does_not_come_is_not_asked_for_again(
    client: Graph, graph: FakeGraph, monkeypatch: pytest.MonkeyPatch
) -> None:
    graph.seconds = 1.0
    with pytest.raises(asyncio.TimeoutError):
        await client.call("messages", {"recipient": {"id": ANN}, "message": HELLO}, seconds=0.3)
    assert len(graph.calls) == 1


async def test_nobody_listens(client: Graph, graph: FakeGraph) -> None:
    client.address = "http://127.0.0.1:9/v26.0/me"
    with pytest.raises(aiohttp.ClientConnectorError):
        await client.send(ANN, HELLO)


async def test_a_redirect_is_not_followed_with_the_token(client: Graph, graph: FakeGraph) -> None:
    graph.fault = Fault(307, body=f"{graph.url}/v26.0/me/messages?elsewhere=1")
    with pytest.raises(GraphError):
        await client.send(ANN, HELLO)
    assert len(graph.calls) == 1


# Whole turns


async def test_a_slow_graph_gets_every_message_once(hook: Webhook, graph: FakeGraph) -> None:
    graph.seconds = 1.3
    await hook.hear(said(ANN, "hello"), seconds=20)
    texts = [call.text for call in graph.accepted(ANN)]
    assert texts[1] == "Heard: hello"
    assert len(texts) == 3
    assert names_all(texts[-1])


@pytest.mark.parametrize("fault", FINAL, ids=str)
async def test_after_a_final_refusal_nothing_more_is_sent_in_that_turn(
    hook: Webhook, graph: FakeGraph, fault: Fault, caplog: pytest.LogCaptureFixture
) -> None:
    graph.fault = fault
    await hook.hear(said(ANN, "hello"))
    assert len(graph.tried(ANN)) == 1
    assert f"code {fault.code}" in caplog.text
    assert ANN not in caplog.text
    graph.fault = None
    await hook.hear(said(ANN, "again"))
    assert [call.text for call in graph.accepted(ANN)][1] == "Heard: again", "the next message is answered again"


async def test_a_shape_that_meta_refuses_is_said_in_plain_text(hook: Webhook, graph: FakeGraph) -> None:
    graph.faults = [Fault(), Fault(), Fault(400, 100)]
    await hook.hear(said(ANN, "hello"))
    last = graph.accepted(ANN)[-1]
    assert names_all(last.message["text"])
    assert len(graph.tried(ANN)) == 4


async def test_the_numbers_arrive_when_meta_comes_back(
    hook: Webhook, graph: FakeGraph, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(messenger_output, "PAUSES", (0.5, 0.5, 0.5))
    monkeypatch.setattr(messenger_send, "MOST_TRIES", 1)
    graph.fault = Fault(503)
    turn = asyncio.ensure_future(hook.hear(said(ANN, "hello"), seconds=30))
    while "referrals not delivered" not in caplog.text:
        await asyncio.sleep(0.05)
    assert graph.accepted(ANN) == []
    graph.fault = None
    await turn
    assert names_all(graph.accepted(ANN)[-1].text)
    assert len([call for call in graph.accepted(ANN) if names_all(call.text)]) == 1


async def test_one_persons_trouble_is_not_anothers(hook: Webhook, graph: FakeGraph) -> None:
    graph.fault_of = lambda psid: Fault(seconds=3.0, status=503) if psid == ANN else None
    start = time.monotonic()
    turn = asyncio.ensure_future(hook.hear(said(ANN, "hello"), said(BEN, "hello"), seconds=30))
    while not any(names_all(call.text) for call in graph.accepted(BEN)):
        assert time.monotonic() - start < 2
        await asyncio.sleep(0.02)
    turn.cancel()
