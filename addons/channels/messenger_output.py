"""Where a turn's messages leave for one person's thread."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import OutputChannel

from addons.channels.guarantee import CLOSING, GuardedInput, contain
from addons.channels.messenger_send import REFUSED, Graph, GraphError
from addons.channels.messenger_shape import MOST_BUTTONS, offers_of, quick_replies, shape

logger = logging.getLogger(__name__)
PAUSES = (2.0, 5.0, 10.0, 20.0)  # seconds; for the closing message, while Meta is away
JSON = dict[str, Any]


class MessengerOutput(OutputChannel):
    """Sends a turn's messages to one person; says nothing while somebody of the Page speaks."""

    def __init__(self, graph: Graph, psid: str, is_silent: Callable[[], bool], opening: list[JSON]) -> None:
        self.graph, self.psid, self.is_silent = graph, psid, is_silent
        self.opening = opening  # said before the first message; empty once it was delivered
        self.is_opened = False
        self.kept: list[JSON] = []  # quick replies, shown again under the last message
        self.unsent: JSON | None = None
        self.refusal: GraphError | None = None  # after which nothing can reach this person
        self.is_plain = False  # whether Meta refused a shape, so that only text is left
        self.sent: Callable[[str], Awaitable[None]] | None = None  # told of each message that Meta took

    @classmethod
    def name(cls) -> str:
        """The channel's name, which responses may depend on."""
        return "messenger"

    async def send_response(self, recipient_id: str, message: JSON) -> None:
        """Sends a message; the id that Rasa knows is hashed and is not used."""
        if self.is_silent():
            self.unsent = None
            return
        self.unsent = message
        if self.refusal is not None:
            raise self.refusal
        if not self.is_opened:
            self.is_opened = True
            await self._send_opening()
        for part in self._with_numbers(message):
            await self._send(part)
        self.unsent = None

    async def _send_opening(self) -> None:
        try:
            for reply in self.opening:
                await self._send(reply)
            self.opening = []
        except Exception as error:
            if self.refusal is not None:
                raise
            logger.error("notice not delivered: %s", type(error).__name__)

    async def _send(self, reply: JSON) -> None:
        if self.is_plain:
            reply = {"text": reply.get("text")}
        closes = bool(reply.get("referrals"))
        for message in shape(reply, self.kept if closes else None):
            if self.is_silent():
                return
            try:
                mid = await self.graph.send(self.psid, message)
            except GraphError as error:
                self.refusal = error if error.is_final else None
                self.is_plain = self.is_plain or error.code == REFUSED
                raise
            if self.sent is not None:
                await self.sent(mid)
        offers = offers_of(reply)
        if len(offers) > MOST_BUTTONS:
            self.kept = quick_replies(offers)

    def _with_numbers(self, reply: JSON) -> list[JSON]:
        """Call buttons for an answer that is itself the block; the block again if that was cut in two."""
        referrals = GuardedInput.directory.referrals
        text = reply.get("text")
        if reply.get("referrals") or not isinstance(text, str) or not referrals.are_in(text):
            return [reply]
        lines = [line.dict() for line in referrals.lines()]
        with_calls = reply | {"referrals": lines}
        last = shape(with_calls)[-1]
        if "attachment" in last or referrals.are_in(last.get("text", "")):
            return [with_calls]
        return [reply, {"text": referrals.text(), "referrals": lines}]

    async def settle(self, may_wait: Callable[[], bool]) -> None:
        """Tries the closing message again for a while if Meta did not take it; later words replace it."""
        for pause in PAUSES:
            if self.unsent is None or self.refusal is not None or not may_wait():
                return
            await asyncio.sleep(pause)
            unsent = self.unsent
            if unsent is not None and may_wait():
                await contain("sending again", lambda unsent=unsent: self.send_response("", unsent), CLOSING)
