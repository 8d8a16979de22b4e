"""Whatever a reply holds, Messenger can show it: the fake Graph's own checks judge every message."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from addons.channels.messenger_shape import call_buttons, length, shape, split
from conch.directory import Directory
from tests.channels.conftest import names_all
from tests.fake_graph import Refused, check_message

SENTENCE = "The boss keeps the passport and does not pay. "


def test_a_long_text_is_cut_at_sentence_ends() -> None:
    pieces = split(SENTENCE * 100)
    assert len(pieces) == 3
    assert all(piece.endswith("pay.") and length(piece) < 2000 for piece in pieces)
    assert " ".join(pieces) == (SENTENCE * 100).strip()


@pytest.mark.parametrize("text", ["word " * 1000, "x" * 5000, "\U0001f4de" * 3000, "a\n" * 3000, "Lines.\n\n" * 900])
def test_a_text_without_sentences_is_cut_too(text: str) -> None:
    pieces = split(text)
    assert all(0 < length(piece) < 2000 for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())


def test_short_lines_stay_lines() -> None:
    assert split("One.\nTwo: 2\n\nThree.") == ["One.\nTwo: 2\n\nThree."]


def taps(count: int, title: str = "Title") -> list[dict[str, str]]:
    return [{"title": f"{title} {n}", "payload": f"/ask_{n}"} for n in range(count)]


def test_up_to_three_buttons_are_a_template_that_stays() -> None:
    (message,) = shape({"text": "Pick.", "buttons": taps(3)})
    assert len(message["attachment"]["payload"]["buttons"]) == 3


def test_more_than_three_are_quick_replies_and_thirteen_at_most() -> None:
    (message,) = shape({"text": "Pick.", "buttons": taps(15)})
    assert len(message["quick_replies"]) == 13
    check_message(message)


def test_a_long_text_keeps_its_buttons_under_its_end() -> None:
    *head, tail = shape({"text": SENTENCE * 60, "buttons": taps(2)})
    assert all("text" in message for message in head)
    assert len(tail["attachment"]["payload"]["buttons"]) == 2


@pytest.mark.parametrize("size", [639, 640, 641, 1900, 1901, 1999, 2000])
def test_every_length_fits(size: int) -> None:
    for reply in ({"text": "x" * size}, {"text": "x" * size, "buttons": taps(2)}, {"text": "x " * size}):
        for message in shape(reply):
            check_message(message)


def test_titles_are_cut_at_a_word() -> None:
    (message,) = shape({"text": "Pick.", "buttons": [{"title": "What happens when I call", "payload": "/a"}]})
    assert message["attachment"]["payload"]["buttons"][0]["title"] == "What happens when…"


@pytest.mark.parametrize("language", ["en", "es", "fr", "ht"])
@pytest.mark.parametrize("for_minor", [False, True])
def test_the_block_dials_and_keeps_911_in_its_text(directory: Directory, language: str, for_minor: bool) -> None:
    lines = [line.dict() for line in directory.referrals.lines(language, for_minor)]
    text = directory.referrals.text(language, for_minor)
    (message,) = shape({"text": text, "referrals": lines}, more=[])
    check_message(message)
    payload = message["attachment"]["payload"]
    assert names_all(payload["text"])
    assert all(button["title"] in payload["text"] for button in payload["buttons"])
    assert len(payload["buttons"]) == 3


def test_a_short_code_is_no_button() -> None:
    lines = [{"name": "x", "number": number, "dial": number} for number in ("911", "988", "233733")]
    assert call_buttons(lines) == []


def test_a_block_too_long_for_a_template_stays_whole(directory: Directory) -> None:
    lines = [line.dict() for line in directory.referrals.lines()]
    (message,) = shape({"text": SENTENCE * 15 + directory.referrals.text(), "referrals": lines})
    assert names_all(message["text"])


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
BUTTONS = st.lists(
    st.fixed_dictionaries({}, optional={"title": st.text(max_size=60), "payload": st.text(max_size=1200)}) | ANYTHING,
    max_size=16,
)
NUMBERS = ["911", "+13407739272", "988", "+1", "x"]
LINES = st.lists(
    st.fixed_dictionaries({"name": st.text(), "number": st.text(max_size=30), "dial": st.sampled_from(NUMBERS)})
    | ANYTHING,
    max_size=6,
)
TEXTS = (
    st.text(max_size=300) | st.builds(lambda text, n: text * n, st.text(max_size=60), st.integers(0, 120)) | ANYTHING
)


@settings(max_examples=150, deadline=None)
@given(text=TEXTS, buttons=BUTTONS | ANYTHING, referrals=LINES | ANYTHING, image=ANYTHING)
def test_meta_takes_any_reply(text: Any, buttons: Any, referrals: Any, image: Any) -> None:
    reply = {"text": text, "buttons": buttons, "referrals": referrals, "image": image}
    for message in shape(reply, more=None):
        try:
            check_message(message)
        except Refused as error:
            raise AssertionError(error.message) from error
