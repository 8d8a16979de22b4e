"""The guarantee: whatever happens in a turn, its last message names 911 and the hotlines.

Rules, actions, stores, language generation and models all live inside the code that can fail,
so none of them can promise it. Every channel must call `on_new_message`; wrapping that one
function, with a deadline and with a directory read beforehand, is the place where replies
leave the process (docs/architecture.md).
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any
from weakref import WeakValueDictionary

from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from rasa.core.lock_store import LockStore
from rasa.shared.core.domain import Domain
from sanic import Blueprint

from addons.channels.incoming import Payloads, clean_message
from conch.directory import Directory
from conch.languages import guess_language
from conch.minors import speaks_of_minor

logger = logging.getLogger(__name__)

DEADLINE = 8.0  # seconds; a person in danger should not wait longer for the numbers
CLOSING = 5.0  # seconds that a channel has to send the block
MOST_MESSAGES = 8  # a reply is short; an action that loops is cut
READABLE = ("text", "image", "attachment", "custom")  # a message with none of these says nothing
Handler = Callable[[UserMessage], Awaitable[Any]]


async def contain(what: str, work: Callable[[], Awaitable[Any]], seconds: float) -> bool:
    """Runs work in a task of its own and tells whether it succeeded in time.

    Whatever it raises stays inside, and work that ignores being cancelled is left behind;
    asyncio.wait_for would pass on the one and wait for the other.
    """

    async def contained() -> bool:
        try:
            await work()
        # A SystemExit that leaves a task stops the event loop and silences everybody.
        except BaseException as error:
            logger.error("%s failed: %s", what, type(error).__name__)
            return False
        return True

    task = asyncio.ensure_future(contained())
    try:
        await asyncio.wait({task}, timeout=seconds)
        if not task.done():
            logger.error("%s exceeded %s seconds", what, seconds)
        return task.done() and task.result()
    finally:
        task.cancel()


class Overheard(OutputChannel):
    """Passes a turn's messages on and remembers what was said last.

    Once closed it passes nothing on, so that a turn that outlives its deadline cannot speak
    after the referrals.
    """

    def __init__(self, channel: OutputChannel) -> None:
        self.channel = channel
        self.said: list[str] = []
        self.is_closed = False

    def name(self) -> str:
        """The name of the channel behind, which responses and slots may depend on."""
        return self.channel.name()

    def __getattr__(self, attribute: str) -> Any:
        return getattr(self.channel, attribute)

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Sends a message on if the turn is still open and it says something new."""
        text = message.get("text")
        if not text or not isinstance(text, str):
            text, message = "", {key: value for key, value in message.items() if key not in ("text", "buttons")}
        if self.is_closed or len(self.said) >= MOST_MESSAGES or not any(message.get(key) for key in READABLE):
            return
        # Rasa repeats its fallback up to its circuit breaker when an action answers 400.
        if text and self.said and text == self.said[-1]:
            return
        await self.channel.send_response(recipient_id, message)
        self.said.append(text)


class Guarantee:
    """Wraps a channel's handler so that every turn ends with the referrals."""

    def __init__(self, handler: Handler, directory: Directory) -> None:
        self.handler = handler
        self.directory = directory
        self.payloads: Payloads | None = None
        self.turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def __call__(self, message: UserMessage) -> None:
        """Handles one message within the deadline and closes the turn."""
        channel = message.output_channel
        overheard = Overheard(channel)
        raw = message.text if isinstance(message.text, str) else ""
        try:
            clean_message(message, self.payloads)
            message.output_channel = overheard
            await contain("turn", lambda: self._turn(message), DEADLINE)
        except Exception as error:
            logger.error("turn failed before it began: %s", type(error).__name__)
        finally:
            overheard.is_closed = True
            await self._close(channel, str(message.sender_id), overheard.said, raw)

    def turn_of(self, sender: str) -> AbstractAsyncContextManager:
        """Waits until no turn of a sender runs, and holds up the next."""
        if GuardedInput.locks is not None:
            return GuardedInput.locks.lock(sender)
        return self.turns.setdefault(sender, asyncio.Lock())

    async def _turn(self, message: UserMessage) -> None:
        if GuardedInput.locks is not None:
            await self.handler(message)  # Rasa takes the lock; a second one here would change the order
            return
        # One at a time for each sender; Rasa's own lock would poll once a second.
        async with self.turn_of(message.sender_id):
            await self.handler(message)

    async def _close(self, channel: OutputChannel, sender: str, said: list[str], raw: str) -> None:
        try:
            self.directory.refresh()
        except Exception as error:
            logger.error("directory not refreshed: %s", type(error).__name__)
        referrals = self.directory.referrals
        language, for_minor = describe(raw)
        if said and referrals.are_in(said[-1], for_minor):
            return
        if not any(said):
            await self._say(channel, sender, {"text": referrals.failed(language)})
        lines = [line.dict() for line in referrals.lines(language, for_minor)]
        block = {"text": referrals.text(language, for_minor), "referrals": lines}
        for message in (block, {"text": referrals.text()}):
            if await self._say(channel, sender, message):
                return
        logger.critical("referrals not delivered")

    async def _say(self, channel: OutputChannel, sender: str, message: dict[str, Any]) -> bool:
        return await contain("sending", lambda: channel.send_response(sender, message), CLOSING)


def describe(text: str) -> tuple[str, bool]:
    """The language of a message and whether it speaks of somebody under 18, for the block."""
    try:
        return guess_language(text), speaks_of_minor(text)
    except Exception as error:
        logger.error("message not described: %s", type(error).__name__)
        return "en", False


class GuardedInput(InputChannel):
    """The base of every channel: its routes receive the guaranteed handler and no other.

    A channel implements `routes` in place of Rasa's `blueprint`. The server refuses to start
    with a channel that is not built on this class (addons/server.py).
    """

    directory: Directory | None = None  # shared by all channels, read before the first starts
    guarantees: list[Guarantee] = []  # told about the domain once a model is loaded
    locks: LockStore | None = None  # keeps turns in order over several processes; None: each channel does, here

    def __init_subclass__(cls, **settings: Any) -> None:
        """Refuses a channel that would hand out the bare handler."""
        super().__init_subclass__(**settings)
        if "blueprint" in cls.__dict__:
            raise TypeError(f"{cls.__name__} must define routes(), not blueprint()")

    def blueprint(self, on_new_message: Handler) -> Blueprint:
        """Gives the channel's routes the guaranteed handler."""
        if GuardedInput.directory is None:
            GuardedInput.directory = Directory()
        guarantee = Guarantee(on_new_message, GuardedInput.directory)
        GuardedInput.guarantees.append(guarantee)
        return self.routes(guarantee)

    def routes(self, handle: Handler) -> Blueprint:
        """Defines the channel's routes; `handle` takes a UserMessage and always answers."""
        raise NotImplementedError

    @staticmethod
    def offer_payloads(domain: Domain) -> None:
        """Lets every channel accept the taps of this domain."""
        for guarantee in GuardedInput.guarantees:
            guarantee.payloads = Payloads(domain)
