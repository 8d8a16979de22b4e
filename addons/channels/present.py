"""The presenter page: a practice case on a projector, at /webhooks/chat/present (docs/tasks/run-a-training.md)."""

from __future__ import annotations

import json
import logging
from html import escape
from string import Template
from typing import TYPE_CHECKING, Any

from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse

from addons.channels.chat_page import DEFAULT_LANGUAGE, GAP, POLICY, WIDGET, squeezed_style, style_hash
from addons.channels.chat_script import Script
from addons.channels.incoming import clean_text
from addons.channels.rest import read_body
from addons.nlu.safety_phrases import SAFETY_INTENTS
from conch.noticing import weigh
from conch.scenarios import Beat, Scenario, scenarios
from conch.signs import signs

if TYPE_CHECKING:
    from addons.channels.chat import ChatInput

logger = logging.getLogger(__name__)
MOST_TEXT = 500  # characters; what a team says is a sentence
MOST_BODY = 8 * 1024  # bytes; that text in its widest encoding, and what goes with it
FAULTS = {
    400: "send {scenario, part, text}: the id of a case, one of its parts from 1, and what was said",
    403: "only this server's own page may ask",
    404: "no such case or part",
    413: f"at most {MOST_TEXT} characters",
    429: "too many at once; wait some seconds, or mark the sign by its number",
    503: "nothing is understood now; mark the sign by its number",
}


def shown_part(beat: Beat) -> dict[str, Any]:
    """A part as the page needs it."""
    names = signs().indicators
    found = [{**one.dict(include={"sign", "words", "feedback"}), "name": names[one.sign].name} for one in beat.signs]
    ordinary = [one.dict(include={"words", "why"}) for one in beat.look_alikes]
    return {"text": beat.text.strip(), "signs": found, "lookAlikes": ordinary, "hints": beat.hints}


def shown_case(case: Scenario) -> dict[str, Any]:
    """A case as the page needs it: all of it, so that a server that goes away takes nothing with it."""
    kept = case.dict(include={"id", "number", "title", "audiences", "introduction", "debrief", "tomorrow"})
    options = [
        {"text": one.text, "does": one.does.value, "isRight": one.is_right, "feedback": one.feedback}
        for one in case.choice
    ]
    return {**kept, "parts": [shown_part(beat) for beat in case.beats], "choice": options}


class Presenter:
    """Serves the page and its script, and weighs what a team says; nothing of it is logged or kept."""

    def __init__(self, channel: ChatInput) -> None:
        self.channel = channel
        self.style = squeezed_style(channel.widget.files["present.css"])
        plain = Script(WIDGET / "present", "present.mjs").text
        if plain.count(GAP) != 1:
            raise ValueError(f"{WIDGET / 'present'}: one module must hold 'const GIVEN = null;', once")
        given = {
            "cases": [shown_case(case) for case in scenarios().values()],
            "signs": {name: sign.name for name, sign in signs().indicators.items()},
            "mostText": MOST_TEXT,
        }
        self.script = plain.replace(GAP, f"const GIVEN={json.dumps(given, separators=(',', ':'))};")

    def add_routes(self, routes: Blueprint) -> None:
        """Adds the page's addresses to those of the chat."""

        @routes.get("/present")
        async def present(request: Request) -> HTTPResponse:
            return self.page(request, "")

        @routes.get("/present/<case>")
        async def present_case(request: Request, case: str) -> HTTPResponse:
            return self.page(request, case)

        @routes.get("/present.js")
        async def present_script(request: Request) -> HTTPResponse:
            return self.channel.serve(request, self.script, "text/javascript; charset=utf-8", {})

        @routes.post("/present/notice")
        async def notice(request: Request) -> HTTPResponse:
            return await self.notice(request)

    def page(self, request: Request, case: str) -> HTTPResponse:
        """Answers with the page, opened at a case; an id that is unknown gives the list of cases."""
        is_known = case in scenarios()
        body = Template(self.channel.widget.files["present.html"]).substitute(
            style=self.style,
            base="../" if case else "",
            case=escape(case if is_known else ""),
            numbers=self.channel.widget.numbers(self.channel.directory.refreshed().referrals, DEFAULT_LANGUAGE),
        )
        policy = POLICY.format(styles=style_hash(self.style), ancestors="'none'")
        status = 200 if is_known or not case else 404
        headers = {"Content-Security-Policy": policy}
        return self.channel.serve(request, body, "text/html; charset=utf-8", headers, status)

    def answer(self, request: Request, status: int, **told: Any) -> HTTPResponse:
        """Answers with JSON that holds the numbers too; a fault says what it is."""
        if status in FAULTS:
            told["error"] = FAULTS[status]
        told["referrals"] = [line.dict() for line in self.channel.directory.refreshed().referrals.lines()]
        return self.channel.serve(request, json.dumps(told), "application/json", {}, status)

    async def notice(self, request: Request) -> HTTPResponse:
        """Weighs what a team says of a part.

        Takes {scenario, part, text}, parts from 1. Answers {found: ids of signs, look_alike: its
        number among the look-alikes from 0 or null, alarm: id of a sign that is not there or null,
        real: a safety intent or null}.
        """
        if not self.channel.is_welcome(request):
            return self.answer(request, 403)
        if len(request.body) > MOST_BODY:
            return self.answer(request, 413)
        if not await self.channel.by_address.allows(self.channel.address(request)):
            return self.answer(request, 429)
        body = read_body(request)
        name, part, text = body.get("scenario"), body.get("part"), body.get("text")
        if not isinstance(name, str) or type(part) is not int or not isinstance(text, str) or not text.strip():
            return self.answer(request, 400)
        if len(text) > MOST_TEXT:
            return self.answer(request, 413)
        case = scenarios().get(name)
        if case is None or not 0 < part <= len(case.beats):
            return self.answer(request, 404)
        told = await self.weighed(request, case.beats[part - 1], clean_text(text, payloads=None))
        return self.answer(request, 503 if told is None else 200, **(told or {}))

    async def weighed(self, request: Request, beat: Beat, text: str) -> dict[str, Any] | None:
        """What the assistant's understanding makes of a text; None when there is none."""
        agent = getattr(request.app.ctx, "agent", None)
        if agent is None or not agent.is_ready():
            return None
        try:
            parsed = await agent.parse_message(text)
            probabilities = parsed.get("sign_probabilities") or {}
            credit = weigh(beat, probabilities, text)
            intent = (parsed.get("intent") or {}).get("name")
        except Exception as error:  # its message may quote what was said
            logger.error("an observation was not understood: %s", type(error).__name__)
            return None
        return {
            "found": [one.sign for one in credit.found],
            "look_alike": beat.look_alikes.index(credit.look_alike) if credit.look_alike else None,
            "alarm": credit.alarm,
            "real": intent if intent in SAFETY_INTENTS else None,
        }
