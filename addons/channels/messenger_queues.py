"""One queue a person: in order for each, side by side for all."""

import asyncio
import heapq
import logging
from collections.abc import Awaitable, Callable

from addons.channels.messenger_events import Event

logger = logging.getLogger(__name__)

MOST_WAITING = 20  # messages of one person
MOST_PEOPLE = 5_000  # with something waiting
Work = Callable[[str, Event], Awaitable[None]]


class Queues:
    """Runs `work` for each event: one at a time for a person, the earliest first."""

    def __init__(self, work: Work, most_waiting: int = MOST_WAITING, most_people: int = MOST_PEOPLE) -> None:
        self.work, self.most_waiting, self.most_people = work, most_waiting, most_people
        self.waiting: dict[str, list[Event]] = {}
        self.tasks: set[asyncio.Task] = set()

    def put(self, person: str, event: Event, is_last: bool = False) -> bool:
        """Adds an event and tells whether there was room; there is always room for the last one."""
        waiting = self.waiting.get(person)
        if waiting is None:
            if len(self.waiting) >= self.most_people:
                logger.error("too many people at once: a message was dropped")
                return False
            self.waiting[person] = [event]
            task = asyncio.ensure_future(self._serve(person))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)
            return True
        if len(waiting) >= self.most_waiting and not is_last:
            return False
        heapq.heappush(waiting, event)
        return True

    def has_waiting(self, person: str) -> bool:
        """Whether another event of this person waits."""
        return bool(self.waiting.get(person))

    async def _serve(self, person: str) -> None:
        waiting = self.waiting[person]
        try:
            while waiting:
                try:
                    await self.work(person, heapq.heappop(waiting))
                except Exception as error:
                    logger.error("a message was not answered: %s", type(error).__name__)
        finally:
            del self.waiting[person]

    async def finish(self, seconds: float) -> None:
        """Gives what is under way some seconds, then ends it."""
        if self.tasks:
            await asyncio.wait(self.tasks, timeout=seconds)
        for task in list(self.tasks):
            task.cancel()
