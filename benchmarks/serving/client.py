"""The client: the same for every system, over REST, connections kept open, in this one process."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Sequence
from types import TracebackType
from typing import Any

import aiohttp

MESSAGES_A_CONVERSATION = 5  # then a client is somebody new
LONGEST_ANSWER = 60.0  # seconds; stock Rasa under 32 clients may take several
WEBHOOK, PARSE = "/webhooks/rest/webhook", "/model/parse"


def somebody() -> str:
    """A sender who has not written before."""
    return uuid.uuid4().hex


class Client:
    """Sends messages and keeps the milliseconds that each reply took, with the count of turns without words."""

    def __init__(self, base: str) -> None:
        self.base, self.unanswered = base, 0

    async def __aenter__(self) -> Client:
        timeout = aiohttp.ClientTimeout(total=LONGEST_ANSWER)
        self.session = aiohttp.ClientSession(timeout=timeout, connector=aiohttp.TCPConnector(limit=0))
        return self

    async def __aexit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.session.close()

    async def post(self, path: str, body: dict[str, str]) -> tuple[float, Any]:
        """Milliseconds, and the reply; None for any status but 200 or no reply at all."""
        start, reply = time.perf_counter(), None
        try:
            async with self.session.post(self.base + path, json=body) as answer:
                content = await answer.read()
                reply = await answer.json() if answer.status == 200 and content else None
        except (aiohttp.ClientError, TimeoutError, asyncio.TimeoutError):
            reply = None
        return (time.perf_counter() - start) * 1000, reply

    async def say(self, sender: str, text: str) -> float:
        """One turn, in milliseconds; one that brings no words counts as unanswered."""
        ms, reply = await self.post(WEBHOOK, {"sender": sender, "message": text})
        if not (isinstance(reply, list) and any(message.get("text") for message in reply)):
            self.unanswered += 1
        return ms

    async def first_turns(self, messages: Sequence[str], rounds: int) -> list[float]:
        """Each message as the first of somebody new, so many times."""
        return [await self.say(somebody(), text) for _ in range(rounds) for text in messages]

    async def conversation(self, messages: Sequence[str], turns: int) -> list[float]:
        """One long conversation that goes through the messages again and again."""
        sender = somebody()
        return [await self.say(sender, messages[turn % len(messages)]) for turn in range(turns)]

    async def parses(self, messages: Sequence[str], rounds: int) -> tuple[list[float], list[str]]:
        """POST /model/parse, one message after another: milliseconds, and the intent of every message at its last."""
        spent, intents = [], []
        for _ in range(rounds):
            found = [await self.post(PARSE, {"text": text}) for text in messages]
            spent += [ms for ms, _ in found]
            intents = [(reply or {}).get("intent", {}).get("name") or "" for _, reply in found]
        return spent, intents

    async def together(
        self, messages: Sequence[str], clients: int, until: float, ended: list[tuple[float, float]]
    ) -> None:
        """So many clients, each with its next message once it has its reply, until a time on the monotonic clock.

        Adds (when it ended, milliseconds) for every turn. Turns under way at the end are waited for.
        """

        async def one(first: int) -> None:
            turn = 0
            while time.monotonic() < until:
                if turn % MESSAGES_A_CONVERSATION == 0:
                    sender = somebody()
                ms = await self.say(sender, messages[(first + turn) % len(messages)])
                ended.append((time.monotonic(), ms))
                turn += 1

        await asyncio.gather(*(one(number) for number in range(clients)))
