"""Stores and words that fail for the senders whose names say so, or that count; for a test's endpoints.yml."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

from rasa.core.lock import TicketLock
from rasa.core.lock_store import LOCK_LIFETIME, InMemoryLockStore
from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker

from addons.nlg.words import TranslatedWords
from addons.stores import ForgettingTrackerStore

FAULTS = {"gone": ConnectionError, "ended": SystemExit, "full": MemoryError, "deep": RecursionError}


async def fail(where: str, sender: str) -> None:
    """Raises or hangs if the sender asks for it here: `retrieve.gone`, `words.hung` ..."""
    if f"{where}.hung" in sender:
        await asyncio.sleep(60)
    for name, error in FAULTS.items():
        if f"{where}.{name}" in sender:
            raise error(f"{where} fails for a test")


class FailingTrackerStore(ForgettingTrackerStore):
    """Fails in `retrieve` or in `save`."""

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        await fail("retrieve", sender_id)
        return await super().retrieve(sender_id)

    async def save(self, tracker: DialogueStateTracker) -> None:
        await fail("save", tracker.sender_id)
        await super().save(tracker)


class CountingTrackerStore(ForgettingTrackerStore):
    """Writes down how many events it reads of a conversation."""

    def __init__(self, domain: Domain, report: str, **settings: Any) -> None:
        super().__init__(domain, **settings)
        self.report = Path(report)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        tracker = await super().retrieve(sender_id)
        with self.report.open("a") as report:
            report.write(f"{len(tracker.events) if tracker else 0}\n")
        return tracker


class FailingLockStore(InMemoryLockStore):
    """Fails in `lock`."""

    def __init__(self, endpoint_config: Any) -> None:
        super().__init__()

    @contextlib.asynccontextmanager
    async def lock(
        self, conversation_id: str, lock_lifetime: float = LOCK_LIFETIME, wait_time_in_seconds: float = 1
    ) -> AsyncGenerator[TicketLock, None]:
        await fail("lock", conversation_id)
        async with super().lock(conversation_id, lock_lifetime, wait_time_in_seconds) as lock:
            yield lock


class FailingWords(TranslatedWords):
    """Fails in `generate`."""

    async def generate(
        self, utter_action: str, tracker: DialogueStateTracker, output_channel: str, **settings: Any
    ) -> dict[str, Any] | None:
        await fail("words", tracker.sender_id)
        return await super().generate(utter_action, tracker, output_channel, **settings)


class UnreachableTrackerStore(InMemoryTrackerStore):
    """Cannot even be made, as when a database is down."""

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        raise ConnectionError("no database for a test")
