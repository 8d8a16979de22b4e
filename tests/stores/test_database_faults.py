"""Conversations while PostgreSQL hangs, is killed, starts later, or has no room."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from addons.stores import DatabaseTrackerStore, forget
from addons.stores.rows import TABLE, Rows
from scripts.local_stores import Postgres
from tests.stores.conftest import HUNG, KEY, Ticks, conversation, said, store, turn, until

Work = Callable[[DatabaseTrackerStore, str], Awaitable[object]]


async def save(kept: DatabaseTrackerStore, sender: str) -> object:
    """A save that meets the fault."""
    return await kept.save(conversation(sender, ("island", "st_croix")))


async def retrieve(kept: DatabaseTrackerStore, sender: str) -> object:
    """A retrieve that meets the fault."""
    return await kept.retrieve(sender)


def unsaved(kept: DatabaseTrackerStore) -> int:
    """How many conversations the database does not have."""
    return len(kept.copies.unsaved())


async def over(kept: DatabaseTrackerStore) -> None:
    """Goes on until the database is asked again and has everything."""
    for _ in range(200):
        await kept.retrieve("somebody")
        if not kept.outside.is_away and not kept.left and not unsaved(kept):
            return
        await asyncio.sleep(0.05)
    raise AssertionError("the database did not come back")


@pytest.mark.parametrize("work", [save, retrieve])
async def test_a_frozen_database_holds_up_neither_the_event_loop_nor_the_next_one(
    database: Postgres, work: Work
) -> None:
    kept = store(seconds=HUNG)
    await turn(kept, "a", ("island", "st_john"))
    await over(kept)
    kept.outside.pause = 1000
    database.freeze()
    async with Ticks() as ticks:
        await work(kept, "a")
        assert kept.outside.is_away
        assert ticks.number > 20, "the event loop stood still"
        before, threads = ticks.number, kept.outside.threads._work_queue.qsize()
        for number in range(200):
            await turn(kept, f"b{number}", ("practice", number))
        assert ticks.number - before < 200, "somebody else waited for the database"
        assert kept.outside.threads._work_queue.qsize() == threads
    everyone = [asyncio.get_running_loop().run_in_executor(kept.outside.threads, int) for _ in range(8)]
    await asyncio.wait_for(asyncio.gather(*everyone), 60)  # the database still hangs, and no thread with it
    assert (await kept.retrieve("b7")).get_slot("practice") == 7


async def test_many_that_write_as_it_freezes_wait_once(database: Postgres) -> None:
    kept = store(seconds=HUNG, connections=2)
    await asyncio.gather(*(turn(kept, f"a{number}", ("practice", 1)) for number in range(10)))
    await over(kept)
    kept.outside.pause = 1000
    database.freeze()
    await asyncio.gather(*(turn(kept, f"a{number}", ("practice", 2)) for number in range(100)))
    found = [await kept.retrieve(f"a{number}") for number in range(100)]
    assert [tracker.get_slot("practice") for tracker in found] == [2] * 100


async def test_a_conversation_goes_on_while_the_database_hangs_and_is_stored_afterwards(
    database: Postgres, caplog: pytest.LogCaptureFixture
) -> None:
    kept = store(seconds=HUNG)
    await turn(kept, "a", ("island", "st_john"), ("practice", 1))
    database.freeze()
    tracker = await turn(kept, "a", ("practice", 2))
    assert tracker.get_slot("island") == "st_john"
    assert (await turn(kept, "a", ("practice", 3))).get_slot("island") == "st_john"
    database.thaw()
    await over(kept)
    found = await store().retrieve("a")
    assert (found.get_slot("island"), found.get_slot("practice")) == ("st_john", 3)
    assert "PostgreSQL is away" in said(caplog)
    assert "PostgreSQL is back" in said(caplog)


async def test_a_killed_database_loses_nothing(database: Postgres) -> None:
    kept = store()
    for number in range(5):
        await turn(kept, str(number), ("practice", number))
    database.kill()
    for number in range(3, 8):
        await turn(kept, str(number), ("practice", number * 10))
    database.start()
    await over(kept)
    found = [(await store().retrieve(str(number))).get_slot("practice") for number in range(8)]
    assert found == [0, 1, 2, 30, 40, 50, 60, 70]


async def test_a_restart_between_two_turns_is_not_noticed(database: Postgres) -> None:
    kept = store()
    await turn(kept, "a", ("practice", 1))
    database.kill()
    database.start()
    tracker = await turn(kept, "a", ("island", "st_john"))
    assert tracker.get_slot("practice") == 1
    assert not kept.outside.is_away
    assert (await store().retrieve("a")).get_slot("island") == "st_john"


async def test_a_database_that_starts_later_gets_its_table_and_its_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    late = Postgres()
    try:
        monkeypatch.setenv("DATABASE_URL", late.url)
        monkeypatch.setenv("STORE_KEY", KEY)
        kept = store()
        await kept.maintain()
        await turn(kept, "a", ("practice", 1))
        assert (await turn(kept, "a")).get_slot("practice") == 1
        late.start()
        await over(kept)
        assert (await store().retrieve("a")).get_slot("practice") == 1
    finally:
        late.remove()


async def test_a_wrong_password_is_no_error_to_anybody_and_is_not_printed(
    database: Postgres, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("DATABASE_URL", database.url.replace(database.password, "wrong-password"))
    kept = store()
    await turn(kept, "a", ("practice", 1))
    assert (await kept.retrieve("a")).get_slot("practice") == 1
    assert "PostgreSQL is away (OperationalError)" in said(caplog)
    assert "wrong-password" not in caplog.text


async def test_a_table_that_is_locked_is_not_waited_for(database: Postgres) -> None:
    kept = store(seconds=HUNG)
    await turn(kept, "a", ("practice", 1))
    with Rows(database.url, 1, limit=20).engine.begin() as connection:
        connection.exec_driver_sql("BEGIN")
        connection.exec_driver_sql(f"LOCK TABLE {TABLE} IN ACCESS EXCLUSIVE MODE")
        assert (await turn(kept, "a", ("practice", 2))).get_slot("practice") == 2
        connection.exec_driver_sql("ROLLBACK")
    await over(kept)
    assert (await store().retrieve("a")).get_slot("practice") == 2


async def test_a_database_without_room_is_as_one_that_is_away(database: Postgres) -> None:
    kept = store()
    await turn(kept, "a", ("practice", 1))
    owner = Rows(database.url, 1, limit=20)
    fails = "BEGIN RAISE EXCEPTION USING ERRCODE = 'disk_full'; END"
    owner.run(f"CREATE OR REPLACE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $${fails}$$")
    owner.run(f"CREATE TRIGGER full_disk BEFORE INSERT OR UPDATE ON {TABLE} EXECUTE FUNCTION full_disk()")
    await turn(kept, "a", ("practice", 2))
    assert unsaved(kept) == 1
    assert (await kept.retrieve("a")).get_slot("practice") == 2
    owner.run(f"DROP TRIGGER full_disk ON {TABLE}")
    await asyncio.sleep(0.3)
    await over(kept)
    assert (await store().retrieve("a")).get_slot("practice") == 2


async def test_who_leaves_while_the_database_is_away_is_deleted_when_it_is_back(database: Postgres) -> None:
    kept = store(seconds=HUNG)
    await turn(kept, "a", ("island", "st_john"))
    database.freeze()
    await forget(kept, "a")
    assert await kept.retrieve("a") is None
    database.thaw()
    await over(kept)
    assert await store().retrieve("a") is None


async def test_who_leaves_and_writes_again_meanwhile_begins_anew(database: Postgres) -> None:
    kept = store(seconds=HUNG)
    await turn(kept, "a", ("island", "st_john"))
    database.freeze()
    await forget(kept, "a")
    await turn(kept, "a", ("practice", 1))
    database.thaw()
    await over(kept)
    found = await store().retrieve("a")
    assert (found.get_slot("island"), found.get_slot("practice")) == (None, 1)


async def test_two_processes_that_both_went_on_agree_afterwards(database: Postgres) -> None:
    here, there = store(seconds=HUNG), store(seconds=HUNG)
    await turn(here, "a", ("practice", 0))
    await there.retrieve("a")
    database.freeze()
    await turn(here, "a", ("practice", 1))
    await turn(there, "a", ("practice", 2))
    await turn(there, "a", ("island", "st_john"))
    database.thaw()
    await over(here)
    await over(there)
    found = [(await kept.retrieve("a")) for kept in (here, there, store())]
    assert [tracker.get_slot("practice") for tracker in found] == [1, 1, 1]
    assert [tracker.get_slot("island") for tracker in found] == ["st_john"] * 3


async def test_a_turn_that_is_cancelled_leaves_the_store_usable(database: Postgres) -> None:
    kept = store(seconds=HUNG)
    await turn(kept, "a", ("practice", 1))
    database.freeze()
    working = asyncio.ensure_future(kept.retrieve("a"))
    await asyncio.sleep(0.05)
    working.cancel()
    database.thaw()
    await over(kept)
    await until(lambda: not kept.outside.is_away)
    assert (await kept.retrieve("a")).get_slot("practice") == 1
