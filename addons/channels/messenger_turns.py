"""From a delivery to turns: who is new, who is too fast, who is being answered by a person."""

import asyncio
import hashlib
import hmac
import logging
import time
from dataclasses import replace
from functools import partial
from typing import Any

from rasa.core.channels.channel import UserMessage

from addons.channels.guarantee import Guarantee, GuardedInput, Handler, describe
from addons.channels.incoming import LEADING_SLASHES
from addons.channels.limits import SharedLimit
from addons.channels.messenger_events import Event, Kind, key_of, read
from addons.channels.messenger_output import MessengerOutput
from addons.channels.messenger_queues import Queues
from addons.channels.messenger_send import Graph
from addons.channels.messenger_words import MessengerWords
from addons.channels.recent import Claim, SharedRecent
from conch.messenger_settings import MessengerSettings

logger = logging.getLogger(__name__)

BURST, PAUSE = 20, 3.0  # messages of one person at once; then one every so many seconds
MOST_TURNS = 100  # at once, so that a turn's deadline begins when it does
MOST_REMEMBERED = 20_000
DAY = 24 * 3600.0
LONG_SILENCE = 18 * 3600.0  # most of a day: the notice is due again
UNTIL_ANSWERED = 3.0  # seconds that a delivery waits for its answers before it is accepted; Meta gives up after five
CLAIMED = 15.0  # seconds, longer than a turn: then another process may answer what one held when it ended
LATEST = 3600.0  # seconds; an answer hours later would come unasked, perhaps under other eyes
Reply = dict[str, Any]


async def say(reply: Reply, message: UserMessage) -> None:
    """A turn that needs no understanding."""
    await message.output_channel.send_response(message.sender_id, reply)


class Turns:
    """Decides which events become turns and runs them; knows people by hashed ids only."""

    def __init__(self, settings: MessengerSettings, handle: Handler) -> None:
        self.settings, self.handle = settings, handle
        self.graph = Graph(settings)
        self.words = MessengerWords(settings.chat_url)
        self.queues = Queues(self.work)
        self.under_way: dict[str, asyncio.Future[None]] = {}
        self.at_once = asyncio.Semaphore(MOST_TURNS)
        self.taking = asyncio.Lock()  # what came first is put into its queue first, also while Redis is asked
        self.rate = SharedLimit("messenger", burst=BURST, seconds=PAUSE)
        self.told = SharedRecent("told", MOST_REMEMBERED, BURST * PAUSE)  # people who heard that it was too much
        self.seen = SharedRecent("seen", MOST_REMEMBERED, DAY)  # events, as Meta delivers some twice
        self.sent = SharedRecent("sent", MOST_REMEMBERED, DAY)  # our own messages, as Meta echoes them
        self.met = SharedRecent("met", MOST_REMEMBERED, LONG_SILENCE)  # people who heard the notice
        self.silenced = SharedRecent(
            "silenced", MOST_REMEMBERED, settings.human_minutes * 60.0
        )  # people whom a person answers

    async def take(self, delivery: Any) -> bool:
        """Takes all that a delivery holds, and waits some seconds for the answers.

        Only then Meta may forget it: words are nowhere but in this process's memory, and end with it. False asks
        Meta to deliver it again: another process holds some of it, or held it when it ended.
        """
        waited, is_whole = [], True
        async with self.taking:
            for event in read(delivery, self.settings.app_id):
                claim = await self.seen.claim_anywhere(event.key, CLAIMED)
                is_whole = is_whole and claim is not Claim.ELSEWHERE
                if claim is Claim.OURS:
                    await self.begin(event)
                if event.key in self.under_way:
                    waited.append(self.under_way[event.key])
        if waited:
            await asyncio.wait(waited, timeout=UNTIL_ANSWERED)
        return is_whole

    async def begin(self, event: Event) -> None:
        """Notes an event as under way until it is answered, or need not be."""
        self.under_way[event.key] = asyncio.get_running_loop().create_future()
        is_queued = False
        try:
            is_queued = await self.take_event(event)
        finally:
            if not is_queued:
                await self.end(event)

    async def end(self, event: Event) -> None:
        """Lets every process know that nothing is left to do for an event."""
        await self.seen.add_anywhere(event.key)
        self.under_way.pop(event.key).set_result(None)

    async def work(self, person: str, event: Event) -> None:
        """Answers an event; one that is cancelled, as this process ends, is left for another."""
        try:
            await self.answer(person, event)
        except Exception:
            await self.end(event)
            raise
        await self.end(event)

    async def take_event(self, event: Event) -> bool:
        """Puts one event into its person's queue, unless it must not be answered; tells whether it did."""
        person = hmac.new(self.settings.id_key.encode(), event.psid.encode(), hashlib.sha256).hexdigest()
        age = time.time() - event.at / 1000
        if event.kind is Kind.HUMAN:
            if age < self.settings.human_minutes * 60.0 and not await self.sent.is_anywhere(event.key):
                await self.silenced.add_anywhere(person)
                await self.met.forget_anywhere(person)
            return False
        if await self.silenced.is_anywhere(person):
            return False
        if age > LATEST:
            logger.error("a message came %.0f minutes late and is not answered; is the clock right?", age / 60)
            return False
        if await self.rate.allows(person) and self.queues.put(person, event):
            return True
        if await self.told.is_new_anywhere(person):
            return self.queues.put(person, replace(event, kind=Kind.TOO_MANY), is_last=True)
        return False

    async def answer(self, person: str, event: Event) -> None:
        """One turn, from "seen" to the referrals."""

        def is_silent() -> bool:
            return person in self.silenced

        def may_wait() -> bool:
            return not is_silent() and not self.queues.has_waiting(person)

        async def remember(mid: str) -> None:
            await self.sent.add_anywhere(key_of({}, {"mid": mid}, event.psid))

        if await self.silenced.is_anywhere(person):
            return
        notice = [] if await self.met.is_anywhere(person) else self.words.notice(describe(event.text)[0])
        output = MessengerOutput(self.graph, event.psid, is_silent, notice)
        output.sent = remember
        async with self.at_once:
            await self.graph.show(event.psid, "mark_seen", "typing_on")
            await self.turn(person, event, output)
        await output.settle(may_wait)
        if not output.opening and not is_silent():
            await self.met.add_anywhere(person)

    async def turn(self, person: str, event: Event, output: MessengerOutput) -> None:
        """Hands the event to the assistant, or the fixed answer to what cannot be read, always guaranteed."""
        message = UserMessage(None, output, person, input_channel=output.name())
        if event.kind is Kind.TAP:
            message.text = event.payload if self.is_known(event.payload) else self.plain(event.text)
        elif event.kind is Kind.TEXT:
            message.text = self.plain(event.text)
        else:
            reply = self.words.answer(event.kind, describe(event.text)[0])
            await Guarantee(partial(say, reply), GuardedInput.directory)(message)
            return
        await self.handle(message)

    def is_known(self, payload: str) -> bool:
        """Whether the domain has this tap; without a model nobody can tell, and nothing acts on it."""
        payloads = getattr(self.handle, "payloads", None)
        return payloads is None or payloads.accepts(payload)

    @staticmethod
    def plain(text: str) -> str:
        """What somebody typed, which is never a tap."""
        return LEADING_SLASHES.sub("", text)

    async def finish(self) -> None:
        """Ends the turns under way and closes the connections."""
        await self.queues.finish(seconds=4.0)
        await self.graph.close()
