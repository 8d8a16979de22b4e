"""One person's flood on Messenger must not slow the others: `python -m benchmarks.messenger_flood`.

Starts the assistant, a fake Graph whose calls take 80 ms, and ten people who each write six
times. Then the same again while one more person sends 2,000 messages in batches. Prints both side
by side: seconds from the delivery to the message with the numbers.
"""

import argparse
import http.client
import random
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import quantiles

from tests.e2e.referrals import core_numbers
from tests.e2e.servers import Rasa, start_actions, start_rasa
from tests.fake_graph import FakeGraph
from tests.messenger import SECRETS, delivery, encoded, said, signed

ADDRESS = "/webhooks/messenger/webhook"
TEXTS = (
    "hello",
    "what are the signs of trafficking",
    "my boss keeps my passport",
    "is there help on St. John",
    "what happens if I call",
    "is this private",
)
GRAPH_SECONDS = 0.08
FLOOD, BATCH = 2_000, 50


def post(port: int, *events: dict) -> float:
    """One signed delivery; returns how long Meta waits for its 200."""
    body = encoded(delivery(*events))
    start = time.monotonic()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("POST", ADDRESS, body, signed(body))
    status = connection.getresponse().status
    connection.close()
    assert status == 200, status
    return time.monotonic() - start


def new_person(graph: FakeGraph) -> str:
    """Somebody who has just written."""
    psid = str(random.randrange(10**15, 10**16))
    graph.wrote[psid] = time.time()
    return psid


def ended(graph: FakeGraph, psid: str) -> list[float]:
    """When each of a person's turns ended."""
    return [call.at for call in graph.accepted(psid) if all(number in call.text for number in core_numbers())]


def converse(graph: FakeGraph, port: int, psid: str, pause: float, turns: list[float], waits: list[float]) -> None:
    """One person: writes, waits for the numbers, thinks, writes again."""
    for count, text in enumerate(TEXTS, 1):
        start = time.monotonic()
        waits.append(post(port, said(psid, text)))
        while len(ended(graph, psid)) < count:
            assert time.monotonic() - start < 30, "no answer in 30 seconds"
            time.sleep(0.02)
        turns.append(ended(graph, psid)[count - 1] - start)
        time.sleep(pause)


def flood(graph: FakeGraph, port: int, psid: str, stop: threading.Event) -> int:
    """One person who does not stop; returns how many messages were delivered."""
    sent = 0
    while sent < FLOOD and not stop.is_set():
        post(port, *[said(psid, TEXTS[n % len(TEXTS)]) for n in range(BATCH)])
        sent += BATCH
        time.sleep(0.2)
    return sent


def run(graph: FakeGraph, port: int, people: int, with_flood: bool) -> tuple[list[float], list[float], int, int]:
    """The load, with or without the flood: turns, waits of Meta, messages of the flood, answers to it."""
    turns: list[float] = []
    waits: list[float] = []
    stop, flooder, sent = threading.Event(), new_person(graph), [0]
    crowd = [
        threading.Thread(target=converse, args=(graph, port, new_person(graph), 0.5, turns, waits))
        for _ in range(people)
    ]
    flooding = threading.Thread(target=lambda: sent.__setitem__(0, flood(graph, port, flooder, stop)))
    if with_flood:
        flooding.start()
        time.sleep(0.5)
    for person in crowd:
        person.start()
        time.sleep(0.1)
    for person in crowd:
        person.join()
    stop.set()
    if with_flood:
        flooding.join()
    return turns, waits, sent[0], len(ended(graph, flooder))


def rows(name: str, quiet: list[float], flooded: list[float]) -> Iterator[str]:
    """Median, 95th percentile and worst, side by side."""
    for label, pick in (
        ("median", lambda values: quantiles(values, n=20)[9]),
        ("95 %", lambda values: quantiles(values, n=20)[18]),
        ("worst", max),
    ):
        yield f"{name:<34}{label:<8}{pick(quiet):>10.2f} s{pick(flooded):>14.2f} s"


def measure(server: Rasa, graph: FakeGraph, people: int) -> None:
    """Warms up, runs both loads and prints the table."""
    run(graph, server.port, 2, with_flood=False)
    quiet = run(graph, server.port, people, with_flood=False)
    flooded = run(graph, server.port, people, with_flood=True)
    print(f"{people} people, {len(TEXTS)} messages each; Graph calls take {GRAPH_SECONDS * 1000:.0f} ms")
    print(f"{'':<42}{'no flood':>12}{'with flood':>16}")
    for line in (
        *rows("delivery to the numbers", quiet[0], flooded[0]),
        *rows("delivery to Meta's 200", quiet[1], flooded[1]),
    ):
        print(line)
    print(f"{'messages of the flood':<42}{quiet[2]:>12}{flooded[2]:>16}")
    print(f"{'turns answered to it':<42}{'-':>12}{flooded[3]:>16}")
    assert not graph.refusals, graph.refusals[:3]


def main() -> None:
    """Starts everything, measures, and ends everything."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, default=10)
    people = parser.parse_args().people
    with tempfile.TemporaryDirectory() as folder, FakeGraph(seconds=GRAPH_SECONDS) as graph:
        actions = start_actions(Path(folder) / "actions.log")
        try:
            settings = SECRETS | {"MESSENGER_GRAPH_URL": graph.url}
            server = start_rasa(Path(folder) / "rasa.log", ACTIONS_PORT=actions.port, **settings)
            try:
                measure(server, graph, people)
            finally:
                server.stop()
        finally:
            actions.stop()


if __name__ == "__main__":
    main()
