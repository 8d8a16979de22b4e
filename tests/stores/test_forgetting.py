"""Deleting conversations by hand, and refusing a store that could not."""

from pathlib import Path
from typing import Any

import pytest
from rasa.core.tracker_store import SQLTrackerStore
from rasa.core.utils import AvailableEndpoints

from addons.stores import DatabaseTrackerStore, check_stores, forget
from addons.stores.rows import TABLE, Rows
from conch.settings import ROOT, SettingsError, StoreSettings
from scripts import forget as command
from scripts.local_stores import Postgres
from tests.stores.conftest import DOMAIN, KEY, store, turn

BOTH = StoreSettings("postgresql://a@h/d", "redis://h", KEY)


async def keep(database: Postgres, **minutes: int) -> DatabaseTrackerStore:
    """Conversations that were last used so long ago."""
    kept = store()
    for sender, age in minutes.items():
        await turn(kept, f"chat-{sender}")
        statement = f"UPDATE {TABLE} SET used = now() - :minutes * interval '1 minute' WHERE id = :id"
        Rows(database.url, 1, limit=20).run(statement, id=kept.settings.keyed(f"chat-{sender}"), minutes=age)
    return kept


async def left(kept: DatabaseTrackerStore) -> int:
    """How many rows there are."""
    return len(kept.rows.run(f"SELECT id FROM {TABLE}"))


@pytest.mark.parametrize(
    ("arguments", "deleted"),
    [([], 2), (["--older-than", "100"], 1), (["--sender", "a"], 1), (["--sender", "chat-a"], 1), (["--all"], 3)],
)
async def test_the_command_deletes_what_it_is_told_and_says_how_much(
    database: Postgres, capsys: pytest.CaptureFixture, arguments: list[str], deleted: int
) -> None:
    kept = await keep(database, a=0, b=70, c=200)
    command.main(arguments)
    assert f"{deleted} conversation" in capsys.readouterr().out
    assert await left(kept) == 3 - deleted


def test_the_command_says_what_is_missing(monkeypatch: pytest.MonkeyPatch, database: Postgres) -> None:
    monkeypatch.setenv("DATABASE_URL", database.url.replace(database.password, "wrong-secret"))
    with pytest.raises(SystemExit, match=r"cannot be asked \(OperationalError\)") as caught:
        command.main([])
    assert "wrong-secret" not in str(caught.value)
    monkeypatch.setenv("DATABASE_URL", "")
    with pytest.raises(SystemExit, match="DATABASE_URL: not set"):
        command.main([])
    with pytest.raises(SystemExit):
        command.main(["--older-than", "-1"])


def endpoints(tmp_path: Path, text: str) -> AvailableEndpoints:
    """The file of ENDPOINTS with this text."""
    path = tmp_path / "endpoints.yml"
    path.write_text(text)
    return AvailableEndpoints.read_endpoints(str(path))


@pytest.mark.parametrize(
    "name", ["sql", "redis", "addons.stores.NoSuchStore", "no.such.module", f"{__name__}.Talkative"]
)
def test_a_store_that_keeps_words_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(SettingsError, match=r"ENDPOINTS: tracker_store: .*addons\.stores\.DatabaseTrackerStore"):
        check_stores(endpoints(tmp_path, f"tracker_store: {{type: {name}}}"), BOTH)


class Talkative(SQLTrackerStore):
    """A store that somebody may bring along."""


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("tracker_store: {type: addons.stores.DatabaseTrackerStore}", "DATABASE_URL"),
        ("lock_store: {type: addons.stores.SharedLockStore}", "REDIS_URL"),
    ],
)
def test_a_store_without_its_server_is_refused(tmp_path: Path, text: str, missing: str) -> None:
    with pytest.raises(SettingsError, match=f"^{missing}: not set"):
        check_stores(endpoints(tmp_path, text), StoreSettings(key=KEY))
    check_stores(endpoints(tmp_path, text), BOTH)


@pytest.mark.parametrize("name", ["endpoints.yml", "deploy/endpoints.shared.yml"])
def test_the_projects_own_stores_are_accepted(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("ACTIONS_PORT", "5055")
    check_stores(AvailableEndpoints.read_endpoints(str(ROOT / name)), BOTH)


async def test_a_store_of_somebody_elses_is_named() -> None:
    class Other(Talkative):
        def __init__(self) -> None:
            self._domain: Any = DOMAIN

    with pytest.raises(NotImplementedError, match="Other cannot delete"):
        await forget(Other(), "a")
