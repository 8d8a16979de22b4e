"""Kills and freezes parts of a running cluster, one after another, at times that the seed gives."""

from __future__ import annotations

import asyncio
import contextlib
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

import psutil

from addons.stores.outside import PAUSE
from benchmarks.soak.tally import Disturbance

PARTS = {
    "assistant": "addons.server",
    "action server": "rasa_sdk",
    "PostgreSQL": "bin/postgres",
    "Redis": "redis-server",
    "nginx": "daemon off",
}
FROZEN = (3.0, 9.0)  # seconds
BETWEEN = (6.0, 14.0)  # seconds from the end of one fault to the next
SETTLING = 3.0  # seconds until a part that has just started answers
LONGEST_RETURN = 60.0  # seconds that a killed part has to run again


@dataclass(frozen=True)
class Fault:
    """What is done to one process of a part; a frozen one runs on after `seconds`."""

    part: str
    kind: str
    seconds: float


def processes(cluster: psutil.Process, part: str) -> list[psutil.Process]:
    """The running processes of a part that the cluster started itself."""
    found = []
    with contextlib.suppress(psutil.NoSuchProcess):
        for process in cluster.children():
            with contextlib.suppress(psutil.NoSuchProcess):
                if process.status() != psutil.STATUS_ZOMBIE and PARTS[part] in " ".join(process.cmdline()):
                    found.append(process)
    return found


def with_children(process: psutil.Process) -> list[psutil.Process]:
    """A process and what it started."""
    with contextlib.suppress(psutil.NoSuchProcess):
        return [process, *process.children(recursive=True)]
    return []


def megabytes(cluster: psutil.Process) -> dict[str, float]:
    """Memory (PSS) of each part, all of its processes together."""
    found = dict.fromkeys(PARTS, 0.0)
    for part in PARTS:
        for process in processes(cluster, part):
            for one in with_children(process):
                with contextlib.suppress(psutil.NoSuchProcess):
                    found[part] += one.memory_full_info().pss / 1e6
    return found


def is_ready(assistant: psutil.Process) -> bool:
    """Whether an assistant that was started again takes messages."""
    with contextlib.suppress(psutil.Error, OSError):
        url = f"http://127.0.0.1:{assistant.environ()['PORT']}/webhooks/rest/ready"
        with urllib.request.urlopen(url, timeout=1) as answer:
            return answer.status == 200
    return False


def choose(random: Random) -> Fault:
    """The next fault; nginx is left alone, since it is what answers when nothing else does."""
    part = random.choice([part for part in PARTS if part != "nginx"])
    return Fault(part, random.choice(("kill", "freeze")), random.uniform(*FROZEN))


async def inflict(cluster: psutil.Process, fault: Fault, random: Random) -> bool:
    """Does it to one process of the part, and waits until the part is whole again; False if there is none."""
    there = processes(cluster, fault.part)
    if not there:
        return False
    hit = with_children(random.choice(there))
    for process in hit:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill() if fault.kind == "kill" else process.suspend()
    if fault.kind == "freeze":
        try:
            await asyncio.sleep(fault.seconds)
        finally:
            for process in hit:
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.resume()
        return True
    end = time.monotonic() + LONGEST_RETURN
    await asyncio.sleep(1.0)  # until it is seen to have ended
    while time.monotonic() < end:
        back = processes(cluster, fault.part)
        ready = [await asyncio.to_thread(is_ready, one) for one in back if fault.part == "assistant"]
        if len(back) >= len(there) and all(ready):
            return True
        await asyncio.sleep(0.5)
    return True


async def disturb(
    cluster: psutil.Process,
    random: Random,
    now: Callable[[], float],
    note: Callable[[Disturbance], None],
    before_redis_forgets: Callable[[], None],
) -> None:
    """Fault after fault until it is cancelled; the cluster starts again what was killed.

    Each counts until the assistants, which leave a failed store alone for some seconds, use it again.
    """
    while True:
        await asyncio.sleep(random.uniform(*BETWEEN))
        fault = choose(random)
        if (fault.part, fault.kind) == ("Redis", "kill"):
            await asyncio.to_thread(before_redis_forgets)
        start, is_hit = now(), True
        try:
            is_hit = await inflict(cluster, fault, random)
        finally:  # also one that the end of the soak cuts short
            if is_hit:
                note(Disturbance(fault.part, fault.kind, start, now() + PAUSE))


async def until_whole(cluster: psutil.Process, whole: dict[str, int]) -> None:
    """Waits until as many processes of each part run as at the start."""
    end = time.monotonic() + LONGEST_RETURN
    while time.monotonic() < end and any(len(processes(cluster, part)) < count for part, count in whole.items()):
        await asyncio.sleep(0.5)
    await asyncio.sleep(SETTLING)
