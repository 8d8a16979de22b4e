"""People who write over all channels at once; each turn is judged by what came back."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from collections import Counter
from collections.abc import Callable
from random import Random

import aiohttp

from benchmarks.soak.bodies import ADDRESS, odd, of_messenger, proper
from benchmarks.soak.tally import Tally, Turn
from benchmarks.soak.texts import Texts
from tests.e2e.referrals import assert_ends_with_referrals, core_numbers
from tests.fake_graph import Call, FakeGraph
from tests.messenger import signed

CHANNELS = {"rest": 0.4, "chat": 0.35, "messenger": 0.25}
MOST_TURNS = 6  # of one person, who is then somebody new
ODD_BODIES = 0.1
FLOODS, FLOOD = 0.05, 25  # of the people in the web chat, and their messages, all at once
LONGEST_ANSWER = 45.0  # seconds; nginx gives an assistant fifteen, and then may ask another one
LONGEST_MESSAGE = 60.0  # seconds from an accepted delivery to the numbers on Messenger
DELIVERIES = 8  # Meta delivers again what is not answered with 200
SETTLED = 0.2  # seconds until the fake Graph has judged a call
KEPT_IDS = 40  # sender ids that are looked for afterwards


def ends_with_numbers(body: bytes) -> bool:
    """Whether an answer's last message names every number."""
    try:
        assert_ends_with_referrals(json.loads(body))
    except (AssertionError, ValueError, LookupError, TypeError):
        return False
    return True


class Watch:
    """Who was told the numbers on Messenger, and how often."""

    def __init__(self, graph: FakeGraph) -> None:
        self.graph, self.place, self.told = graph, 0, Counter[str]()

    def look(self) -> None:
        """Reads the calls since the last look that the fake Graph has judged."""
        calls = self.graph.calls
        while self.place < len(calls) and time.monotonic() - calls[self.place].at > SETTLED:
            call = calls[self.place]
            self.place += 1
            if self.ends_turn(call):
                self.told[call.psid] += 1

    @staticmethod
    def ends_turn(call: Call) -> bool:
        """Whether an accepted message names every number."""
        return call.what == "message" and call.code == 0 and all(number in call.text for number in core_numbers())

    async def more_than(self, psid: str, before: int, seconds: float) -> bool:
        """Waits until a person was told once more; False if that does not come."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.look()
            if self.told[psid] > before:
                return True
            await asyncio.sleep(0.05)
        return False


class People:
    """Sends turns until as many as wanted have ended or the time is over."""

    def __init__(self, base: str, graph: FakeGraph, tally: Tally, make_texts: Callable[[Random], Texts]) -> None:
        self.base, self.graph, self.tally, self.make_texts = base, graph, tally, make_texts
        self.watch, self.begun, self.under_way = Watch(graph), time.monotonic(), 0
        self.ids: list[str] = []

    def now(self) -> float:
        """Seconds of the soak."""
        return time.monotonic() - self.begun

    async def run(self, turns: int, seconds: float, people: int, seed: int) -> None:
        """So many people at once; what each of them writes depends on the seed alone."""
        timeout = aiohttp.ClientTimeout(total=LONGEST_ANSWER)
        async with aiohttp.ClientSession(timeout=timeout, connector=aiohttp.TCPConnector(limit=0)) as self.session:
            randoms = [Random(f"{seed}/{number}") for number in range(people)]
            await asyncio.gather(*(self.write(turns, seconds, random) for random in randoms))

    async def write(self, turns: int, seconds: float, random: Random) -> None:
        """One person after another, until it is enough."""
        texts = self.make_texts(random)
        while self.now() < seconds:
            channel = random.choices(list(CHANNELS), list(CHANNELS.values()))[0]
            sender = uuid.UUID(int=random.getrandbits(128)).hex
            if channel == "messenger":
                sender = str(random.randrange(10**15, 10**16))
            if len(self.ids) < KEPT_IDS:
                self.ids.append(sender)
            if channel == "chat" and random.random() < FLOODS:
                bodies = [proper(sender, texts.next()) for _ in range(FLOOD)]
                await asyncio.gather(*(self.turn(channel, sender, body, True) for body in bodies))
                continue
            for _ in range(random.randrange(1, MOST_TURNS + 1)):
                if len(self.tally.turns) + self.under_way >= turns:
                    return
                self.under_way += 1
                try:
                    await self.one(channel, sender, texts, random)
                finally:
                    self.under_way -= 1

    async def one(self, channel: str, sender: str, texts: Texts, random: Random) -> None:
        """One message of a person."""
        if channel == "messenger":
            await self.on_messenger(sender, of_messenger(sender, texts.next(), random))
            return
        is_proper, text = random.random() > ODD_BODIES, texts.next()
        body = proper(sender, text) if is_proper else odd(sender, text, random)
        await self.turn(channel, sender, body, is_proper)

    async def post(self, channel: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        """Status and body; status 0 if there was no answer.

        Sent once more if the connection was closed without one, as browsers do: nginx ends kept connections when it
        reads who is ready.
        """
        headers = {"Content-Type": "application/json"} | headers
        for _ in range(2):
            try:
                async with self.session.post(self.base + ADDRESS[channel], data=body, headers=headers) as answer:
                    return answer.status, await answer.read()
            except (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError):
                continue
            except (aiohttp.ClientError, asyncio.TimeoutError, TimeoutError):
                break
        return 0, b""

    async def turn(self, channel: str, sender: str, body: bytes, is_proper: bool) -> None:
        """Sends over REST or in the web chat, whose answer is the reply."""
        # REST is open to this machine only; visitors of the web chat come from everywhere.
        everywhere = {"X-Forwarded-For": f"198.18.{int(sender[:2], 16)}.{int(sender[2:4], 16)}"}
        start = self.now()
        status, answer = await self.post(channel, body, everywhere if channel == "chat" else {})
        self.tally.turns.append(Turn(start, channel, status, self.now() - start, is_proper, ends_with_numbers(answer)))

    async def on_messenger(self, psid: str, body: bytes) -> None:
        """One delivery, sent again as Meta does until it is accepted; the reply comes to the fake Graph."""
        self.graph.wrote[psid] = time.time()
        self.watch.look()
        start, before, status = self.now(), self.watch.told[psid], 0
        for attempt in range(DELIVERIES):
            status, _ = await self.post("messenger", body, signed(body))
            if status == 200:
                break
            await asyncio.sleep(min(0.5 * 2**attempt, 10.0))
        is_told = await self.watch.more_than(psid, before, LONGEST_MESSAGE)
        self.tally.turns.append(Turn(start, "messenger", status, self.now() - start, True, is_told))
