"""A real PostgreSQL and a real Redis, started once; a test that freezes or kills one leaves it running."""

import asyncio
import logging
from collections.abc import Callable, Iterator

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, Event, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from addons.stores import DatabaseTrackerStore, outside
from addons.stores.rows import Rows
from addons.stores.shared import SharedMemory
from conch.settings import StoreSettings
from scripts.local_stores import Postgres, Redis

PATIENCE = 30.0  # seconds that a healthy server has, so that a busy machine does not look like a fault
HUNG = 1.0  # seconds that a frozen one has
KEY = "a key of the tests, longer than 32 characters"
DOMAIN = Domain.from_dict(
    {
        "intents": ["greet"],
        "entities": ["island", "name", "indicator"],
        "actions": ["action_practice"],
        "slots": {
            "island": {
                "type": "categorical",
                "values": ["st_croix", "st_john"],
                "mappings": [{"type": "from_entity", "entity": "island"}],
            },
            "indicators": {
                "type": "addons.slots.SignsSlot",
                "mappings": [{"type": "from_entity", "entity": "indicator"}],
            },
            "said": {"type": "text", "mappings": [{"type": "from_text"}]},
            "name": {"type": "text", "mappings": [{"type": "from_entity", "entity": "name"}]},
            "practice": {"type": "any", "mappings": [{"type": "custom"}]},
        },
    }
)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A database for all tests."""
    with Postgres() as server:
        yield server


@pytest.fixture(scope="session")
def redis_server() -> Iterator[Redis]:
    """A Redis for all tests."""
    with Redis() as server:
        yield server


@pytest.fixture(autouse=True)
def short_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that failed is asked again soon, so that no test waits for it."""
    monkeypatch.setattr(outside, "PAUSE", 0.2)


@pytest.fixture
def database(postgres: Postgres, monkeypatch: pytest.MonkeyPatch) -> Iterator[Postgres]:
    """The database, empty, named in the environment, and running again afterwards."""
    monkeypatch.setenv("DATABASE_URL", postgres.url)
    monkeypatch.setenv("STORE_KEY", KEY)
    Rows(postgres.url, 1, limit=20).run("TRUNCATE conch_conversations")
    yield postgres
    revive(postgres)


@pytest.fixture
def redis(redis_server: Redis) -> Iterator[Redis]:
    """The Redis, empty, and running again afterwards."""
    memory_of(redis_server).client.flushall()
    yield redis_server
    revive(redis_server)


def revive(server: Postgres | Redis) -> None:
    """Lets a server run on, or starts it again."""
    server.thaw()
    if server.process is None or server.process.poll() is not None:
        server.start()


def memory_of(server: Redis, limit: float = PATIENCE) -> SharedMemory:
    """What one process has of Redis."""
    return SharedMemory(StoreSettings(redis_url=server.url, key=KEY), limit)


def store(seconds: float = PATIENCE, **settings: float) -> DatabaseTrackerStore:
    """The store of one process, as ENDPOINTS makes it."""
    return DatabaseTrackerStore(DOMAIN, seconds=seconds, **settings)


def conversation(sender: str, *slots: tuple[str, object], text: str = "hello") -> DialogueStateTracker:
    """A conversation after one turn."""
    events: list[Event] = [ActionExecuted("action_session_start"), SessionStarted(), ActionExecuted("action_listen")]
    events += [UserUttered(text, {"name": "greet"}), *(SlotSet(name, value) for name, value in slots)]
    events += [ActionExecuted("utter_greet"), ActionExecuted("action_listen")]
    return DialogueStateTracker.from_events(sender, events, DOMAIN.slots, domain=DOMAIN)


async def turn(kept: DatabaseTrackerStore, sender: str, *slots: tuple[str, object]) -> DialogueStateTracker:
    """A turn as Rasa makes it: read, go on, save."""
    tracker = await kept.get_or_create_tracker(sender, append_action_listen=False)
    for name, value in slots:
        tracker.update(SlotSet(name, value), DOMAIN)
    tracker.update(ActionExecuted("action_listen"), DOMAIN)
    await kept.save(tracker)
    return tracker


async def until(is_so: Callable[[], bool]) -> None:
    """Waits for what happens in the background."""
    for _ in range(2000):
        if is_so():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not come about")


class Ticks:
    """Counts how often the event loop comes round while something else is under way."""

    def __init__(self) -> None:
        self.number = 0

    async def __aenter__(self) -> "Ticks":
        self.task = asyncio.ensure_future(self._count())
        return self

    async def __aexit__(self, *error: object) -> None:
        self.task.cancel()

    async def _count(self) -> None:
        while True:
            await asyncio.sleep(0.005)
            self.number += 1


def said(log: pytest.LogCaptureFixture) -> str:
    """What was logged at a level that people see."""
    return "\n".join(record.getMessage() for record in log.records if record.levelno >= logging.WARNING)
