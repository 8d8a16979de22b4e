"""Meta's Graph API as a real HTTP server, which refuses what Meta's documents say Meta refuses.

Limits: developers.facebook.com, Messenger Platform: Send API, Quick Replies, Button Template,
Call Button, Messenger Profile, Error Codes (research/widget.md, section 7.1).
"""

import asyncio
import hashlib
import hmac
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

from aiohttp import web

DAY = 24 * 3600.0
ACTIONS = ("mark_seen", "typing_on", "typing_off")
PROFILE = ("get_started", "greeting", "ice_breakers", "persistent_menu")
JSON = dict[str, Any]


class Refused(Exception):
    """What Meta would answer with an error."""

    def __init__(self, message: str, code: int = 100, subcode: int = 0, status: int = 400) -> None:
        super().__init__(message)
        self.message, self.code, self.subcode, self.status = message, code, subcode, status


def need(condition: Any, message: str) -> None:
    """Refuses with code 100, as for every bad parameter."""
    if not condition:
        raise Refused(f"(#100) {message}")


def only(value: Any, *names: str, required: tuple[str, ...] = ()) -> JSON:
    """A dictionary with no other keys than these."""
    need(isinstance(value, dict), "must be an object")
    need(set(value) <= set(names), f"unknown fields {set(value) - set(names)}")
    need(set(required) <= set(value), f"missing fields {set(required) - set(value)}")
    return value


def text_within(value: Any, least: int, most: int, what: str) -> str:
    """A text of so many characters that says something."""
    need(isinstance(value, str) and value.strip() == value, f"{what} must be text without spaces around it")
    need(least <= len(value.encode("utf-16-le")) // 2 <= most, f"{what} must have {least} to {most} characters")
    return value


def check_button(button: Any) -> None:
    """Postback, link or call, with a short title."""
    only(button, "type", "title", "payload", "url", required=("type", "title"))
    text_within(button["title"], 1, 20, "title")
    if button["type"] == "web_url":
        need(re.match(r"https://[^/\s]+", button.get("url", "")) and "payload" not in button, "url")
    elif button["type"] == "phone_number":
        need(re.fullmatch(r"\+[1-9][0-9]{6,14}", button.get("payload", "")), "+<country code><number>")
    else:
        need(button["type"] == "postback", "type of button")
        text_within(button.get("payload"), 1, 1000, "payload")


def check_attachment(attachment: Any) -> None:
    """A button template or an image."""
    only(attachment, "type", "payload", required=("type", "payload"))
    if attachment["type"] == "image":
        need(only(attachment["payload"], "url", "is_reusable")["url"].startswith("https://"), "url")
        return
    need(attachment["type"] == "template", "type of attachment")
    payload = only(attachment["payload"], "template_type", "text", "buttons", required=("text", "buttons"))
    need(payload.get("template_type") == "button", "template_type")
    text_within(payload["text"], 1, 640, "text of a button template")
    need(isinstance(payload["buttons"], list) and 1 <= len(payload["buttons"]) <= 3, "1 to 3 buttons")
    for button in payload["buttons"]:
        check_button(button)


def check_message(message: Any) -> None:
    """A text or an attachment, with quick replies and metadata."""
    only(message, "text", "attachment", "quick_replies", "metadata")
    need(("text" in message) != ("attachment" in message), "either text or attachment")
    text_within(message.get("metadata", "x"), 1, 999, "metadata")
    if "text" in message:
        text_within(message["text"], 1, 1999, "text")
    else:
        check_attachment(message["attachment"])
    replies = message.get("quick_replies", [{"content_type": "text", "title": "x", "payload": "x"}])
    need(isinstance(replies, list) and 1 <= len(replies) <= 13, "1 to 13 quick replies")
    for reply in replies:
        only(reply, "content_type", "title", "payload", required=("content_type", "title", "payload"))
        need(reply["content_type"] == "text", "asks for a phone number or an e-mail")
        text_within(reply["title"], 1, 20, "title of a quick reply")
        text_within(reply["payload"], 1, 1000, "payload of a quick reply")


def check_profile(profile: Any, now: JSON) -> None:
    """Get Started, greeting, ice breakers and persistent menu."""
    only(profile, *PROFILE)
    need(profile, "nothing to set")
    after = now | profile
    if "get_started" in profile:
        text_within(only(profile["get_started"], "payload")["payload"], 1, 1000, "payload")
    for greeting in profile.get("greeting", []):
        text_within(only(greeting, "locale", "text", required=("locale", "text"))["text"], 1, 160, "greeting")
    for breakers in profile.get("ice_breakers", []):
        calls = only(breakers, "locale", "call_to_actions", required=("locale", "call_to_actions"))["call_to_actions"]
        need(1 <= len(calls) <= 4, "1 to 4 ice breakers")
        for call in calls:
            text_within(only(call, "question", "payload")["question"], 1, 80, "question")
            text_within(call["payload"], 1, 1000, "payload")
    for menu in profile.get("persistent_menu", []):
        need("get_started" in after, "a persistent menu needs Get Started")
        items = only(menu, "locale", "composer_input_disabled", "call_to_actions")["call_to_actions"]
        need(1 <= len(items) <= 20, "1 to 20 menu items")
        for item in items:
            only(item, "type", "title", "payload", "url", "webview_height_ratio", required=("type", "title"))
            text_within(item["title"], 1, 30, "title")
            need(item["type"] in ("postback", "web_url"), "a menu can only post back or link")
            text_within(item["url" if item["type"] == "web_url" else "payload"], 1, 1000, "payload or url")
    for name in ("greeting", "ice_breakers", "persistent_menu"):
        if name in profile:
            need("default" in [item["locale"] for item in profile[name]], f"{name}: locale default")


@dataclass
class Fault:
    """How a call goes wrong: an error of Meta's, a page of a proxy, a pause, a cut connection."""

    status: int = 200
    code: int = 0
    seconds: float = 0.0
    is_cut: bool = False
    body: JSON | str | None = None

    def answer(self) -> web.Response:
        """The error in Meta's shape."""
        if 300 <= self.status < 400:
            return web.Response(status=self.status, headers={"Location": str(self.body)})
        if isinstance(self.body, str):
            return web.Response(status=self.status, text=self.body, content_type="text/html")
        error = {"message": f"(#{self.code}) a fault", "type": "OAuthException", "code": self.code, "fbtrace_id": "x"}
        return web.json_response(self.body or {"error": error}, status=self.status)


@dataclass
class Call:
    """A message or a sender action that was accepted or refused."""

    psid: str
    what: str
    message: JSON
    at: float
    code: int = 0  # of the error; 0 if it was accepted

    @property
    def text(self) -> str:
        """What a person reads."""
        return self.message.get("text") or self.message.get("attachment", {}).get("payload", {}).get("text", "")

    @property
    def buttons(self) -> list[JSON]:
        """The buttons of a template."""
        return self.message.get("attachment", {}).get("payload", {}).get("buttons", [])

    @property
    def taps(self) -> list[str]:
        """What a person can tap: payloads, addresses, numbers."""
        replies = self.message.get("quick_replies", [])
        return [button.get("payload") or button["url"] for button in [*self.buttons, *replies]]


@dataclass
class FakeGraph:
    """Serves /<version>/me/messages and /me/messenger_profile in a thread with a loop of its own."""

    token: str = "page-token"
    app_secret: str = "app-secret"
    version: str = "v26.0"
    calls: list[Call] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)  # of the next messages, one each
    fault: Fault | None = None  # of every call, until it is taken away
    fault_of: Callable[[str], Fault | None] = lambda psid: None
    profile: JSON = field(default_factory=dict)
    profile_calls: list[str] = field(default_factory=list)
    wrote: dict[str, float] = field(default_factory=dict)  # psid to the last time that the person acted
    refusals: list[str] = field(default_factory=list)
    seconds: float = 0.0  # that every call takes

    def __enter__(self) -> "FakeGraph":
        self.loop = asyncio.new_event_loop()
        started = threading.Event()
        self.thread = threading.Thread(target=self._serve, args=(started,), daemon=True)
        self.thread.start()
        assert started.wait(10)
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        asyncio.run_coroutine_threadsafe(self.runner.cleanup(), self.loop).result(10)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(10)

    def _serve(self, started: threading.Event) -> None:
        asyncio.set_event_loop(self.loop)
        app = web.Application()
        app.router.add_route("*", "/{version}/me/messages", self._messages)
        app.router.add_route("*", "/{version}/me/messenger_profile", self._messenger_profile)
        self.runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        self.loop.run_until_complete(self.runner.setup())
        site = web.TCPSite(self.runner, "127.0.0.1", 0)
        self.loop.run_until_complete(site.start())
        self.url = f"http://127.0.0.1:{site._server.sockets[0].getsockname()[1]}"
        started.set()
        self.loop.run_forever()

    def _check_caller(self, request: web.Request) -> None:
        if request.match_info["version"] != self.version:
            raise Refused("unknown version", code=2635)
        if request.headers.get("Authorization") != f"Bearer {self.token}":
            raise Refused("Invalid OAuth access token.", code=190, status=401)
        proof = hmac.new(self.app_secret.encode(), self.token.encode(), hashlib.sha256).hexdigest()
        need(request.query.get("appsecret_proof", proof) == proof, "Invalid appsecret_proof")
        need("access_token" not in request.query, "the token is in an address, which logs keep")
        need(request.method == "GET" or request.content_type == "application/json", "content type")

    def _refuse(self, error: Refused) -> web.Response:
        self.refusals.append(error.message)
        shown = {"message": error.message, "code": error.code, "error_subcode": error.subcode, "fbtrace_id": "x"}
        return web.json_response({"error": shown}, status=error.status)

    async def _misbehave(self, request: web.Request, fault: Fault | None) -> web.Response | None:
        await asyncio.sleep(self.seconds + (fault.seconds if fault else 0))
        if fault is None or (fault.status == 200 and not fault.is_cut and fault.body is None):
            return None
        if fault.is_cut:
            request.transport.abort()
        return fault.answer()

    async def _messages(self, request: web.Request) -> web.Response:
        try:
            self._check_caller(request)
            need(request.method == "POST", "method")
            body = only(await request.json(), "recipient", "messaging_type", "message", "sender_action")
            psid = only(body.get("recipient"), "id", required=("id",))["id"]
            call = Call(psid, body.get("sender_action", "message"), body.get("message", {}), time.monotonic())
            self.calls.append(call)
            fault = self.fault_of(psid) or self.fault
            if fault is None and "message" in body and self.faults:
                fault = self.faults.pop(0)
            answer = await self._misbehave(request, fault)
            if answer is not None:
                call.code = fault.code or fault.status
                return answer
            call.code = 100
            if "sender_action" in body:
                only(body, "recipient", "sender_action")
                need(body["sender_action"] in ACTIONS, "sender_action")
            else:
                need(body.get("messaging_type") == "RESPONSE", "messaging_type RESPONSE")
                check_message(body.get("message"))
                if time.time() - self.wrote.get(psid, 0) > DAY:
                    call.code = 10
                    raise Refused("outside of allowed window", code=10, subcode=2018278, status=403)
            call.code = 0
        except Refused as error:
            return self._refuse(error)
        return web.json_response({"recipient_id": psid, "message_id": f"m_fake_{len(self.calls)}"})

    async def _messenger_profile(self, request: web.Request) -> web.Response:
        try:
            self._check_caller(request)
            self.profile_calls.append(request.method)
            answer = await self._misbehave(request, self.fault)
            if answer is not None:
                return answer
            if request.method == "GET":
                names = request.query.get("fields", "").split(",")
                need(set(names) <= set(PROFILE), "fields")
                found = {name: self.profile[name] for name in names if name in self.profile}
                return web.json_response({"data": [found] if found else []})
            body = await request.json()
            check_profile(body, self.profile)
            self.profile |= body
        except Refused as error:
            return self._refuse(error)
        return web.json_response({"result": "success"})

    def accepted(self, psid: str | None = None) -> list[Call]:
        """The messages that a person got, in order."""
        return [c for c in list(self.calls) if c.what == "message" and c.code == 0 and psid in (None, c.psid)]

    def tried(self, psid: str | None = None) -> list[Call]:
        """The messages that were sent, accepted or not."""
        return [call for call in list(self.calls) if call.what == "message" and psid in (None, call.psid)]
