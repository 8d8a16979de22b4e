"""The block names every number in every language, and knows itself when it sees it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conch.contacts import read_contacts
from conch.referrals import Referrals, ReferralsError, read_referrals
from tests.conch.conftest import Records

Write = Callable[[str, Any], Path]
NUMBERS = ["911", "340-773-9272", "340-776-7867", "1-888-373-7888"]
CHILD_LINE = "1-800-843-5678"
LANGUAGES = ["en", "es", "fr", "ht"]


def refusal(write: Write, records: Any, words: Any) -> str:
    """The message with which the words or the directory are refused."""
    contacts = read_contacts(write("contacts.yml", records))
    with pytest.raises(ReferralsError) as refused:
        read_referrals(contacts, write("referrals.yml", words))
    return str(refused.value)


def test_for_a_child_the_childrens_line_must_be_named_too() -> None:
    referrals = read_referrals(read_contacts())
    assert referrals.are_in(referrals.text())
    assert not referrals.are_in(referrals.text(), for_minor=True)
    assert referrals.are_in(referrals.text(for_minor=True), for_minor=True)


@pytest.mark.parametrize("place", range(4))
def test_refuses_a_core_contact_that_is_withheld(
    records: Records, referral_words: dict, write: Write, place: int
) -> None:
    records[place].update(assurance="withheld", assurance_note="doubtful")
    name = records[place]["id"]
    message = refusal(write, records, referral_words)
    assert message == f"contacts.yml: {name}: is in the referral block and must be shown"


def test_refuses_a_core_contact_that_is_closed(records: Records, referral_words: dict, write: Write) -> None:
    records[3]["status"] = "temporarily closed"
    assert "national_human_trafficking_hotline: is in" in refusal(write, records, referral_words)


def test_refuses_a_core_contact_without_a_voice(records: Records, referral_words: dict, write: Write) -> None:
    records[2]["phones"][0]["type"] = "sms"
    message = refusal(write, records, referral_words)
    assert message.startswith("contacts.yml: family_resource_center_st_thomas: phones: ")


def test_refuses_a_missing_contact(records: Records, referral_words: dict, write: Write) -> None:
    message = refusal(write, records[:3] + records[4:], referral_words)
    assert message.startswith("referrals.yml: order: no contact 'national_human_trafficking_hotline'")


def test_refuses_a_missing_line_for_children(records: Records, referral_words: dict, write: Write) -> None:
    message = refusal(write, records[:4], referral_words)
    assert message.startswith("referrals.yml: for_minors: no contact 'ncmec'")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"order": ["emergency_911"]}, "order"),
        ({"order": ["emergency_911"] * 4}, "order: names a contact twice"),
        ({"for_minors": "emergency_911"}, "order: names a contact twice"),
        ({"words": {}}, "words: 'en' is missing"),
        ({"words": {"en": {"heading": "Call:"}}}, "emergency"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_refuses_bad_words(records: Records, referral_words: dict, write: Write, change: dict, expected: str) -> None:
    message = refusal(write, records, {**referral_words, **change})
    assert message.startswith("referrals.yml: ") and expected in message


@pytest.mark.parametrize("heading", ["", "  ", "Call:\n\nnow"])
def test_refuses_words_that_would_split_the_block(
    records: Records, referral_words: dict, write: Write, heading: str
) -> None:
    referral_words["words"]["en"]["heading"] = heading
    message = refusal(write, records, referral_words)
    assert "heading" in message and "one line" in message


def test_refuses_an_order_that_does_not_begin_with_911(records: Records, referral_words: dict, write: Write) -> None:
    referral_words["order"].reverse()
    assert "must begin with the contact for 911" in refusal(write, records, referral_words)


@pytest.mark.parametrize("content", ["", "[]", "words", "order: [", "a: 1\na: 2"])
def test_refuses_a_broken_file(records: Records, write: Write, content: str) -> None:
    assert refusal(write, records, content).startswith("referrals.yml: ")


def test_refuses_a_missing_file(records: Records, write: Write, tmp_path: Path) -> None:
    contacts = read_contacts(write("contacts.yml", records))
    with pytest.raises(ReferralsError, match=r"referrals\.yml: "):
        read_referrals(contacts, tmp_path / "referrals.yml")


@pytest.fixture(scope="module")
def published() -> Referrals:
    """The project's own block."""
    return read_referrals(read_contacts())


@pytest.mark.parametrize("for_minor", [False, True])
@pytest.mark.parametrize("language", [*LANGUAGES, "xx"])
def test_block_has_each_number_on_its_own_line(published: Referrals, language: str, for_minor: bool) -> None:
    lines = published.text(language, for_minor).split("\n")
    assert all(line.strip() for line in lines)
    numbers = [line.rsplit(": ", 1)[1] for line in lines[1:]]
    assert numbers == NUMBERS[:1] + [CHILD_LINE] * for_minor + NUMBERS[1:]
    assert published.are_in(published.text(language, for_minor))


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_are_short_and_without_promises(published: Referrals, language: str) -> None:
    words = published.words[language]
    assert len([word for word in words.heading.split() if word != ":"]) <= 6
    assert words.reviewed_by_native_speaker is (language == "en")
    assert words.heading.endswith(":") and len(published.failed(language).split()) <= 25


def test_emergency_line_reads_as_a_sentence(published: Referrals) -> None:
    assert "\nIn danger now, call: 911\n" in published.text()


def test_line_for_children_says_whom_it_is_for(published: Referrals) -> None:
    line = published.lines("en", for_minor=True)[1]
    assert line.name.startswith("Under 18 - ") and line.dial == "+18008435678"


def test_unknown_language_gets_english(published: Referrals) -> None:
    assert published.text("xx") == published.text("en")
    assert published.failed("xx") == published.failed("en")


@pytest.mark.parametrize(
    "text",
    [
        "911\n340-773-9272\n340-776-7867\n1-888-373-7888",
        "9-1-1, (340) 773-9272, (340) 776-7867, 1 (888) 373-7888.",
        "Call 911. 340.773.9272 or +1 340 776 7867 or +1-888-373-7888",
        "911 / 3407739272 / 13407767867 / 18883737888",
        "911; 340\u2011773\u20119272; 340\u2013776\u20137867; 1\u00a0888\u00a0373\u00a07888",
        "a fact of 2020: 51,667\n911\n1-340-773-9272\n340-776-7867\n1-888-373-7888\nand 800-843-5678",
    ],
)
def test_recognises_numbers_however_they_are_punctuated(published: Referrals, text: str) -> None:
    assert published.are_in(text)


@pytest.mark.parametrize("missing", NUMBERS)
def test_misses_a_number_that_is_not_there(published: Referrals, missing: str) -> None:
    assert not published.are_in("\n".join(number for number in NUMBERS if number != missing))


@pytest.mark.parametrize("instead", ["340-772-9111", "1911", "9112", "988-911-0000", "9\n1\n1", "٩١١"])
def test_does_not_take_a_part_of_something_else_for_911(published: Referrals, instead: str) -> None:
    assert not published.are_in("\n".join([instead, *NUMBERS[1:]]))


@pytest.mark.parametrize("wrong", ["340-773-92721", "340-773-9273", "2-340-773-9272", "340-773-\n9272", ""])
def test_does_not_take_a_wrong_number_for_the_right_one(published: Referrals, wrong: str) -> None:
    assert not published.are_in("\n".join([NUMBERS[0], wrong, *NUMBERS[2:]]))
