"""The presenter page over its own routes: what it serves, what it understands, what it refuses, what it never keeps."""

import gzip
import json
import logging
from types import SimpleNamespace
from typing import Any

import pytest

from addons.channels.present import FAULTS, MOST_TEXT
from conch.noticing import ALARM_AT, CREDIT_AT, numbered
from conch.scenarios import scenarios
from tests.channels import test_chat
from tests.channels.conftest import NUMBERS, names_all
from tests.channels.test_chat import HOST_SITE, OTHER_SITE, Answer, Client, Serve

CASE = scenarios()["hotel_front_desk"]
FIRST = CASE.beats[0]
serve = test_chat.serve  # the fixture
SECRET = "xylophone quixotic marmalade"


def understood(client: Client, intent: str = "out_of_scope", error: Exception | None = None, **signs: float) -> Client:
    """Gives the assistant an understanding that always finds the same."""

    async def parse(text: str) -> dict[str, Any]:
        if error:
            raise error
        return {"text": text, "intent": {"name": intent, "confidence": 0.9}, "sign_probabilities": signs}

    client.app.ctx.agent = SimpleNamespace(parse_message=parse, is_ready=lambda: True)
    return client


async def notice(client: Client, text: Any = SECRET, **body: Any) -> Answer:
    """Sends what a team says of the first part, unless the body says otherwise."""
    return await client.ask("/present/notice", {"scenario": CASE.id, "part": 1, "text": text} | body)


def told(answer: Answer) -> dict[str, Any]:
    """An answer's JSON; whatever it is, it holds the numbers and is not kept by anybody."""
    body = json.loads(answer.body)
    assert [line["number"] for line in body["referrals"]] == list(NUMBERS)
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "set-cookie" not in answer.headers
    return body


@pytest.mark.parametrize("path", ["/present", f"/present/{CASE.id}", "/present/no_such_case", "/present/%22%3E%3Cb%3E"])
async def test_every_page_holds_the_numbers_and_a_strict_policy(serve: Serve, path: str) -> None:
    page = await serve().ask(path)
    html = page.body.decode()
    assert page.status == (200 if path in ("/present", f"/present/{CASE.id}") else 404)
    assert names_all(html)
    assert 'href="tel:+13407739272"' in html
    assert "<b>" not in html
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["x-content-type-options"] == "nosniff"
    assert "set-cookie" not in page.headers
    policy = page.headers["content-security-policy"]
    for part in ("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "trusted-types 'none'"):
        assert part in policy
    assert "require-trusted-types-for 'script'" in policy
    assert "unsafe" not in policy


async def test_a_page_is_opened_at_its_case_and_finds_its_script(serve: Serve) -> None:
    client = serve()
    first, second = (
        (await client.ask("/present")).body.decode(),
        (await client.ask(f"/present/{CASE.id}")).body.decode(),
    )
    assert 'src="present.js"' in first
    assert 'data-case=""' in first
    assert 'src="../present.js"' in second
    assert f'data-case="{CASE.id}"' in second


async def test_the_script_holds_every_case_and_none_of_the_example_answers(serve: Serve) -> None:
    client = serve()
    script = await client.ask("/present.js")
    text = script.body.decode()
    assert script.headers["cache-control"] == "no-store"
    assert "GIVEN=null" not in text
    for case in scenarios().values():
        assert json.dumps(case.debrief.strip()) in text
        for beat in case.beats:
            assert all(json.dumps(one.words) in text for one in numbered(beat))
            assert not any(json.dumps(answer) in text for one in beat.signs for answer in one.answers)
    packed = await client.ask("/present.js", accept_encoding="gzip")
    assert gzip.decompress(packed.body).decode() == text


async def test_a_sign_of_the_part_is_found_as_in_the_chat(serve: Serve) -> None:
    sign = FIRST.signs[1].sign
    answer = await notice(understood(serve(), **{sign: CREDIT_AT}))
    assert answer.status == 200
    body = told(answer)
    assert (body["found"], body["look_alike"], body["alarm"], body["real"]) == ([sign], None, None, None)
    assert told(await notice(understood(serve(), **{sign: CREDIT_AT - 0.01})))["found"] == []


async def test_a_look_alike_is_told_by_its_number(serve: Serve) -> None:
    look_alike = FIRST.look_alikes[0]
    body = told(await notice(understood(serve()), f"they paid with {look_alike.words}"))
    assert (body["found"], body["look_alike"]) == ([], 0)


async def test_a_sign_that_is_not_there_is_told_and_nothing_is_nothing(serve: Serve) -> None:
    assert told(await notice(understood(serve(), grooming=ALARM_AT)))["alarm"] == "grooming"
    body = told(await notice(understood(serve())))
    assert (body["found"], body["look_alike"], body["alarm"], body["real"]) == ([], None, None, None)


@pytest.mark.parametrize("intent", ["immediate_danger", "unsafe_to_talk", "self_harm"])
async def test_what_may_be_real_is_said_and_a_sign_still_counts(serve: Serve, intent: str) -> None:
    sign = FIRST.signs[0].sign
    body = told(await notice(understood(serve(), intent, **{sign: 0.9})))
    assert (body["real"], body["found"]) == (intent, [sign])


async def test_a_text_is_never_taken_for_a_tap(serve: Serve) -> None:
    client, seen = understood(serve()), []

    async def parse(text: str) -> dict[str, Any]:
        seen.append(text)
        return {}

    client.app.ctx.agent.parse_message = parse
    assert (await notice(client, "/immediate_danger")).status == 200
    assert seen == ["immediate_danger"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"[1]", 400),
        (b"\xff" * 9, 400),
        (b" " * 40_000, 413),
        ({}, 400),
        ({"scenario": CASE.id, "part": 1}, 400),
        ({"scenario": CASE.id, "part": 1, "text": " \n"}, 400),
        ({"scenario": CASE.id, "part": 1, "text": ["a"]}, 400),
        ({"scenario": CASE.id, "part": "1", "text": "a"}, 400),
        ({"scenario": CASE.id, "part": True, "text": "a"}, 400),
        ({"scenario": [CASE.id], "part": 1, "text": "a"}, 400),
        ({"scenario": "no_such_case", "part": 1, "text": "a"}, 404),
        ({"scenario": CASE.id, "part": 0, "text": "a"}, 404),
        ({"scenario": CASE.id, "part": len(CASE.beats) + 1, "text": "a"}, 404),
        ({"scenario": CASE.id, "part": 1, "text": "a" * (MOST_TEXT + 1)}, 413),
    ],
)
async def test_a_bad_request_is_told_what_to_send(serve: Serve, body: Any, status: int) -> None:
    answer = await understood(serve()).ask("/present/notice", body)
    assert answer.status == status
    assert told(answer)["error"] == FAULTS[status]


async def test_the_longest_text_is_still_heard(serve: Serve) -> None:
    assert (await notice(understood(serve()), "\U0001f300" * MOST_TEXT)).status == 200


@pytest.mark.parametrize("agent", [None, SimpleNamespace(is_ready=lambda: False)])
async def test_without_a_model_the_fault_is_clear_and_the_page_still_comes(serve: Serve, agent: Any) -> None:
    client = serve()
    client.app.ctx.agent = agent
    answer = await notice(client)
    assert answer.status == 503
    assert "by its number" in told(answer)["error"]
    assert (await client.ask("/present")).status == 200


@pytest.mark.parametrize(
    "parsed", [None, {}, {"sign_probabilities": None, "intent": None}, {"sign_probabilities": [1]}, []]
)
async def test_an_understanding_that_answers_oddly_breaks_nothing(serve: Serve, parsed: Any) -> None:
    client = understood(serve())

    async def parse(text: str) -> Any:
        return parsed

    client.app.ctx.agent.parse_message = parse
    answer = await notice(client)
    assert answer.status in (200, 503)
    told(answer)


async def test_nothing_that_is_said_is_logged(serve: Serve, caplog: pytest.LogCaptureFixture) -> None:
    client = understood(serve(), error=ValueError(SECRET))
    with caplog.at_level(logging.DEBUG):
        answer = await notice(client)
    assert answer.status == 503
    assert "ValueError" in caplog.text
    assert "xylophone" not in caplog.text + answer.body.decode()


async def test_another_site_may_not_ask(serve: Serve) -> None:
    client = understood(serve())
    body = {"scenario": CASE.id, "part": 1, "text": "a"}
    assert (await client.ask("/present/notice", body, origin=OTHER_SITE)).status == 403
    answer = await client.ask("/present/notice", body, origin="https://chat.example.org")
    assert answer.status == 200
    assert "access-control-allow-origin" not in (await client.ask("/present/notice", body, origin=HOST_SITE)).headers


async def test_a_flood_is_slowed_as_in_the_chat(serve: Serve) -> None:
    client = understood(serve())
    statuses = [(await notice(client)).status for _ in range(62)]
    assert statuses == [200] * 60 + [429] * 2
    assert told(await notice(client))["error"] == FAULTS[429]
