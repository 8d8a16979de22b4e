"""What was seen and who writes too often, known to several processes through a real Redis."""

import asyncio
from collections.abc import Callable

import pytest

from addons.channels.limits import SharedLimit
from addons.channels.recent import Claim, SharedRecent
from scripts.local_stores import Redis
from tests.stores.conftest import HUNG, Ticks, memory_of, said

Recents = Callable[[], SharedRecent]


@pytest.fixture
def process(redis: Redis) -> Recents:
    """What one process saw; each call is another process."""
    return lambda: SharedRecent("seen", 100, 60, memory_of(redis))


async def test_what_one_process_saw_is_not_new_to_another(process: Recents) -> None:
    here, there = process(), process()
    assert await here.is_new_anywhere("mid")
    assert not await there.is_new_anywhere("mid")
    assert not await here.is_new_anywhere("mid")
    assert await there.is_new_anywhere("another")


async def test_of_many_deliveries_at_once_one_is_new(process: Recents) -> None:
    processes = [process() for _ in range(4)]
    assert sum(await asyncio.gather(*(seen.is_new_anywhere("mid") for seen in processes * 5))) == 1


async def test_what_is_added_and_forgotten_is_so_for_all(process: Recents) -> None:
    here, there = process(), process()
    await here.add_anywhere("a")
    assert await there.is_anywhere("a")
    assert "a" in there, "so that it is known also when Redis goes away"
    await here.forget_anywhere("a")
    assert not await there.is_anywhere("a")
    assert "a" not in there


async def test_what_another_process_saw_is_forgotten_here_when_it_is_there(process: Recents, redis: Redis) -> None:
    here, there = process(), process()
    await here.add_anywhere("a")
    memory_of(redis).client.pexpire(here.memory.key("seen", "a"), 20_000)
    now = [1000.0]
    there.clock = lambda: now[0]
    assert await there.is_anywhere("a")
    now[0] += 25
    assert "a" not in there


async def test_purposes_do_not_mix_and_no_name_is_in_redis(redis: Redis) -> None:
    seen, met = (SharedRecent(purpose, 100, 60, memory_of(redis)) for purpose in ("seen", "met"))
    await seen.add_anywhere("xqcanary")
    await SharedLimit("address", 2, 1.0, memory_of(redis)).allows("192.0.2.77")
    assert not await met.is_anywhere("xqcanary")
    client = memory_of(redis).client
    names = client.keys("*")
    held = b" ".join([*names, *(client.get(name) for name in names)])
    assert len(names) == 2
    assert b"xqcanary" not in held
    assert b"192.0.2" not in held
    assert all(client.pttl(name) > 0 for name in names)


async def test_a_limit_counts_over_all_processes(redis: Redis) -> None:
    limits = [SharedLimit("chat", burst=6, seconds=1000, memory=memory_of(redis)) for _ in range(3)]
    passed = [await limit.allows("a") for limit in limits * 4]
    assert passed == [True] * 6 + [False] * 6
    assert await limits[0].allows("b")


async def test_a_limit_lets_one_through_after_a_while(redis: Redis) -> None:
    here, there = (SharedLimit("chat", burst=1, seconds=0.2, memory=memory_of(redis)) for _ in range(2))
    assert await here.allows("a")
    assert not await there.allows("a")
    await asyncio.sleep(0.25)
    assert await SharedLimit("chat", burst=1, seconds=0.2, memory=memory_of(redis)).allows("a")


@pytest.mark.parametrize("fault", ["freeze", "kill"])
async def test_without_redis_each_process_goes_by_its_own_memory(
    redis: Redis, fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    memory = memory_of(redis, HUNG)
    seen, limit = SharedRecent("seen", 100, 60, memory), SharedLimit("chat", burst=2, seconds=1000, memory=memory)
    await seen.add_anywhere("before")
    getattr(redis, fault)()
    async with Ticks() as ticks:
        assert await seen.is_anywhere("before")
        assert await seen.is_new_anywhere("mid")
        assert not await seen.is_new_anywhere("mid")
        assert [await limit.allows("a") for _ in range(4)] == [True, True, False, False]
        assert fault == "kill" or ticks.number > 10, "the event loop stood still"
    assert "Redis is away" in said(caplog)


async def test_when_redis_is_back_it_is_asked_again(process: Recents, redis: Redis) -> None:
    here, there = SharedRecent("seen", 100, 60, memory_of(redis, HUNG)), process()
    redis.freeze()
    assert await here.is_new_anywhere("a")
    redis.thaw()
    await asyncio.sleep(0.3)
    while here.memory.outside.is_away:
        await asyncio.sleep(0.05)
        await here.add_anywhere("b")
    assert await there.is_anywhere("b")


async def test_a_redis_that_lost_its_memory_takes_nothing_from_a_process(process: Recents, redis: Redis) -> None:
    here = process()
    await here.add_anywhere("silenced")
    memory_of(redis).client.flushall()
    assert await here.is_anywhere("silenced")


async def test_a_redis_without_room_is_as_one_that_is_away(process: Recents, redis: Redis) -> None:
    client = memory_of(redis).client
    client.config_set("maxmemory", "1")
    try:
        seen = process()
        assert await seen.is_new_anywhere("mid")
        assert not await seen.is_new_anywhere("mid")
    finally:
        client.config_set("maxmemory", "0")


async def test_without_redis_url_nothing_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("addons.channels.recent.shared_memory", lambda: None)
    monkeypatch.setattr("addons.channels.limits.shared_memory", lambda: None)
    seen, limit = SharedRecent("seen", 100, 60), SharedLimit("chat", burst=1, seconds=1000)
    assert [await seen.is_new_anywhere("a"), await seen.is_new_anywhere("a")] == [True, False]
    await seen.forget_anywhere("a")
    assert not await seen.is_anywhere("a")
    assert [await limit.allows("a"), await limit.allows("a")] == [True, False]


async def test_work_is_taken_on_once_and_free_again_if_it_is_not_done(process: Recents) -> None:
    first, second, third = (process() for _ in range(3))
    assert await first.claim_anywhere("mid", 0.3) is Claim.OURS
    assert await first.claim_anywhere("mid", 0.3) is Claim.DONE
    assert await second.claim_anywhere("mid", 0.3) is Claim.ELSEWHERE
    await asyncio.sleep(0.4)
    assert await second.claim_anywhere("mid", 0.3) is Claim.OURS
    await second.add_anywhere("mid")
    await asyncio.sleep(0.4)
    assert await third.claim_anywhere("mid", 0.3) is Claim.DONE


async def test_of_many_at_once_one_takes_the_work_on(process: Recents) -> None:
    claims = await asyncio.gather(*(process().claim_anywhere("mid", 5) for _ in range(8)))
    assert sorted(claim.name for claim in claims) == ["ELSEWHERE"] * 7 + ["OURS"]
