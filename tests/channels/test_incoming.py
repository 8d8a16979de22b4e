"""Whatever enters becomes bounded, encodable text, a safe sender and only the taps on offer."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rasa.core.channels.channel import UserMessage
from rasa.core.nlg.interpolator import interpolate
from rasa.shared.core.constants import DEFAULT_INTENTS
from rasa.shared.core.domain import Domain

from addons.channels.incoming import MAX_TEXT, Payloads, clean_message, clean_sender, clean_text
from tests.words import responses

ROOT = Path(__file__).resolve().parents[2]
DOMAIN = Domain.from_file(str(ROOT / "domain.yml"))
PAYLOADS = Payloads(DOMAIN)
SENDER = re.compile(r"[A-Za-z0-9_.:-]{1,90}")
ANY_TEXT = st.text(st.characters(), max_size=200)  # lone surrogates and control characters too
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | ANY_TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(ANY_TEXT, inner, max_size=4),
    max_leaves=20,
)
BUTTONS = sorted(
    {
        interpolate(button["payload"], {})
        for variations in responses().values()
        for variation in variations
        for button in variation.get("buttons", [])
    }
)


def is_clean(text: str) -> bool:
    """Bounded, encodable, and no command."""
    text.encode("utf-8")
    return len(text) <= MAX_TEXT and "\x00" not in text and not text.startswith("/")


@given(ANY_JSON)
def test_any_value_becomes_clean_text(value: Any) -> None:
    assert is_clean(clean_text(value, PAYLOADS)) or PAYLOADS.accepts(clean_text(value, PAYLOADS))


@given(ANY_TEXT, st.integers(1, 200))
def test_long_text_is_bounded(text: str, times: int) -> None:
    assert is_clean(clean_text(f"a{text}" * times, PAYLOADS))


@given(ANY_TEXT)
def test_cleaning_twice_changes_nothing(text: str) -> None:
    once = clean_text(text, PAYLOADS)
    assert clean_text(once, PAYLOADS) == once


@given(st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=300))
def test_ordinary_words_stay_as_they_are(text: str) -> None:
    assert clean_text(text, PAYLOADS) == text


@given(ANY_JSON)
def test_any_sender_becomes_a_safe_key(sender: Any) -> None:
    cleaned = clean_sender(sender, "rest")
    assert SENDER.fullmatch(cleaned)
    assert cleaned.startswith("rest-")


def test_a_sender_keeps_its_conversation_and_no_sender_gets_its_own() -> None:
    assert clean_sender("you", "rest") == clean_sender("you", "rest") == "rest-you"
    assert clean_sender("../../x", "rest") == clean_sender("../../x", "rest") != clean_sender("../../y", "rest")
    assert clean_sender("", "rest") != clean_sender("", "rest")
    assert clean_sender(None, "rest") != clean_sender(None, "rest")


@given(ANY_JSON, ANY_JSON, ANY_JSON)
def test_any_message_becomes_clean(text: Any, sender: Any, metadata: Any) -> None:
    message = UserMessage("x", None, None, input_channel="rest", metadata=metadata)
    message.text, message.sender_id, message.parse_data = text, sender, {"intent": {"name": "restart"}}
    clean_message(message, PAYLOADS)
    assert is_clean(message.text) or PAYLOADS.accepts(message.text)
    assert SENDER.fullmatch(message.sender_id)
    assert message.metadata is None or isinstance(message.metadata, dict)
    assert message.parse_data is None


@pytest.mark.parametrize("payload", BUTTONS)
def test_every_button_is_accepted(payload: str) -> None:
    assert PAYLOADS.accepts(payload)
    assert clean_text(payload, PAYLOADS) == payload


@pytest.mark.parametrize("intent", DEFAULT_INTENTS)
def test_intents_of_rasa_itself_are_not(intent: str) -> None:
    assert not PAYLOADS.accepts(f"/{intent}")
    assert clean_text(f"/{intent}", PAYLOADS) == intent


@pytest.mark.parametrize(
    "text",
    [
        "/no_such_intent",
        "/ask_contacts now",
        "/ask_contacts\n",
        "//ask_contacts",
        "/Ask_Contacts",
        "/ask_contacts@1.0",
        '/ask_contacts{"island": "atlantis"}',
        '/ask_contacts{"island": ["st_croix"]}',
        '/ask_contacts{"island": {"value": "st_croix"}}',
        '/ask_contacts{"island": null}',
        '/ask_contacts{"session_started_metadata": "x"}',
        '/ask_contacts{"requested_slot": "island"}',
        '/ask_contacts{"indicators": "grooming"}',
        '/indicator_grooming{"indicator": "no_such_sign"}',
        "/indicator_grooming",
        "/indicator_grooming{}",
        '/indicator_grooming{"perspective": "self"}',
        '/indicator_grooming{"indicator": "blackmail"}',
        '/indicator_grooming{"indicator": "__other__"}',
        '/ask_contacts{"perspective": "__other__"}',
        "/ask_contacts{}}",
        "/ask_contacts[]",
        '/ask_contacts{"island": "st_croix"',
        "/ask_contacts" + '{"a":' * 60 + "1" + "}" * 60,
        "/ask_contacts{" + " " * 400 + "}",
    ],
)
def test_what_no_button_offers_is_ordinary_text(text: str) -> None:
    assert not PAYLOADS.accepts(text)
    assert not clean_text(text.rstrip("\n") + "!", PAYLOADS).startswith("/")


def test_a_sign_with_its_value_is_accepted() -> None:
    assert PAYLOADS.accepts('/indicator_grooming{"indicator": "grooming", "perspective": "other"}')


def test_without_a_model_nothing_is_a_tap() -> None:
    assert clean_text("/ask_contacts", None) == "ask_contacts"


@given(st.dictionaries(ANY_TEXT, ANY_JSON, max_size=3))
def test_entities_that_no_slot_lists_are_refused(entities: dict[str, Any]) -> None:
    text = "/ask_contacts" + json.dumps(entities)
    assert PAYLOADS.accepts(text) == (not entities)
