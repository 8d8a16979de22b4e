"""Thousands of odd turns while parts of the cluster are killed and frozen: `make soak`.

Starts `scripts.cluster` with a fake Graph, lets people write over REST, the web chat and Messenger, and
ends with a report: exit status 1 if a turn came back without the numbers, if a word or an id was kept
anywhere, or if memory grew. With --write, report and picture go into docs/benchmarks/.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random, randrange

import psutil

from benchmarks.machine import processor, say
from benchmarks.soak import canary, faults
from benchmarks.soak.people import People
from benchmarks.soak.report import draw, report, shortcomings
from benchmarks.soak.tally import Tally
from benchmarks.soak.texts import Texts, examples
from benchmarks.understanding.document import put_in
from conch.settings import ROOT
from scripts import train
from scripts.local_stores import free_port
from tests.e2e.servers import Server
from tests.fake_graph import FakeGraph
from tests.messenger import SECRETS

DOCUMENT = ROOT / "docs" / "benchmarks" / "soak.md"
KEPT = ROOT / "results" / "soak.json"
READY, LONGEST_START = "ready: 2 assistants", 300.0
LOOK = 5.0  # seconds between two looks at memory


def options() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--turns", type=int, default=10_000)
    parser.add_argument("--minutes", type=float, default=30, help="the soak ends then, whatever is done")
    parser.add_argument("--people", type=int, default=12, help="who write at once")
    parser.add_argument("--seed", type=int, default=randrange(10**6), help="of texts, shapes, and faults")
    parser.add_argument("--write", action="store_true", help=f"put the report into {DOCUMENT.relative_to(ROOT)}")
    return parser.parse_args()


@contextlib.contextmanager
def cluster(folder: Path, graph: FakeGraph) -> Iterator[Server]:
    """`make cluster`, ready, its files below a folder of its own."""
    log = folder / "log"
    own = {"PORT": free_port(), "ASSISTANTS": 2, "LOG_LEVEL": "INFO", "TMPDIR": folder}
    server = Server(["scripts.cluster"], log, own["PORT"], ROOT, **own, **SECRETS, MESSENGER_GRAPH_URL=graph.url)
    try:
        end = time.monotonic() + LONGEST_START
        while READY not in server.output():
            if server.process.poll() is not None or time.monotonic() > end:
                sys.exit(f"conch: the cluster does not start:\n{server.output()[-2000:]}")
            time.sleep(0.5)
        yield server
    finally:
        server.process.terminate()
        with contextlib.suppress(Exception):
            server.process.wait(60)
        server.stop()


async def look(people: People, of: psutil.Process, turns: int) -> None:
    """Memory now and then, with a line of progress."""
    while True:
        people.tally.memory.append((people.now(), await asyncio.to_thread(faults.megabytes, of)))
        done, lost = len(people.tally.turns), len(people.tally.lost())
        say(f"{people.now():.0f} s: {done} of {turns} turns, {lost} lost, {len(people.tally.disturbances)} faults")
        await asyncio.sleep(LOOK)


async def soak(
    people: People, of: psutil.Process, chosen: argparse.Namespace, look_into_redis: Callable[[], None]
) -> None:
    """Everything at once; faults stop when nobody writes any more."""
    random, note = Random(chosen.seed + 1), people.tally.disturbances.append
    whole = {part: len(faults.processes(of, part)) for part in faults.PARTS}
    beside = [
        asyncio.create_task(look(people, of, chosen.turns)),
        asyncio.create_task(faults.disturb(of, random, people.now, note, look_into_redis)),
    ]
    try:
        await people.run(chosen.turns, chosen.minutes * 60, chosen.people, chosen.seed)
        for task in beside:
            if task.done():
                task.result()  # one that failed must not pass for a quiet soak
    finally:
        for task in beside:
            task.cancel()
        await asyncio.gather(*beside, return_exceptions=True)
    await faults.until_whole(of, whole)


def how(chosen: argparse.Namespace, tally: Tally, seconds: float) -> str:
    """How the soak was made, in a sentence."""
    return (
        f"{time.strftime('%d %B %Y')}, {processor()}, {os.cpu_count()} cores: {len(tally.turns)} turns of "
        f"{chosen.people} people at once in {seconds / 60:.0f} minutes, two assistants, seed {chosen.seed}, "
        f"{len(tally.disturbances)} faults."
    )


def main() -> None:
    """Soaks, searches, reports."""
    chosen = options()
    say(f"seed {chosen.seed}")
    if not train.is_current():
        train.train()
    word, tally = f"xq{Random(chosen.seed).getrandbits(48):012x}", Tally()
    with tempfile.TemporaryDirectory(prefix="conch-soak-") as place, FakeGraph() as graph:
        folder = Path(place)
        folder.chmod(0o755)  # PostgreSQL runs as another user when this one is root
        with cluster(folder, graph) as server:
            of = psutil.Process(server.process.pid)
            written = examples()
            people = People(
                f"http://127.0.0.1:{server.port}", graph, tally, lambda random: Texts(random, word, written)
            )

            def look_into_redis() -> None:
                """Keeps what is found for the report."""
                tally.found += canary.look_into_redis(of, folder, [word, *people.ids])

            asyncio.run(soak(people, of, chosen, look_into_redis))
            seconds, tally.restarts = people.now(), server.output().count("; starting it again")
            say("looking for the canary and for ids in the stores and in the logs")
            tally.found += canary.look_everywhere(of, folder, [word, *people.ids])
    KEPT.parent.mkdir(parents=True, exist_ok=True)
    KEPT.write_text(json.dumps(tally.as_json()), "utf-8")
    text = report(tally, how(chosen, tally, seconds))
    print(text)
    say(f"drawn: {draw(tally, (DOCUMENT if chosen.write else KEPT).with_suffix('.png'))}")
    if chosen.write:
        put_in("soak", text, DOCUMENT)
    sys.exit(1 if shortcomings(tally) else 0)


if __name__ == "__main__":
    main()
