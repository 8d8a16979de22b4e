"""Contacts for a need, services of an island with hours, and the block as an answer."""

from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path

import pytest
from rasa_sdk.executor import CollectingDispatcher

from actions import contacts as module
from actions.contacts import ActionContacts, ActionLocalServices, ActionReferrals, contact_lines, hours_in_words
from conch.contacts import Contact, Island, Need
from conch.directory import Directory
from tests.actions.conftest import MakeTracker

NUMBERS = ("911", "340-773-9272", "340-776-7867", "1-888-373-7888")
MONDAY_NOON = datetime(2026, 11, 23, 16, 0, tzinfo=timezone.utc)  # 12:00 in the Virgin Islands
MONDAY_NIGHT = datetime(2026, 11, 24, 2, 0, tzinfo=timezone.utc)  # 22:00
MONDAY_EARLY = datetime(2026, 11, 23, 10, 0, tzinfo=timezone.utc)  # 06:00
SATURDAY = datetime(2026, 11, 28, 16, 0, tzinfo=timezone.utc)
OFFICE_HOURS = [{"byday": "MO,TU,WE,TH,FR", "opens_at": "08:00", "closes_at": "17:00"}]


@pytest.fixture(autouse=True)
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Directory]:
    """The directory that the project ships."""
    found = Directory(last_good=tmp_path)
    monkeypatch.setattr(module, "directory", lambda: found)
    return found


def office(name: str = "An Office", number: str = "340-773-9272", **fields: object) -> Contact:
    """A contact that is open in office hours."""
    record = {
        "id": "an_office",
        "status": "active",
        "assurance": "confirmed",
        "name": {"en": name},
        "organization": {"name": name},
        "description": {"en": "Somebody to call."},
        "phones": [{"number": number, "type": "voice"}],
        "always_open": "false",
        "schedules": OFFICE_HOURS,
        "sources": [{"source": "a_page"}],
        "assured_date": "2026-11-22",
        "assured_by": "a tester",
        "review_by": "2027-05-22",
    }
    return Contact(**(record | fields))


def said(dispatcher: CollectingDispatcher) -> dict:
    """The one thing that an action said."""
    (message,) = dispatcher.messages
    return message


@pytest.mark.parametrize("need", [None, "rescue", "", "TEXT"])
def test_an_unknown_need_gets_everybody(
    dispatcher: CollectingDispatcher, make_tracker: MakeTracker, need: str | None
) -> None:
    assert ActionContacts().run(dispatcher, make_tracker(need=need), {}) == []
    assert said(dispatcher)["response"] == "utter_contacts_all"
    assert all(number in said(dispatcher)["contacts"] for number in NUMBERS)


@pytest.mark.parametrize("need", list(Need))
def test_each_need_has_somebody_and_at_most_four(
    dispatcher: CollectingDispatcher, make_tracker: MakeTracker, need: Need
) -> None:
    ActionContacts().run(dispatcher, make_tracker(need=need.value), {})
    assert said(dispatcher)["response"] == f"utter_contacts_{need.value}"
    lines = said(dispatcher)["contacts"].splitlines()
    assert 1 <= len(lines) <= 4
    assert all(": " in line and not line.endswith(": ") for line in lines)


def test_nobody_withheld_is_named(dispatcher: CollectingDispatcher, make_tracker: MakeTracker) -> None:
    for need in Need:
        ActionContacts().run(dispatcher, make_tracker(need=need.value), {})
    for island in Island:
        ActionLocalServices().run(dispatcher, make_tracker(island=island.value), {})
    everything = "\n".join(f"{m.get('contacts')}{m.get('services')}" for m in dispatcher.messages)
    hidden = [contact for contact in module.directory().contacts if not contact.is_shown]
    shown = {phone.number for contact in module.directory().shown() for phone in contact.phones}
    assert hidden
    for contact in hidden:
        assert not [
            phone.number for phone in contact.phones if phone.number in everything and phone.number not in shown
        ]


def test_only_the_number_for_the_need_is_given() -> None:
    phones = [{"number": "340-773-9272", "type": "voice"}, {"number": "233733", "type": "sms"}]
    contact = office(phones=phones, email="help@example.org", chat_url="https://example.org/chat")
    assert module.ways_to_reach(contact, Need.TEXT) == "text 233733"
    assert module.ways_to_reach(contact, Need.CHAT) == "https://example.org/chat"
    assert module.ways_to_reach(contact, Need.EMAIL) == "help@example.org"
    assert module.ways_to_reach(contact) == "call 340-773-9272, text 233733"
    assert module.ways_to_reach(office(phones=[], url="https://example.org")) == "https://example.org"


@pytest.mark.parametrize(
    ("now", "words"),
    [
        (MONDAY_NOON, "open now"),
        (MONDAY_EARLY, "closed now, opens today at 8:00 AM"),
        (MONDAY_NIGHT, "closed now, opens Tuesday at 8:00 AM"),
        (SATURDAY, "closed now, opens Monday at 8:00 AM"),
    ],
)
def test_a_closed_office_says_when_it_opens(now: datetime, words: str) -> None:
    assert hours_in_words(office(), now) == words
    assert contact_lines([office()], now) == f"An Office: call 340-773-9272 ({words})"


def test_hours_that_are_not_known_are_not_claimed() -> None:
    contact = office(schedules=[])
    assert hours_in_words(contact, MONDAY_NOON) == ""
    assert contact_lines([contact], MONDAY_NOON) == "An Office: call 340-773-9272"
    assert hours_in_words(office(always_open="true"), MONDAY_NIGHT) == "day and night"


def test_who_answers_now_comes_first() -> None:
    night = office("Night Line", always_open="true")
    assert contact_lines([office(), night], MONDAY_NIGHT).startswith("Night Line")
    assert contact_lines([office(), night], MONDAY_NOON).startswith("An Office")
    assert len(contact_lines([office()] * 9, MONDAY_NOON).splitlines()) == 4


@pytest.mark.parametrize("island", [None, "tortola", "St. John"])
def test_an_unknown_island_is_asked_for(
    dispatcher: CollectingDispatcher, make_tracker: MakeTracker, island: str | None
) -> None:
    ActionLocalServices().run(dispatcher, make_tracker(island=island), {})
    assert said(dispatcher)["response"] == "utter_local_services"
    assert "services" not in said(dispatcher)


@pytest.mark.parametrize("island", list(Island))
def test_each_island_has_its_answer(
    dispatcher: CollectingDispatcher, make_tracker: MakeTracker, island: Island
) -> None:
    ActionLocalServices().run(dispatcher, make_tracker(island=island.value), {})
    assert said(dispatcher)["response"] == f"utter_local_services_{island.value}"
    assert said(dispatcher)["services"]


def test_the_island_of_the_conversation_is_remembered(
    dispatcher: CollectingDispatcher, make_tracker: MakeTracker
) -> None:
    ActionLocalServices().run(dispatcher, make_tracker(slots={"island": "st_croix"}), {})
    ActionLocalServices().run(dispatcher, make_tracker(slots={"island": "st_croix"}, island="st_thomas"), {})
    assert [message["response"] for message in dispatcher.messages] == [
        "utter_local_services_st_croix",
        "utter_local_services_st_thomas",
    ]
    assert "340-773-9272" in dispatcher.messages[0]["services"]


@pytest.mark.parametrize(("language", "heading"), [(None, "You can call"), ("es", "Puede llamar"), ("xx", "You can")])
def test_the_block_as_an_answer(
    dispatcher: CollectingDispatcher, make_tracker: MakeTracker, language: str | None, heading: str
) -> None:
    ActionReferrals().run(dispatcher, make_tracker(language=language), {})
    assert said(dispatcher)["text"].startswith(heading)
    assert all(number in said(dispatcher)["text"] for number in NUMBERS)
