"""The store of several processes: conversations in PostgreSQL, without a word of what was written."""

import asyncio
import logging
from collections import OrderedDict
from typing import Any

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker

from addons.stores.copies import Copies, Copy
from addons.stores.outside import Away, Outside
from addons.stores.rows import AT_ONCE, LIMIT, Rows
from addons.stores.state import NOTHING, merge_states, read_state, write_state
from conch.settings import StoreSettings

logger = logging.getLogger(__name__)
MOST_TRIES = 3  # of a save that other processes come before


class DatabaseTrackerStore(TrackerStore):
    """One row a conversation, under a keyed hash of its sender; never raises for a database that is away.

    Settings in the file of ENDPOINTS: `lifetime_minutes` after the last message, `seconds` that the
    database has for an answer, `connections` at most, `most_copies` held in memory to go on from
    while the database is away. The database and the key are DATABASE_URL and STORE_KEY in the
    environment. docs/decisions/011 gives the reasons.
    """

    def __init__(
        self,
        domain: Domain | None = None,
        host: str | None = None,
        event_broker: EventBroker | None = None,
        lifetime_minutes: float = 60,
        seconds: float = LIMIT,
        connections: int = 8,
        most_copies: int = 10_000,
        **settings: Any,
    ) -> None:
        super().__init__(domain, event_broker, **settings)
        self.settings = StoreSettings.from_environment().with_database()
        self.lifetime = float(lifetime_minutes) * 60
        self.rows = Rows(self.settings.database_url, int(connections), float(seconds))
        self.outside = Outside("PostgreSQL", float(seconds), int(connections), self._on_return)
        self.copies = Copies(int(most_copies), self.lifetime)
        self.left: OrderedDict[str, None] = OrderedDict()  # to be deleted when the database is back
        self.catching_up: asyncio.Task[None] | None = None  # held, so that it is not collected while it runs
        if event_broker is not None:
            logger.error("event_broker is not used: it would carry what people write")

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """Reads a conversation; a row that cannot be read counts as a new one."""
        key = self.settings.keyed(sender_id)
        copy = self.copies.get(key)
        try:
            row = None if key in self.left else await self.outside.ask(self.rows.read, key)
        except Away:
            pass
        else:
            copy = newest(copy, row, self.lifetime)
            self.copies.drop(key)
            if copy is not None:
                self.copies.put(key, copy)
        if copy is None or copy.state == NOTHING:
            return None
        try:
            return read_state(copy.state, sender_id, self.domain)
        except Exception as error:
            logger.error("a conversation could not be read and begins anew: %s", type(error).__name__)
            return None

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Keeps a conversation, in memory until the database has it."""
        if not tracker.events:
            return  # Rasa saves a new conversation before anything happened
        key = self.settings.keyed(tracker.sender_id)
        before = self.copies.get(key) or Copy(NOTHING, 0, NOTHING, 0)
        copy = Copy(write_state(tracker), before.version + 1, before.base, before.saved)
        self.copies.put(key, copy)
        await self._save(key, copy)

    async def _save(self, key: str, copy: Copy) -> bool:
        """Writes a copy, on top of what others wrote meanwhile; whether the database could be asked."""
        try:
            await self._delete_left(key)
            for _ in range(MOST_TRIES):
                state, version = copy.state, copy.version
                if await self.outside.ask(self.rows.write, key, state, version, copy.saved):
                    copy.base, copy.saved = state, version
                    return True
                row = await self.outside.ask(self.rows.read, key)
                if row is None:
                    break
                logger.warning("a conversation went on in two processes at once: put together")
                follow(copy, row)
        except Away:
            return False
        if self.copies.by_key.get(key) is copy:
            logger.warning("a turn was not kept: its conversation was ended meanwhile")
            self.copies.drop(key)
        return True

    async def delete(self, sender_id: str) -> None:
        """Forgets a conversation at once, or as soon as the database is back."""
        key = self.settings.keyed(sender_id)
        self.copies.drop(key)
        try:
            await self.outside.ask(self.rows.delete, key)
        except Away:
            self.left[key] = None
            if len(self.left) > self.copies.most:
                self.left.popitem(last=False)

    async def maintain(self) -> None:
        """Brings the database up to date, deletes what is old, and forgets copies of what is gone."""
        self.copies.forget_old()
        await self._catch_up()
        try:
            while await self.outside.ask(self.rows.delete_old, self.lifetime) == AT_ONCE:
                continue
            saved = [key for key, copy in self.copies.by_key.items() if copy.is_saved]
            for start in range(0, len(saved), AT_ONCE):
                asked = saved[start : start + AT_ONCE]
                there = await self.outside.ask(self.rows.find, asked)
                for key in asked:
                    copy = self.copies.by_key.get(key)
                    if key not in there and copy is not None and copy.is_saved:
                        self.copies.drop(key)
        except Away:
            return  # in a minute again

    def _on_return(self) -> None:
        self.catching_up = asyncio.ensure_future(self._catch_up())

    async def _catch_up(self) -> None:
        """Does what an outage left undone: deletes first, then writes."""
        try:
            for key in list(self.left):
                await self._delete_left(key)
        except Away:
            return
        for key, copy in self.copies.unsaved():
            is_due = self.copies.by_key.get(key) is copy and not copy.is_saved
            if is_due and not await self._save(key, copy):
                return

    async def _delete_left(self, key: str) -> None:
        if key in self.left:
            await self.outside.ask(self.rows.delete, key)
            self.left.pop(key, None)


def newest(copy: Copy | None, row: tuple[str, int, float] | None, lifetime: float) -> Copy | None:
    """What a conversation goes on from: the row, with what the database has not got yet."""
    if row is None:
        return copy if copy is not None and copy.saved == 0 else None
    state, version, age = row
    if copy is None or copy.is_saved:
        state = state if age < lifetime else NOTHING
        return Copy(state, version, state, version)
    if copy.saved != version:
        follow(copy, row)
    return copy


def follow(copy: Copy, row: tuple[str, int, float]) -> None:
    """Puts an unsaved copy on top of a row that another process wrote."""
    state, version, _ = row
    try:
        copy.state = merge_states(copy.base, copy.state, state)
    except Exception as error:  # the row is corrupt: ours replaces it
        logger.error("a conversation could not be read and is replaced: %s", type(error).__name__)
    copy.base, copy.saved, copy.version = state, version, version + 1
