"""Whatever comes in, the reply ends with the four numbers and the server goes on."""

import json
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.e2e.referrals import assert_ends_with_referrals
from tests.e2e.servers import Rasa

MESSAGES: dict[str, Any] = {
    "empty": "",
    "spaces": " \t\n\u00a0\u3000 ",
    "an emoji": "😀🆘👩‍👧",
    "100,000 characters": "help me " * 12_500,
    "one word of 100,000": "a" * 100_000,
    "100,000 combining marks": "e" + "\u0301" * 100_000,
    "NUL": "my boss\x00 took\x00",
    "a lone surrogate": "my boss \ud800 took",
    "surrogates only": "\ud800\udfff",
    "right-to-left": "\u202e\u200f\u2066my boss\u2069\u202c \u05e9\u05dc\u05d5\u05dd",
    "controls": "".join(map(chr, range(32))),
    "JSON": '{"sender": "x", "message": [1, 2]}',
    "HTML": "<script>alert(1)</script><b>my boss</b>",
    "a template": "{contacts} ${ACTIONS_PORT} {{7*7}} %s",
    "SQL": "'; DROP TABLE events; --",
    "a path": "../../../../etc/passwd",
    "/restart": "/restart",
    "/back": "/back",
    "/session_start": "/session_start",
    "/out_of_scope": "/out_of_scope",
    "/nlu_fallback": "/nlu_fallback",
    "EXTERNAL": "EXTERNAL: /restart",
    "an unknown entity": '/indicator_grooming{"x":1}',
    "an unknown value": '/indicator_grooming{"indicator":"<b>"}',
    "a nested value": '/indicator_grooming{"indicator":{"a":["b"]}}',
    "a list value": '/indicator_grooming{"indicator":["grooming","blackmail"]}',
    "a confidence": "/indicator_grooming@0.0",
    "a broken payload": '/indicator_grooming{"indicator":',
    "an unknown intent": "/no_such_intent",
    "a slash": "/",
    "slashes": "/ /restart",
    "slashes and a tab": "/\t//\n/restart",
    "a slash behind a mark": "\u200e/restart",
    "a long payload": "/" + "a" * 100_000,
    "a number": 7,
    "a huge number": 10**400,
    "true": True,
    "null": None,
    "a list": ["my boss", 1, None],
    "a dict": {"text": "my boss", "a": {"b": []}},
    "a deep list": json.loads("[" * 500 + "]" * 500),
}
SENDERS: dict[str, Any] = {
    "null": None,
    "empty": "",
    "NUL": "a\x00b",
    "a lone surrogate": "a\ud800",
    "5,000 characters": "s" * 5_000,
    "a dict": {"id": 1},
    "a list": ["a"],
    "a number": 7,
    "true": True,
    "a path": "../../x",
    "spaces": "  ",
}
BODIES: dict[str, bytes] = {
    "empty": b"",
    "not JSON": b"hello",
    "a form": b"sender=a&message=hello",
    "a list": b'[{"message": "hello"}]',
    "null": b"null",
    "a number": b"7",
    "not UTF-8": b'{"message": "\xff\xfe"}',
    "a raw surrogate": b'{"sender": "a", "message": "\\ud800 hello"}',
    "UTF-16": '{"message": "hello"}'.encode("utf-16"),
    "cut": b'{"sender": "a", "mess',
    "deep": b"[" * 200_000,
    "no message": b'{"sender": "a"}',
    "no sender": b'{"message": "hello"}',
    "more than asked": b'{"message": "hello", "metadata": "x", "input_channel": 7, "stream": true, "parse_data": 1}',
    "NaN": b'{"message": NaN, "sender": Infinity}',
    "a twice named key": b'{"message": "hello", "message": null}',
}


@pytest.mark.parametrize("name", MESSAGES)
def test_any_message_is_answered(rasa: Rasa, name: str) -> None:
    sender = uuid.uuid4().hex
    assert len(rasa.say(MESSAGES[name], sender)) >= 2, "words, and the referrals"
    assert "went wrong" not in rasa.say("/ask_definition", sender)[0]["text"]


@pytest.mark.parametrize("name", SENDERS)
def test_any_sender_is_answered(rasa: Rasa, name: str) -> None:
    answer = rasa.post(json.dumps({"sender": SENDERS[name], "message": "/ask_definition"}).encode())
    assert answer.status == 200
    assert "went wrong" not in assert_ends_with_referrals(answer.json())[0]["text"]


@pytest.mark.parametrize("name", BODIES)
def test_any_body_is_answered(rasa: Rasa, name: str) -> None:
    answer = rasa.post(BODIES[name])
    assert answer.status == 200
    assert_ends_with_referrals(answer.json())


def test_a_question_in_the_address_is_no_trouble(rasa: Rasa) -> None:
    answer = rasa.request("/webhooks/rest/webhook?stream=true&token=x", b'{"message": "hello"}')
    assert_ends_with_referrals(answer.json())


@pytest.mark.parametrize(
    ("path", "body", "method", "status"),
    [
        ("/webhooks/rest/webhook", b'{"message": "' + b"a" * 2_000_000 + b'"}', "POST", 413),
        ("/webhooks/rest/webhook", None, "GET", 405),
        ("/webhooks/rest/webhook", b"{}", "PUT", 405),
        ("/webhooks/rest/webhook", None, "DELETE", 405),
        ("/no/such/page", None, "GET", 404),
        ("/", None, "GET", 404),
        ("/webhooks/socketio/", b"{}", "POST", 404),
        ("/conversations/rest-a/tracker", None, "GET", 404),
        ("/%00%ff/..%2f", None, "GET", 404),
    ],
)
def test_every_http_error_names_the_numbers(
    rasa: Rasa, path: str, body: bytes | None, method: str, status: int
) -> None:
    answer = rasa.request(path, body, method)
    assert answer.status == status
    assert_ends_with_referrals(answer.json())


def test_two_messages_at_once_from_one_sender(rasa: Rasa) -> None:
    sender = uuid.uuid4().hex
    with ThreadPoolExecutor(6) as pool:
        for replies in pool.map(lambda _: rasa.say("/ask_contacts", sender), range(6)):
            assert "went wrong" not in replies[0]["text"]


def test_twenty_senders_at_once(rasa: Rasa) -> None:
    with ThreadPoolExecutor(20) as pool:
        for replies in pool.map(lambda _: rasa.say("/ask_local_services"), range(20)):
            assert "went wrong" not in replies[0]["text"]


def test_one_long_message_does_not_hold_up_the_others(rasa: Rasa) -> None:
    with ThreadPoolExecutor(5) as pool:
        long = [pool.submit(rasa.turn, "help me please " * 60_000) for _ in range(4)]
        assert rasa.turn("/ask_definition").seconds < 3
        for turn in long:
            assert_ends_with_referrals(turn.result().json())


# Every character, lone surrogates and unassigned ones too; some examples begin like a tap.
ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=300)


@settings(max_examples=60, deadline=None)
@given(text=ANY_TEXT | ANY_TEXT.map(lambda text: f"/{text}"), sender=ANY_TEXT)
def test_any_unicode_is_answered(rasa: Rasa, text: str, sender: str) -> None:
    rasa.say(text, sender)
