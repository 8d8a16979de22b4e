"""A server outside this process, which may be slow or gone: asked off the event loop, within limits."""

import asyncio
import logging
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar

logger = logging.getLogger(__name__)

PAUSE = 5.0  # seconds in which a server that failed is not asked again, so that nobody waits for it twice
Result = TypeVar("Result")


class Away(Exception):
    """The server did not answer, or is not asked for the moment; the cause is named by its type only."""


class Outside:
    """Runs blocking calls in a bounded pool of threads and stops asking for a while after a failure.

    Each call must keep `limit` seconds itself, by its socket: a timer of the event loop would
    also fire when the loop is merely busy. After a failure every caller gets Away at once; when
    the pause is over one call tries again, and if it succeeds all may.
    """

    def __init__(self, name: str, limit: float, threads: int, on_return: Callable[[], None] = lambda: None) -> None:
        self.name, self.limit, self.pause, self.on_return = name, limit, PAUSE, on_return
        self.threads = ThreadPoolExecutor(threads, thread_name_prefix=f"conch-{name}")
        self.is_away = False
        self.ask_again = 0.0

    async def ask(self, work: Callable[..., Result], *arguments: Any, **settings: Any) -> Result:
        """Returns what a call returns; raises Away if it fails, takes too long, or is not tried."""
        is_trial = self.is_away
        if is_trial:
            if time.monotonic() < self.ask_again:
                raise Away(f"{self.name} is not asked for the moment")
            self.ask_again = time.monotonic() + self.pause
        call = partial(work, *arguments, **settings)
        future = asyncio.get_running_loop().run_in_executor(self.threads, self._unless_away, call, is_trial)
        future.add_done_callback(consume)
        await asyncio.wait({future}, timeout=self.limit * 2)
        if not future.done():
            future.cancel()
            raise self._failed("no answer")
        error = future.exception()
        if isinstance(error, Away):
            raise error
        if error is not None:
            raise self._failed(type(error).__name__) from None
        self._answered()
        return future.result()

    def _unless_away(self, call: Callable[[], Result], is_trial: bool) -> Result:
        # What waited in the queue while the server went away must not wait for it as well.
        if self.is_away and not is_trial:
            raise Away(f"{self.name} went away")
        return call()

    def _failed(self, why: str) -> Away:
        if not self.is_away:
            logger.error("%s is away (%s): going on without it, asked again every %g s", self.name, why, self.pause)
        self.is_away, self.ask_again = True, time.monotonic() + self.pause
        return Away(f"{self.name}: {why}")

    def _answered(self) -> None:
        if self.is_away:
            self.is_away = False
            logger.warning("%s is back", self.name)
            self.on_return()


def consume(future: "Future[Any] | asyncio.Future[Any]") -> None:
    """Takes notice of the outcome of a call that nobody waits for any more."""
    if not future.cancelled():
        future.exception()
