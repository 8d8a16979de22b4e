"""Meta's Graph API: every call with a time limit, bounded retries where they help, none where they cannot."""

import asyncio
import hashlib
import hmac
import logging
import random
import time
from typing import Any

import aiohttp

from addons.channels.guarantee import CLOSING
from conch.messenger_settings import MessengerSettings

logger = logging.getLogger(__name__)

BUDGET = CLOSING - 0.5  # seconds for a message with its retries; the guarantee then tries once more
CONNECT = 1.5  # seconds
COURTESY = 1.0  # seconds for "seen" and "typing", which nobody must wait for
MOST_TRIES = 4
FIRST_PAUSE = 0.25  # seconds, doubled each time
LIMITED = {4, 17, 32, 341, 613, 80006}  # too many calls
PASSING = LIMITED | {1, 2, 1200}  # Meta's own trouble
FINAL = {3, 10, 102, 190, 368, 551, *range(200, 300)}  # permission, token, window or person: nothing will help
REFUSED = 100  # this message cannot be sent; another may


class GraphError(Exception):
    """A call that failed: by Meta's code and the HTTP status, without words or ids."""

    def __init__(self, code: int, status: int, subcode: int = 0, is_passing: bool = False) -> None:
        super().__init__(f"code {code}, subcode {subcode}, HTTP {status}")
        self.code, self.status = code, status
        self.is_final = code in FINAL
        passes = is_passing or code in PASSING or status >= 500 or status == 429
        self.is_passing = passes and not self.is_final and code != REFUSED


def read_error(body: Any, status: int) -> GraphError:
    """Meta's error, or a nameless one where the body is none of Meta's."""
    error = body.get("error") if isinstance(body, dict) else None
    error = error if isinstance(error, dict) else {}
    code, subcode = (error.get(name) if isinstance(error.get(name), int) else 0 for name in ("code", "error_subcode"))
    return GraphError(code, status, subcode, error.get("is_transient") is True)


class Graph:
    """One connection pool to the Graph API, for one Page."""

    def __init__(self, settings: MessengerSettings) -> None:
        self.address = f"{settings.graph_url}/{settings.graph_version}/me"
        # In a header, so that no address in a log can hold the token.
        self.headers = {"Authorization": f"Bearer {settings.page_token}"}
        proof = hmac.new(settings.app_secret.encode(), settings.page_token.encode(), hashlib.sha256)
        self.proof = {"appsecret_proof": proof.hexdigest()}
        self.session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Closes the connections."""
        if self.session is not None:
            await self.session.close()

    async def call(
        self,
        path: str,
        body: dict[str, Any] | None = None,
        seconds: float = BUDGET,
        tries: int = MOST_TRIES,
        **query: str,
    ) -> Any:
        """Calls until it succeeds, cannot succeed, or time is up; raises GraphError or the connection's error.

        A call whose answer does not come is not repeated: Meta may have sent the message.
        """
        end, pause = time.monotonic() + seconds, FIRST_PAUSE
        for left in reversed(range(tries)):
            wait = pause * random.uniform(0.5, 1.5)
            try:
                return await self._call_once(path, body, end - time.monotonic(), query)
            except GraphError as error:
                if not error.is_passing or not left or time.monotonic() + wait >= end:
                    logger.error("Graph API: %s: %s", path, error)
                    raise
            except (aiohttp.ClientConnectorError, aiohttp.ServerDisconnectedError, aiohttp.ClientOSError) as error:
                if not left or time.monotonic() + wait >= end:
                    logger.error("Graph API: %s: %s", path, type(error).__name__)
                    raise
            except Exception as error:
                logger.error("Graph API: %s: %s", path, type(error).__name__)
                raise
            await asyncio.sleep(wait)
            pause *= 2
        raise AssertionError("every way through the loop returns or raises")

    async def _call_once(self, path: str, body: dict[str, Any] | None, seconds: float, query: dict[str, str]) -> Any:
        if self.session is None:
            self.session = aiohttp.ClientSession(headers=self.headers, cookie_jar=aiohttp.DummyCookieJar())
        limits = aiohttp.ClientTimeout(total=max(seconds, 0.05), connect=CONNECT)
        method = "GET" if body is None else "POST"
        options = {"params": self.proof | query, "json": body, "timeout": limits, "allow_redirects": False}
        async with self.session.request(method, f"{self.address}/{path}", **options) as reply:
            try:
                answer = await reply.json(content_type=None)
            except (ValueError, RecursionError):
                answer = None
            if reply.status != 200 or not isinstance(answer, dict) or "error" in answer:
                raise read_error(answer, reply.status)
            return answer

    async def send(self, psid: str, message: dict[str, Any]) -> str:
        """Sends one message as a reply to a person who has just written; returns the id it got."""
        body = {"recipient": {"id": psid}, "messaging_type": "RESPONSE", "message": message}
        return str((await self.call("messages", body)).get("message_id", ""))

    async def show(self, psid: str, *actions: str) -> None:
        """Shows "seen" or "typing", each in a call of its own; a failure is only logged."""
        calls = (
            self.call("messages", {"recipient": {"id": psid}, "sender_action": action}, COURTESY, tries=1)
            for action in actions
        )
        await asyncio.gather(*calls, return_exceptions=True)
