"""Two people on Messenger, ten turns each, through the running assistant and the fake Graph.

What a person must read is what the same words get over REST, in the same order; however Meta
delivers them: one by one, in batches, twice, or out of order.
"""

import http.client
import random
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.e2e.conftest import Assistant
from tests.e2e.referrals import assert_ends_with_referrals, core_numbers
from tests.e2e.servers import ROOT, Rasa, Server, free_port, start_rasa
from tests.fake_graph import Call, FakeGraph, Fault
from tests.messenger import (
    APP_ID,
    PAGE,
    SECRETS,
    attached,
    delivery,
    echo,
    encoded,
    entry,
    now,
    picked,
    said,
    signed,
    tapped,
)

ADDRESS = "/webhooks/messenger/webhook"
WORDS = yaml.safe_load((ROOT / "data" / "responses" / "messenger.yml").read_text("utf-8"))["responses"]
STORY = "My cousin works in a house on the hill. She never has a day off. They keep her passport in a safe. " * 35
Event = dict[str, Any]
# What is done, and what the same is over REST: a text, or the name of the channel's own answer.
ANN = [
    (lambda psid: tapped(psid, "/greet", "Get Started"), "/greet"),
    (lambda psid: said(psid, "what are the signs of trafficking"), "what are the signs of trafficking"),
    (lambda psid: said(psid, "my boss keeps my passport"), "my boss keeps my passport"),
    (lambda psid: picked(psid, "/ask_victim_rights", "What are my rights?"), "/ask_victim_rights"),
    (lambda psid: attached(psid, "audio"), "utter_messenger_voice"),
    (lambda psid: said(psid, "/restart"), "restart"),
    (lambda psid: said(psid, STORY), STORY),
    (lambda psid: tapped(psid, "/ask_contacts", "Get help now"), "/ask_contacts"),
    (lambda psid: said(psid, "is this chat private"), "is this chat private"),
    (lambda psid: said(psid, "thank you, goodbye"), "thank you, goodbye"),
]
BEN = [
    (lambda psid: said(psid, "Hola, necesito ayuda, por favor"), "Hola, necesito ayuda, por favor"),
    (lambda psid: said(psid, "my neighbor's maid never goes out"), "my neighbor's maid never goes out"),
    (lambda psid: attached(psid, "location"), "utter_messenger_location"),
    (lambda psid: tapped(psid, "/ask_how_to_help", "How can I help?"), "/ask_how_to_help"),
    (lambda psid: said(psid, "is there help on St. John"), "is there help on St. John"),
    (lambda psid: attached(psid, "sticker", sticker_id=369239263222822), "utter_messenger_sticker"),
    (lambda psid: said(psid, "asdf qwer zxcv"), "asdf qwer zxcv"),
    (lambda psid: tapped(psid, "/no_such_tap", "what happens if I call"), "what happens if I call"),
    (lambda psid: said(psid, "can I talk to a person"), "can I talk to a person"),
    (lambda psid: attached(psid, "image", text="are you a robot"), "are you a robot"),
]


@pytest.fixture(scope="module")
def graph() -> Iterator[FakeGraph]:
    with FakeGraph() as fake:
        yield fake


@pytest.fixture(scope="module")
def server(assistant: Assistant, graph: FakeGraph, logs: Path) -> Iterator[Rasa]:
    """The assistant with the channel open."""
    settings = SECRETS | {"MESSENGER_GRAPH_URL": graph.url, "MESSENGER_APP_ID": APP_ID}
    rasa = start_rasa(logs / "messenger.log", ACTIONS_PORT=assistant.actions.port, **settings)
    yield rasa
    rasa.stop()


def post(server: Rasa, *entries: Event) -> None:
    """Delivers entries, signed; Meta wants its 200 at once."""
    body = encoded({"object": "page", "entry": list(entries)})
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    start = time.monotonic()
    connection.request("POST", ADDRESS, body, signed(body))
    assert connection.getresponse().status == 200
    assert time.monotonic() - start < 5, "Meta gives up after five seconds"
    connection.close()


def ends_turn(call: Call) -> bool:
    """Whether a message names every number."""
    return all(number in call.text for number in core_numbers())


def turns_of(graph: FakeGraph, psid: str) -> list[list[Call]]:
    """What a person got, cut after each block."""
    turns: list[list[Call]] = [[]]
    for call in graph.accepted(psid):
        turns[-1].append(call)
        if ends_turn(call):
            turns.append([])
    return turns[:-1] if not turns[-1] else turns


def wait_for(graph: FakeGraph, psid: str, count: int, seconds: float = 60) -> None:
    """Waits until so many turns have ended."""
    end = time.monotonic() + seconds
    while len([call for call in graph.accepted(psid) if ends_turn(call)]) < count:
        assert time.monotonic() < end, f"{len(turns_of(graph, psid))} of {count} turns"
        time.sleep(0.05)


def over_rest(server: Rasa, text: str, sender: str) -> str:
    """What the same words get over REST, without the block; or the channel's own answer."""
    if text in WORDS:
        return WORDS[text][0]["text"]
    replies = [reply.get("text", "") for reply in server.say(text, sender)]
    return "\n".join(reply for reply in replies if not all(number in reply for number in core_numbers()))


@pytest.fixture(scope="module")
def expected(server: Rasa) -> list[list[str]]:
    """The same two conversations over REST."""
    senders = [(script, uuid.uuid4().hex) for script in (ANN, BEN)]
    return [[over_rest(server, text, sender) for _, text in script] for script, sender in senders]


def timed(script: list, psid: str, start: int) -> list[Event]:
    """The events of a conversation, some milliseconds apart."""
    events = [make(psid) for make, _ in script]
    for place, event in enumerate(events):
        event["timestamp"] = start + place * 10
    return events


def one_by_one(server: Rasa, graph: FakeGraph, pairs: list[tuple[Event, Event]]) -> None:
    """Each event in a delivery of its own, answered before the next."""
    for count, pair in enumerate(pairs, 1):
        for event in pair:
            post(server, entry(event))
        for event in pair:
            wait_for(graph, event["sender"]["id"], count)


def in_batches(server: Rasa, graph: FakeGraph, pairs: list[tuple[Event, Event]]) -> None:
    """Several events in an entry, several entries in a delivery."""
    events = [event for pair in pairs for event in pair]
    post(server, entry(*events[:3]), entry(*events[3:8]))
    post(server, entry(*events[8:]))


def twice(server: Rasa, graph: FakeGraph, pairs: list[tuple[Event, Event]]) -> None:
    """Every delivery two times, and at the end all of it again."""
    events = [event for pair in pairs for event in pair]
    for place in range(0, len(events), 4):
        for _ in range(2):
            post(server, entry(*events[place : place + 4]))
    post(server, *[entry(event) for event in events])


def out_of_order(server: Rasa, graph: FakeGraph, pairs: list[tuple[Event, Event]]) -> None:
    """One delivery in which nothing stands in its place, with what nobody must answer in between."""
    events = [event for pair in pairs for event in pair]
    psid = events[0]["sender"]["id"]
    events += [{"sender": {"id": psid}, "recipient": {"id": PAGE}, "timestamp": now(), "read": {"watermark": 1}}]
    events += [echo(psid, APP_ID, metadata="conch"), echo(psid, int(APP_ID), attachments=[{"type": "template"}])]
    random.Random(5).shuffle(events)
    post(server, *[entry(event) for event in events])


@pytest.mark.parametrize("way", [one_by_one, in_batches, twice, out_of_order])
def test_ten_turns_of_two_people(server: Rasa, graph: FakeGraph, expected: list[list[str]], way: Any) -> None:
    people = [str(random.randrange(10**15, 10**16)) for _ in range(2)]
    graph.wrote |= dict.fromkeys(people, time.time())
    start = now()
    conversations = [timed(script, psid, start) for script, psid in zip((ANN, BEN), people)]
    way(server, graph, list(zip(*conversations)))
    for psid in people:
        wait_for(graph, psid, 10)
    time.sleep(1)  # for anything that is said once too often
    for psid, texts in zip(people, expected):
        turns = turns_of(graph, psid)
        assert len(turns) == 10
        notice = turns[0].pop(0)
        assert "not a hotline" in notice.text or "programa automático" in notice.text
        for place, (turn, text) in enumerate(zip(turns, texts)):
            said_there = " ".join(" ".join(call.text for call in turn if not ends_turn(call)).split())
            assert said_there == " ".join(text.split()), f"turn {place}"
            assert [button["type"] for button in turn[-1].buttons] == ["phone_number"] * 3, f"turn {place}"
    assert graph.refusals == []


def test_the_log_holds_no_words_and_no_ids(server: Rasa, graph: FakeGraph) -> None:
    psid = str(random.randrange(10**15, 10**16))
    graph.wrote[psid] = time.time()
    post(server, entry(said(psid, "zebra passport"), attached(psid, "image")))
    wait_for(graph, psid, 2)
    for kept in (psid, "zebra", "cdn.example.com", *SECRETS.values()):
        assert kept not in server.output()


def test_the_page_answers_and_the_assistant_is_silent(server: Rasa, graph: FakeGraph) -> None:
    ann, ben = (str(random.randrange(10**15, 10**16)) for _ in range(2))
    graph.wrote |= {ann: time.time(), ben: time.time()}
    post(server, entry(said(ann, "hello")))
    wait_for(graph, ann, 1)
    before = len(graph.calls)
    post(server, entry(echo(ann)), entry(said(ann, "thank you for answering")))
    post(server, entry(said(ben, "hello")))
    wait_for(graph, ben, 1)
    assert {call.psid for call in graph.calls[before:]} == {ben}


def test_a_graph_that_goes_and_comes_back(server: Rasa, graph: FakeGraph) -> None:
    psid = str(random.randrange(10**15, 10**16))
    graph.wrote[psid] = time.time()
    graph.fault = Fault(503)
    post(server, entry(said(psid, "what are the signs of trafficking")))
    time.sleep(6)
    assert server.request("/webhooks/rest/ready").status == 200
    assert graph.accepted(psid) == []
    graph.fault = None
    wait_for(graph, psid, 1)


def test_a_body_above_the_bound_is_refused(server: Rasa, graph: FakeGraph) -> None:
    before = len(graph.calls)
    answer = server.request(ADDRESS, b"{" + b" " * 1024 * 1024)
    assert answer.status == 413
    assert_ends_with_referrals(answer.json())
    assert len(graph.calls) == before


def test_without_secrets_it_is_off(rasa: Rasa) -> None:
    body = encoded(delivery(said("5550000000000001", "hello")))
    for method in ("GET", "POST"):
        answer = rasa.request(ADDRESS, body if method == "POST" else None)
        assert answer.status == 404
        assert_ends_with_referrals(answer.json())
    assert rasa.output().count("Messenger is off") == 1


def test_half_of_the_secrets_end_the_start(tmp_path: Path) -> None:
    settings = {name: value for name, value in SECRETS.items() if name != "MESSENGER_APP_SECRET"}
    port = free_port()
    server = Server(["addons.server"], tmp_path / "log", port, PORT=port, **settings)
    try:
        assert server.process.wait(90) == 1
    finally:
        server.stop()
    assert "conch: MESSENGER_APP_SECRET: not set" in server.output()
    assert "Traceback" not in server.output()
