"""Whose turn it is, when the messages of one person reach several processes."""

import asyncio
import contextlib
import logging
import uuid
from collections.abc import AsyncGenerator
from typing import Any
from weakref import WeakValueDictionary

from rasa.core.lock import TicketLock
from rasa.core.lock_store import LockStore

from addons.stores.outside import Away
from addons.stores.shared import SharedMemory, shared_memory
from conch.settings import NO_REDIS, SettingsError

logger = logging.getLogger(__name__)

LEASE = 3.0  # seconds for which a process that was killed still holds its place; renewed three times as often
GLANCE = 0.02  # seconds between looks at the head of the queue
FIRST, WAITING, LOST = 1, 0, -1

# KEYS: queue, leases. ARGV: a ticket, its lease in milliseconds.
CLOCK = """
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local function keep()
    redis.call('HSET', KEYS[2], ARGV[1], now + ARGV[2])
    redis.call('PEXPIRE', KEYS[1], ARGV[2] * 10)
    redis.call('PEXPIRE', KEYS[2], ARGV[2] * 10)
end
"""
JOIN = f"{CLOCK} redis.call('RPUSH', KEYS[1], ARGV[1]) keep()"
# Renews a ticket and tells whether it is the first; tickets whose lease is over are passed over.
LOOK = f"""{CLOCK}
if redis.call('HEXISTS', KEYS[2], ARGV[1]) == 0 then return {LOST} end
keep()
local first = redis.call('LINDEX', KEYS[1], 0)
while first and first ~= ARGV[1] and tonumber(redis.call('HGET', KEYS[2], first) or 0) < now do
    redis.call('LPOP', KEYS[1])
    redis.call('HDEL', KEYS[2], first)
    first = redis.call('LINDEX', KEYS[1], 0)
end
return first == ARGV[1] and {FIRST} or first and {WAITING} or {LOST}
"""
LEAVE = "redis.call('LREM', KEYS[1], 0, ARGV[1]) redis.call('HDEL', KEYS[2], ARGV[1])"


class SharedLockStore(LockStore):
    """One turn of a conversation at a time, in the order of arrival, over all processes.

    A ticket waits in a queue in Redis; each step is one script, so none can come between. A
    place is a lease that its process renews, so a process that dies holds nobody up for long.
    Within a process the order is that of arrival too, also while Redis is away. Where two
    processes do go on at once, the tracker store puts their turns together.
    """

    def __init__(self, endpoint_config: Any = None, memory: SharedMemory | None = None) -> None:
        super().__init__()
        memory = memory or shared_memory()
        if memory is None:
            raise SettingsError(NO_REDIS)
        self.memory = memory
        self.scripts = {text: memory.script(text) for text in (JOIN, LOOK, LEAVE)}
        self.doors: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self.rooms: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    @contextlib.asynccontextmanager
    async def lock(
        self, conversation_id: str, lock_lifetime: float = LEASE, wait_time_in_seconds: float = GLANCE
    ) -> AsyncGenerator[TicketLock, None]:
        """Waits for a conversation's turn and holds it; the caller bounds how long it waits."""
        place = Place(self, conversation_id, lock_lifetime)
        door = self.doors.setdefault(conversation_id, asyncio.Lock())
        room = self.rooms.setdefault(conversation_id, asyncio.Lock())
        renewing = None
        try:
            async with door:  # so that tickets are drawn in the order in which messages came
                await place.join()
            renewing = asyncio.ensure_future(place.renew())
            async with room:
                await place.come_first(wait_time_in_seconds)
                yield TicketLock(conversation_id)
        finally:
            if renewing is not None:
                renewing.cancel()
            await place.leave()


class Place:
    """One message's place in the queue of its conversation."""

    def __init__(self, locks: SharedLockStore, conversation_id: str, lease: float) -> None:
        self.locks, self.lease = locks, lease
        key = locks.memory.key("turn", conversation_id)
        self.keys = [key, f"{key}:leases"]
        self.arguments = [uuid.uuid4().hex, int(lease * 1000)]
        self.is_asked_for = self.is_joined = False

    async def run(self, script: str) -> int:
        """Runs one of the scripts on the queue."""
        return await self.locks.memory.ask(self.locks.scripts[script], keys=self.keys, args=self.arguments)

    async def join(self) -> None:
        """Draws a ticket, unless Redis is away."""
        self.is_asked_for = True
        with contextlib.suppress(Away):
            await self.run(JOIN)
            self.is_joined = True

    async def come_first(self, glance: float) -> None:
        """Waits until the ticket is the first; without one, or without Redis, nobody else can be asked."""
        with contextlib.suppress(Away):
            while self.is_joined and await self.run(LOOK) == WAITING:
                await asyncio.sleep(glance)

    async def renew(self) -> None:
        """Keeps the place while others, or the turn itself, take long."""
        while self.is_joined:
            await asyncio.sleep(self.lease / 3)
            with contextlib.suppress(Away):
                if await self.run(LOOK) == LOST:
                    logger.warning("a turn lost its place in Redis; another process may go on meanwhile")
                    return

    async def leave(self) -> None:
        """Lets the next one go on; a place that Redis cannot be told of ends with its lease."""
        if self.is_asked_for:
            with contextlib.suppress(Away):
                await self.run(LEAVE)
