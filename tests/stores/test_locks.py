"""Whose turn it is over several processes, with a real Redis: in order, one at a time, and never for ever."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from addons.stores import SharedLockStore, locks
from conch.settings import SettingsError
from scripts.local_stores import Redis
from tests.stores.conftest import HUNG, KEY, Ticks, memory_of, said, until
from tests.words import ROOT

ANOTHER_PROCESS = """
import asyncio, json, sys
from addons.stores import SharedLockStore
from addons.stores.shared import SharedMemory
from conch.settings import StoreSettings

async def main():
    memory = SharedMemory(StoreSettings.from_environment(), limit=30)
    store, sender, number = SharedLockStore(memory=memory), sys.argv[1], int(sys.argv[2])
    log = open(sys.argv[3], "a", buffering=1)

    async def turn(n):
        async with store.lock(sender):
            log.write(json.dumps(["in", number, n]) + "\\n")
            await asyncio.sleep(0.01)
            log.write(json.dumps(["out", number, n]) + "\\n")

    print("ready", flush=True)
    sys.stdin.readline()
    await asyncio.gather(*(turn(n) for n in range(5)))

asyncio.run(main())
"""


@pytest.fixture
def two(redis: Redis) -> Iterator[tuple[SharedLockStore, SharedLockStore]]:
    """The lock stores of two processes."""
    yield tuple(SharedLockStore(memory=memory_of(redis)) for _ in range(2))


class Turns:
    """Turns that note when they begin and end."""

    def __init__(self) -> None:
        self.order: list[object] = []
        self.under_way = self.most_at_once = 0

    async def one(self, store: SharedLockStore, name: object, sender: str = "a", seconds: float = 0.01) -> None:
        """One turn."""
        async with store.lock(sender):
            self.under_way += 1
            self.most_at_once = max(self.most_at_once, self.under_way)
            try:
                await asyncio.sleep(seconds)
                self.order.append(name)
            finally:
                self.under_way -= 1


async def test_ten_messages_to_two_processes_keep_the_order_of_arrival(two: tuple, redis: Redis) -> None:
    turns, tasks, client = Turns(), [], memory_of(redis).client
    queue = two[0].memory.key("turn", "a")
    first = asyncio.ensure_future(turns.one(two[0], "first", seconds=30))
    await until(lambda: turns.under_way == 1)
    for number, process in enumerate([0, 0, 0, 1, 1, 0, 1, 0, 1, 1]):
        tasks.append(asyncio.ensure_future(turns.one(two[process], number)))
        await until(lambda number=number: client.llen(queue) == number + 2)  # so that there is an order
    first.cancel()
    await asyncio.gather(*tasks)
    assert turns.order == list(range(10))
    assert turns.most_at_once == 1


async def test_real_processes_take_turns(redis: Redis, tmp_path) -> None:
    log = tmp_path / "order"
    environment = os.environ | {"REDIS_URL": redis.url, "STORE_KEY": KEY, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", ANOTHER_PROCESS, "a"]
    processes = [
        subprocess.Popen([*command, str(n), log], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for n in range(2)
    ]
    for process in processes:
        assert process.stdout.readline() == b"ready\n"
    for process in processes:
        process.stdin.write(b"go\n")
        process.stdin.flush()
    assert [process.wait(120) for process in processes] == [0, 0]
    noted = [json.loads(line) for line in log.read_text().splitlines()]
    assert len(noted) == 20
    assert [pair[0][1:] for pair in zip(noted[::2], noted[1::2])] == [
        pair[1][1:] for pair in zip(noted[::2], noted[1::2])
    ]
    for number in range(2):
        assert [n for what, process, n in noted if what == "in" and process == number] == list(range(5))


async def test_other_conversations_do_not_wait(two: tuple) -> None:
    turns = Turns()
    held = asyncio.ensure_future(turns.one(two[0], "long", "a", seconds=30))
    await until(lambda: turns.under_way == 1)
    await turns.one(two[1], "short", "b")
    assert turns.order == ["short"]
    held.cancel()


async def test_a_turn_that_fails_or_is_cancelled_lets_the_next_one_go_on(two: tuple) -> None:
    with pytest.raises(RuntimeError):
        async with two[0].lock("a"):
            raise RuntimeError
    turns = Turns()
    held = asyncio.ensure_future(turns.one(two[0], "held", seconds=30))
    await until(lambda: turns.under_way == 1)
    waiting = asyncio.ensure_future(turns.one(two[1], "waiting"))
    await asyncio.sleep(0.05)
    waiting.cancel()
    held.cancel()
    await turns.one(two[1], "next")
    assert turns.order == ["next"]


async def test_a_process_that_died_holds_nobody_up_for_long(two: tuple, redis: Redis) -> None:
    for _ in range(3):  # one that held the turn, two that waited
        dead = locks.Place(two[0], "a", lease=0.3)
        await dead.join()
    turns = Turns()
    await asyncio.wait_for(turns.one(two[1], "alive"), 30)
    assert turns.order == ["alive"]


async def test_a_long_turn_keeps_its_place(two: tuple) -> None:
    order = []

    async def long() -> None:
        async with two[0].lock("a", lock_lifetime=0.3):
            order.append("long begins")
            await asyncio.sleep(1.2)
            order.append("long ends")

    first = asyncio.ensure_future(long())
    await until(lambda: order == ["long begins"])
    async with two[1].lock("a", lock_lifetime=0.3):
        order.append("next")
    await first
    assert order == ["long begins", "long ends", "next"]


async def test_nothing_stays_in_redis_and_no_name_is_in_it(two: tuple, redis: Redis) -> None:
    async with two[0].lock("chat-xqcanary"):
        client = memory_of(redis).client
        names = client.keys("*")
        assert len(names) == 2
        assert not [name for name in names if b"xqcanary" in name]
        assert all(client.pttl(name) > 0 for name in names)
    assert client.keys("*") == []


async def test_a_frozen_redis_holds_nobody_up_and_the_order_in_the_process_stays(
    redis: Redis, caplog: pytest.LogCaptureFixture
) -> None:
    here = SharedLockStore(memory=memory_of(redis, HUNG))
    here.memory.outside.pause = 1000
    turns = Turns()
    await turns.one(here, -1)
    redis.freeze()
    async with Ticks() as ticks:
        await asyncio.gather(*(turns.one(here, number) for number in range(10)))
        assert ticks.number > 20, "the event loop stood still"
        before = ticks.number
        await asyncio.gather(*(turns.one(here, number, f"b{number}") for number in range(100, 150)))
        assert ticks.number - before < 100, "somebody else waited for Redis"
    assert turns.order[:11] == list(range(-1, 10))
    assert turns.most_at_once == 50
    assert "Redis is away" in said(caplog)


async def test_redis_that_goes_away_in_the_middle_of_a_turn_loses_none(two: tuple, redis: Redis) -> None:
    turns = Turns()
    tasks = [asyncio.ensure_future(turns.one(two[0], number, seconds=0.1)) for number in range(10)]
    await until(lambda: len(turns.order) == 2)
    redis.kill()
    await asyncio.gather(*tasks)
    assert sorted(turns.order) == list(range(10))
    assert turns.most_at_once == 1


async def test_a_redis_that_was_down_at_the_start_and_comes_back_is_used(redis: Redis) -> None:
    redis.kill()
    two = [SharedLockStore(memory=memory_of(redis)) for _ in range(2)]
    turns = Turns()
    await turns.one(two[0], "without")
    redis.start()
    await asyncio.sleep(0.3)
    await turns.one(two[0], "again")
    await turns.one(two[1], "again")
    assert [store.memory.outside.is_away for store in two] == [False, False]
    first = asyncio.ensure_future(turns.one(two[0], "first", seconds=0.2))
    await until(lambda: turns.under_way == 1)
    await asyncio.gather(first, turns.one(two[1], "second"))
    assert turns.order == ["without", "again", "again", "first", "second"]


async def test_a_redis_that_was_started_anew_is_used_at_once(two: tuple, redis: Redis) -> None:
    turns = Turns()
    await turns.one(two[0], 1)
    redis.kill()
    redis.start()
    await turns.one(two[0], 2)
    assert not two[0].memory.outside.is_away
    assert turns.order == [1, 2]


def test_the_lock_store_needs_its_redis(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "REDIS_URL", "STORE_KEY"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(SettingsError, match="REDIS_URL"):
        SharedLockStore()
