"""Measures one system from its start to its end; every system goes through the same steps."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.serving.client import Client, somebody
from benchmarks.serving.figures import Load, Measured
from benchmarks.serving.processes import Moment, cpu_seconds, pss_mb
from benchmarks.serving.servers import NotServing, Running
from benchmarks.serving.systems import System

SETTLING = 2.0  # seconds of each load before anything is counted


@dataclass(frozen=True)
class Plan:
    """How much is done: the peer's training messages and epochs, turns of the long conversation, seconds of each load,
    clients at once, and rounds of all messages for first turns and parses."""

    training_messages: int
    epochs: int
    turns: int
    seconds: float
    clients: tuple[int, ...]
    rounds: int


FULL = Plan(training_messages=300, epochs=20, turns=200, seconds=20, clients=(1, 8, 32), rounds=3)
QUICK = replace(FULL, turns=50, seconds=3, clients=(1, 8), rounds=1)


async def under_load(client: Client, messages: Sequence[str], clients: int, seconds: float, pid: int) -> Load:
    """Lets so many clients write at once, and counts the turns that end within so many seconds."""
    ended: list[tuple[float, float]] = []
    unanswered = client.unanswered
    until = time.monotonic() + SETTLING + seconds
    work = asyncio.create_task(client.together(messages, clients, until, ended))
    await asyncio.sleep(SETTLING)
    before = Moment.now(pid)
    await asyncio.sleep(max(until - time.monotonic(), 0))
    after = Moment.now(pid)
    await work
    ms = [spent for at, spent in ended if before.clock < at <= after.clock]
    turns = max(len(ms), 1)
    tree, own = (1000 * (after.tree - before.tree) / turns, 1000 * (after.own - before.own) / turns)
    return Load(clients, after.clock - before.clock, ms, client.unanswered - unanswered, tree, own)


async def parsed(client: Client, messages: dict[str, str], rounds: int) -> tuple[list[float], tuple[int, int]]:
    """Milliseconds of parses, after a round to warm up, and how many intents were right."""
    texts = list(messages.values())
    await client.parses(texts, 1)
    ms, intents = await client.parses(texts, rounds)
    return ms, (sum(found == wanted for found, wanted in zip(intents, messages)), len(messages))


async def talked(server: Running, messages: dict[str, str], plan: Plan, say: Callable[[str], None]) -> Measured:
    """Everything that is measured of a server that has just become ready."""
    texts, pid = list(messages.values()), server.process.pid
    async with Client(server.base) as client:
        await client.say(somebody(), texts[0])
        cold, cold_cpu = time.monotonic() - server.started, cpu_seconds(pid)
        memory = pss_mb(pid)
        say(f"first reply after {cold:.1f} s, {memory:.0f} MB")
        await client.first_turns(texts, 2)  # not counted: the first turns of a process are slower
        found = Measured(cold_s=cold, cold_cpu_s=cold_cpu, first_ms=await client.first_turns(texts, plan.rounds))
        if server.system.parse_command is server.system.command:
            ms, understood = await parsed(client, messages, plan.rounds)
            found = replace(found, parse_ms=ms, understood=understood)
        say(f"a conversation of {plan.turns} turns")
        found = replace(found, turn_ms=await client.conversation(texts, plan.turns))
        loads = []
        for clients in plan.clients:
            loads.append(await under_load(client, texts, clients, plan.seconds, pid))
            say(f"{clients} at once: {loads[-1].throughput:.1f} turns a second")
        return replace(found, loads=loads, pss_mb=(memory, pss_mb(pid)), unanswered=client.unanswered)


async def parsed_alone(server: Running, messages: dict[str, str], rounds: int) -> tuple[list[float], tuple[int, int]]:
    """Parses of a server that was started for them."""
    async with Client(server.base) as client:
        return await parsed(client, messages, rounds)


def measure(system: System, messages: dict[str, str], plan: Plan, folder: Path, say: Callable[[str], None]) -> Measured:
    """Starts a system, measures it and ends it; a start that fails is a result as well.

    `messages` are what is written, each under the intent that it has.
    """
    folder.mkdir(parents=True, exist_ok=True)
    load = os.getloadavg()[0]
    try:
        with Running(system, folder, say) as server:
            before = replace(Moment.now(server.process.pid), tree=0.0)
            server.wait()
            found = asyncio.run(talked(server, messages, plan, say))
            others = Moment.now(server.process.pid).others_since(before)
        if system.parse_command not in (None, system.command):
            say("starting it again with /model/parse")
            with Running(replace(system, command=system.parse_command), folder, say) as server:
                server.wait()
                ms, understood = asyncio.run(parsed_alone(server, messages, plan.rounds))
            found = replace(found, parse_ms=ms, understood=understood)
    except NotServing as error:
        say(f"failed: {error}")
        return Measured(failure=str(error), load=load)
    return replace(found, others=others, load=load)
