"""Conversations in a real PostgreSQL, in fair weather."""

import asyncio

import pytest
from rasa.shared.core.events import SlotSet

from addons.stores import DatabaseTrackerStore, forget, rows
from addons.stores.rows import Rows
from conch.settings import SettingsError, StoreSettings
from scripts.local_stores import Postgres
from tests.stores.conftest import DOMAIN, KEY, conversation, said, store, turn, until

CANARY = "xqcanary93"


def all_rows(database: Postgres) -> list[tuple]:
    """Everything in the table."""
    return [tuple(row) for row in Rows(database.url, 1, limit=20).run(f"SELECT id, state, version FROM {rows.TABLE}")]


def execute(database: Postgres, statement: str, **values: object) -> None:
    """Runs a statement of the test's."""
    Rows(database.url, 1, limit=20).run(statement, **values)


async def test_another_process_goes_on_with_a_conversation(database: Postgres) -> None:
    await turn(store(), "a", ("island", "st_john"), ("practice", {"case": 3}))
    found = await store().retrieve("a")
    assert found.get_slot("island") == "st_john"
    assert found.get_slot("practice") == {"case": 3}
    assert await store().retrieve("b") is None


async def test_nothing_happened_nothing_is_kept(database: Postgres) -> None:
    await store().create_tracker("a", append_action_listen=False)
    assert all_rows(database) == []


async def test_two_hundred_turns_are_one_row_of_one_size(database: Postgres) -> None:
    kept, sizes = store(), {}
    for number in range(1, 201):
        tracker = await turn(kept, "a", ("practice", {"turn": 1000 + number}))
        assert len(tracker.events) < 10
        if number in (5, 200):
            ((_, state, version),) = all_rows(database)
            sizes[version] = len(state)
    assert sizes == {5: sizes[5], 200: sizes[5]}


@pytest.mark.parametrize("bad", ["q\x00z", "\ud800", "😀" * 500, "", "' OR 1=1; --", "%s %(a)s :id"])
async def test_a_value_that_databases_refuse_is_kept(database: Postgres, bad: str) -> None:
    await turn(store(), bad, ("practice", bad))
    assert (await store().retrieve(bad)).get_slot("practice") == bad
    await forget(store(), bad)
    assert all_rows(database) == []


@pytest.mark.parametrize(
    "state",
    [
        "",
        "words of a person",
        "null",
        "[]",
        '{"slots": 3}',
        '{"events": [{"event": "unknown"}]}',
        '{"slots":{},"session":{}}',
    ],
)
async def test_a_corrupt_row_begins_anew_and_is_mended(
    database: Postgres, state: str, caplog: pytest.LogCaptureFixture
) -> None:
    await turn(store(), "a", ("island", "st_john"))
    execute(database, f"UPDATE {rows.TABLE} SET state = :state", state=state)
    kept = store()
    assert await kept.retrieve("a") is None
    assert "begins anew" in said(caplog)
    assert "words" not in said(caplog)
    await turn(kept, "a", ("island", "st_croix"))
    assert (await store().retrieve("a")).get_slot("island") == "st_croix"


async def test_no_sender_and_no_word_is_in_the_files_of_the_database(database: Postgres) -> None:
    kept, sender = store(), f"chat-{CANARY}"
    tracker = conversation(sender, ("said", CANARY), ("name", CANARY), ("island", "st_john"), text=f"my {CANARY}")
    await kept.save(tracker)
    await kept.retrieve(sender)
    execute(database, "CHECKPOINT")
    ((name, _, _),) = all_rows(database)
    files = [path for path in database.folder.rglob("*") if path.is_file()]
    holding = [path for path in files if CANARY.encode() in path.read_bytes()]
    assert holding == []
    assert any(name.encode() in path.read_bytes() for path in files), "the search must be able to find something"


async def test_a_person_is_known_by_the_key_only(database: Postgres, monkeypatch: pytest.MonkeyPatch) -> None:
    await turn(store(), "a", ("island", "st_john"))
    monkeypatch.setenv("STORE_KEY", KEY + " another")
    assert await store().retrieve("a") is None


async def test_a_conversation_that_is_left_is_gone_at_once(database: Postgres) -> None:
    kept = store()
    await turn(kept, "a", ("island", "st_john"))
    await turn(kept, "b")
    await forget(kept, "a")
    await forget(kept, "never there")
    assert [row[0] for row in all_rows(database)] == [kept.settings.keyed("b")]
    assert await kept.retrieve("a") is None


async def test_a_turn_that_ends_after_its_conversation_was_left_brings_nothing_back(database: Postgres) -> None:
    here, there = store(), store()
    await turn(here, "a", ("island", "st_john"))
    tracker = await here.retrieve("a")
    await forget(there, "a")
    await here.save(tracker)
    assert all_rows(database) == []
    assert len(here.copies) == 0


async def test_a_turn_of_a_process_that_was_frozen_overwrites_nothing(
    database: Postgres, caplog: pytest.LogCaptureFixture
) -> None:
    frozen, other = store(), store()
    await turn(frozen, "a", ("practice", 1))
    late = await frozen.retrieve("a")
    await turn(other, "a", ("practice", 2))
    late.update(SlotSet("practice", 3), DOMAIN)
    await frozen.save(late)
    assert (await store().retrieve("a")).get_slot("practice") == 2
    assert (await frozen.retrieve("a")).get_slot("practice") == 2
    assert "put together" in said(caplog)


async def test_turns_of_two_processes_at_once_are_both_kept(database: Postgres) -> None:
    here, there = store(), store()
    await turn(here, "a", ("practice", 1))
    trackers = [await here.retrieve("a"), await there.retrieve("a")]
    trackers[0].update(SlotSet("island", "st_john"), DOMAIN)
    trackers[1].update(SlotSet("indicators", ["grooming"]), DOMAIN)
    trackers[1].update(SlotSet("practice", None), DOMAIN)
    await asyncio.gather(here.save(trackers[0]), there.save(trackers[1]))
    for kept in (here, there, store()):
        found = await kept.retrieve("a")
        assert (found.get_slot("island"), found.get_slot("indicators")) == ("st_john", ["grooming"])
        assert found.get_slot("practice") is None
    assert all_rows(database)[0][2] == 3


async def test_two_first_turns_at_once_are_both_kept(database: Postgres) -> None:
    stores = [store() for _ in range(3)]
    slots = [("island", "st_john"), ("indicators", ["grooming"]), ("practice", 1)]
    await asyncio.gather(*(turn(kept, "a", slot) for kept, slot in zip(stores, slots)))
    found = await store().retrieve("a")
    assert [(name, found.get_slot(name)) for name, _ in slots] == slots


async def test_what_is_old_is_not_read_and_is_deleted(database: Postgres) -> None:
    kept = store(lifetime_minutes=60)
    for sender, minutes in (("old", 61), ("young", 59)):
        await turn(kept, sender, ("island", "st_john"))
        statement = f"UPDATE {rows.TABLE} SET used = now() - :minutes * interval '1 minute' WHERE id = :id"
        execute(database, statement, id=kept.settings.keyed(sender), minutes=minutes)
    assert await store().retrieve("old") is None
    assert await store().retrieve("young") is not None
    await kept.maintain()
    assert [row[0] for row in all_rows(database)] == [kept.settings.keyed("young")]


async def test_an_old_row_is_replaced_by_who_writes_again(database: Postgres) -> None:
    await turn(store(), "a", ("island", "st_john"))
    execute(database, f"UPDATE {rows.TABLE} SET used = now() - interval '2 hours'")
    kept = store()
    await turn(kept, "a", ("practice", 1))
    found = await store().retrieve("a")
    assert (found.get_slot("island"), found.get_slot("practice")) == (None, 1)


async def test_more_old_rows_than_one_statement_deletes_all_go(
    database: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows, "AT_ONCE", 3)
    monkeypatch.setattr("addons.stores.database.AT_ONCE", 3)
    kept = store(lifetime_minutes=1)
    for number in range(10):
        await turn(kept, str(number))
    execute(database, f"UPDATE {rows.TABLE} SET used = now() - interval '2 hours'")
    await kept.maintain()
    assert all_rows(database) == []


async def test_no_process_keeps_a_copy_of_what_another_deleted(database: Postgres) -> None:
    here, there = store(), store()
    await turn(here, "a")
    await turn(here, "b")
    await forget(there, "a")
    await here.maintain()
    assert list(here.copies.by_key) == [here.settings.keyed("b")]


async def test_the_copies_are_bounded(database: Postgres) -> None:
    kept = store(most_copies=5)
    for number in range(20):
        await turn(kept, str(number))
    assert len(kept.copies) == 5
    assert len(all_rows(database)) == 20


async def test_the_table_is_made_by_many_at_once_and_again_when_it_was_dropped(database: Postgres) -> None:
    execute(database, f"DROP TABLE {rows.TABLE}")
    stores = [store() for _ in range(6)]
    for _ in range(2):
        await asyncio.gather(*(turn(kept, str(number), ("practice", 1)) for number, kept in enumerate(stores)))
        await asyncio.sleep(0.3)
    await asyncio.gather(*(kept.maintain() for kept in stores))
    assert len(all_rows(database)) == 6
    execute(database, f"DROP TABLE {rows.TABLE}")
    await turn(stores[0], "again")
    await asyncio.sleep(0.3)
    await stores[0].maintain()
    await until(lambda: len(all_rows(database)) >= 1)


async def test_the_store_needs_its_database_and_its_key(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "REDIS_URL", "STORE_KEY"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(SettingsError, match="DATABASE_URL"):
        DatabaseTrackerStore(DOMAIN)
    monkeypatch.setenv("DATABASE_URL", "postgresql://a:b@127.0.0.1/c")
    with pytest.raises(SettingsError, match=r"STORE_KEY.*openssl"):
        DatabaseTrackerStore(DOMAIN)


def test_no_secret_is_printed() -> None:
    shown = repr(StoreSettings("postgresql://a:secret@h/d", "redis://:secret@h", "secret"))
    assert "secret" not in shown
