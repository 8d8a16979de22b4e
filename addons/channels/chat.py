"""The web chat: its page, its messages and its end, at /webhooks/chat/ (docs/embed.md)."""

import gzip
import json
import re
from typing import Any
from urllib.parse import urlsplit

from rasa.core.channels.channel import UserMessage
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from addons.channels.chat_page import HEADERS, Widget
from addons.channels.chat_replies import Shown, safety_responses
from addons.channels.guarantee import Guarantee, GuardedInput
from addons.channels.incoming import MAX_TEXT, clean_sender
from addons.channels.limits import SharedLimit
from addons.channels.present import Presenter
from addons.channels.recent import SharedRecent
from addons.channels.rest import read_body
from addons.stores import forget
from conch.settings import ChatSettings
from conch.sources import read_sources

SENDER = re.compile(r"[0-9a-f]{32}\Z")  # 128 random bits, made in the page
MAX_BODY = 32 * 1024  # bytes; the longest text in its widest encoding
MOST_GONE, LONGEST_GONE = 20_000, 600.0  # seconds; a message that overtakes its end is refused


class ChatInput(GuardedInput):
    """For people: a page that keeps nothing, and a script and a frame for other sites."""

    def __init__(self, settings: ChatSettings) -> None:
        self.settings = settings
        self.widget = Widget(settings.exit_url)
        self.safety, self.sources = safety_responses(), read_sources()
        self.by_address = SharedLimit("address", burst=60, seconds=1.0)  # a school or a phone company shares one
        self.by_sender = SharedLimit("chat", burst=12, seconds=3.0)
        self.gone = SharedRecent("gone", MOST_GONE, LONGEST_GONE)  # ids whose conversation was ended

    @classmethod
    def name(cls) -> str:
        """The channel's name in its address and its sender ids."""
        return "chat"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> "ChatInput":
        """Reads the settings from the environment."""
        return cls(ChatSettings.from_environment())

    def routes(self, handle: Guarantee) -> Blueprint:
        """Defines the page, its parts, and the addresses for messages and for the end."""
        routes = Blueprint("chat_webhook", strict_slashes=True)

        @routes.get("")
        async def without_slash(request: Request) -> HTTPResponse:
            return response.redirect("chat/")

        @routes.get("/")
        async def page(request: Request) -> HTTPResponse:
            return self.serve_page(request, "page.html")

        @routes.get("/frame")
        async def frame(request: Request) -> HTTPResponse:
            return self.serve_page(request, "page.html", self.settings.frame_ancestors)

        @routes.get("/numbers")
        async def numbers(request: Request) -> HTTPResponse:
            return self.serve_page(request, "numbers.html", self.settings.frame_ancestors)

        @routes.get("/w.js")
        async def script(request: Request) -> HTTPResponse:
            body = self.widget.script(self.directory.refreshed().referrals, self.language(request))
            headers = {"Cross-Origin-Resource-Policy": "cross-origin"}
            return self.serve(request, body, "text/javascript; charset=utf-8", headers)

        @routes.get("/icon.svg")
        async def icon(request: Request) -> HTTPResponse:
            return self.serve(request, self.widget.files["icon.svg"], "image/svg+xml", {})

        @routes.post("/messages")
        async def messages(request: Request) -> HTTPResponse:
            return await self.receive(request, handle)

        @routes.post("/leave")
        async def leave(request: Request) -> HTTPResponse:
            return await self.end(request, handle)

        Presenter(self).add_routes(routes)
        return routes

    def language(self, request: Request) -> str:
        """The language that an address asks for, if there are strings for it."""
        return self.widget.language(request.args.get("lang"))

    def serve(self, request: Request, body: str, kind: str, headers: dict[str, str], status: int = 200) -> HTTPResponse:
        """Answers with a body, compressed for whoever accepts that."""
        headers = HEADERS | headers
        if "gzip" not in request.headers.get("accept-encoding", ""):
            return response.text(body, status, headers, content_type=kind)
        packed = gzip.compress(body.encode(), 9, mtime=0)
        return response.raw(packed, status, headers | {"Content-Encoding": "gzip"}, content_type=kind)

    def serve_page(self, request: Request, name: str, ancestors: tuple[str, ...] = ()) -> HTTPResponse:
        """Answers with a page and the policy that goes with it."""
        body = self.widget.page(name, self.directory.refreshed().referrals, self.language(request))
        headers = {"Content-Security-Policy": self.widget.policy(ancestors)}
        return self.serve(request, body, "text/html; charset=utf-8", headers)

    def address(self, request: Request) -> str:
        """Who asks: the peer, or what the nearest trusted proxies say."""
        hops = ",".join(request.headers.getall("x-forwarded-for", [])).split(",")
        proxies = self.settings.proxies
        return hops[-proxies].strip() if 0 < proxies <= len(hops) else request.ip

    def is_welcome(self, request: Request) -> bool:
        """Whether a page of ours or of an allowed site asks; what is not a browser names none."""
        origin = request.headers.get("origin")
        is_ours = origin is None or urlsplit(origin).netloc == request.headers.get("host")
        return is_ours or origin in self.settings.origins

    def answer(self, request: Request, status: int, messages: list[dict[str, Any]] | None = None) -> HTTPResponse:
        """Answers with messages, or with the referrals when there are none to give."""
        headers = {}
        if request.headers.get("origin") in self.settings.origins:
            headers["Access-Control-Allow-Origin"] = request.headers["origin"]
        if not messages:
            referrals = self.directory.refreshed().referrals
            messages = [{"text": referrals.text(), "referrals": [line.dict() for line in referrals.lines()]}]
        body = json.dumps(messages, separators=(",", ":"))
        return self.serve(request, body, "application/json", headers, status)

    async def receive(self, request: Request, handle: Guarantee) -> HTTPResponse:
        """Takes one message and answers with the turn's messages."""
        if not self.is_welcome(request):
            return self.answer(request, 403)
        if len(request.body) > MAX_BODY:
            return self.answer(request, 413)
        if not await self.by_address.allows(self.address(request)):
            return self.answer(request, 429)
        body = read_body(request)
        sender, text = body.get("sender"), body.get("message")
        if not isinstance(sender, str) or not SENDER.match(sender) or not isinstance(text, str) or not text.strip():
            return self.answer(request, 400)
        if len(text) > MAX_TEXT:
            return self.answer(request, 413)
        if await self.gone.is_anywhere(sender):
            return self.answer(request, 410)
        if not await self.by_sender.allows(sender):
            return self.answer(request, 429)
        shown = Shown(self.safety, self.sources)
        await handle(UserMessage(text, shown, sender, input_channel=self.name()))
        return self.answer(request, 200 if shown.messages else 503, shown.messages)

    async def end(self, request: Request, handle: Guarantee) -> HTTPResponse:
        """Forgets a conversation now, and again when a turn that still runs has ended."""
        sender = read_body(request).get("sender") if len(request.body) <= MAX_BODY else None
        if not self.is_welcome(request) or not isinstance(sender, str) or not SENDER.match(sender):
            return self.answer(request, 400)
        await self.gone.add_anywhere(sender)
        agent = getattr(request.app.ctx, "agent", None)
        if agent is not None:
            name = clean_sender(sender, self.name())
            await forget(agent.tracker_store, name)
            async with handle.turn_of(name):
                await forget(agent.tracker_store, name)
        return response.empty(headers=HEADERS)
