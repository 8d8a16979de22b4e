"""A doubtful directory is refused, with a message that names file, record and field."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conch.contacts import Assurance, Contact, ContactsError, Need, Phone, PhoneType, read_contacts
from conch.sources import read_sources
from tests.conch.conftest import Records

Write = Callable[[str, Any], Path]
WCSC = 1  # the place of the record that the tests break


def refusal(write: Write, content: Any) -> str:
    """The message with which a file is refused."""
    with pytest.raises(ContactsError) as refused:
        read_contacts(write("contacts.yml", content))
    return str(refused.value)


def assert_names(message: str, field: str, reason: str) -> None:
    """The message names file, record, field and reason."""
    assert message.startswith("contacts.yml: womens_coalition_st_croix: "), message
    assert field in message and reason in message, message


@pytest.mark.parametrize(
    ("change", "field", "reason"),
    [
        ({"telephone": "340-773-9272"}, "telephone", "extra fields not permitted"),
        ({"name": {"es": "Coalición"}}, "name", "needs an 'en' text"),
        ({"name": {"en": " "}}, "name", "needs an 'en' text"),
        ({"name": {"en": "Women's\n\nCoalition"}}, "name", "on one line"),
        ({"alert": {"es": "Espere"}}, "alert", "needs an 'en' text"),
        ({"description": {"en": "A line.", "english": "A line."}}, "description", "not a language code"),
        ({"status": "open"}, "status", "permitted"),
        ({"needs": ["money"]}, "needs.0", "permitted"),
        ({"islands": ["tortola"]}, "islands.0", "permitted"),
        ({"always_open": "sometimes"}, "always_open", "boolean"),
        ({"url": "wcstx.org"}, "url", "not an address"),
        ({"url": "javascript:alert(1)"}, "url", "not an address"),
        ({"timezone": "America/St_Thoma"}, "timezone", "not a time zone"),
        ({"sources": []}, "sources", "at least 1"),
        ({"sources": [{"page": "a_page"}]}, "sources.0.source", "required"),
        ({"phones": [], "url": ""}, "record", "needs a phone, a chat or a website"),
        ({"assured_date": "soon"}, "assured_date", "not a date"),
        ({"assured_date": "20261122", "review_by": "20261123"}, "assured_date", "not a date"),
        ({"review_by": "2027-05-25"}, "review_by", "1 to 183 days"),
        ({"review_by": "2026-11-22"}, "review_by", "1 to 183 days"),
        ({"review_by": "2026-11-01"}, "review_by", "1 to 183 days"),
        ({"assurance": "withheld"}, "assurance_note", "must say why"),
        ({"assurance": "conflicting"}, "assurance_note", "must say why"),
        ({"assurance": "withheld", "assurance_note": ""}, "assurance_note", "must say why"),
    ],
)
def test_refuses_a_bad_field(records: Records, write: Write, change: dict, field: str, reason: str) -> None:
    records[WCSC].update(change)
    assert_names(refusal(write, records), field, reason)


@pytest.mark.parametrize("field", ["name", "description", "status", "phones", "sources", "assured_by", "review_by"])
def test_refuses_a_missing_field(records: Records, write: Write, field: str) -> None:
    del records[WCSC][field]
    reason = "needs a phone" if field == "phones" else "field required"
    assert_names(refusal(write, records), "record" if field == "phones" else field, reason)


@pytest.mark.parametrize(
    "number",
    [
        "12",
        "1234567",
        "773-9272",
        "340-773-927",
        "340-773-92721",
        "340-773-9272 ext. 5",
        "1-800-222-TIPS",
        "+44 20 7946 0958",
        "２３３７３３",
        "call us",
        "",
    ],
)
def test_refuses_a_bad_number(records: Records, write: Write, number: str) -> None:
    records[WCSC]["phones"] = [{"number": number, "type": "voice"}]
    assert_names(refusal(write, records), "phones.0.number", number)


@pytest.mark.parametrize(
    ("opens", "closes", "field", "reason"),
    [
        ("17:00", "09:00", "schedules.0", "opens_at must be earlier"),
        ("09:00", "09:00", "schedules.0", "opens_at must be earlier"),
        ("0900", "17:00", "schedules.0.opens_at", "not a time"),
        ("09:00", "24:00", "schedules.0.closes_at", "invalid time"),
        ("9 AM", "17:00", "schedules.0.opens_at", "not a time"),
        ("09:00Z", "17:00Z", "schedules.0.opens_at", "not a time"),
    ],
)
def test_refuses_bad_hours(records: Records, write: Write, opens: str, closes: str, field: str, reason: str) -> None:
    records[WCSC]["schedules"] = [{"byday": "MO,TU", "opens_at": opens, "closes_at": closes}]
    assert_names(refusal(write, records), field, reason)


def test_refuses_an_id_used_twice(records: Records, write: Write) -> None:
    message = refusal(write, [*records, records[WCSC]])
    assert message == "contacts.yml: womens_coalition_st_croix: id: used twice; give each record its own"


@pytest.mark.parametrize("bad_id", ["Women's Coalition", "911_line", ""])
def test_refuses_a_bad_id(records: Records, write: Write, bad_id: str) -> None:
    records[WCSC]["id"] = bad_id
    message = refusal(write, records)
    assert message.startswith(f"contacts.yml: {bad_id or 'number 2'}: id: "), message


def test_names_a_record_without_id_by_its_place(records: Records, write: Write) -> None:
    del records[WCSC]["id"]
    assert refusal(write, records) == "contacts.yml: number 2: id: field required"


def test_names_every_fault_at_once(records: Records, write: Write) -> None:
    records[0]["status"] = "open"
    records[WCSC]["phones"][0]["number"] = "12"
    lines = refusal(write, records).splitlines()
    assert [line.split(": ")[1] for line in lines] == ["emergency_911", "womens_coalition_st_croix"]


@pytest.mark.parametrize("content", ["", "# nothing\n", "[]", "id: emergency_911", "just words", "- words\n", "- []\n"])
def test_refuses_what_is_not_a_list_of_contacts(write: Write, content: str) -> None:
    message = refusal(write, content)
    assert message.startswith("contacts.yml: ") and ("must be a list" in message or "number 1" in message)


@pytest.mark.parametrize("content", ["- id: [", "- id: a\n  b", "\t- id: a", "- {[a]: b}", "[" * 3000])
def test_refuses_broken_yaml(write: Write, content: str) -> None:
    assert refusal(write, content).startswith("contacts.yml: cannot be read: ")


def test_refuses_a_key_written_twice(write: Write) -> None:
    message = refusal(write, '- id: a\n  url: "https://a.org"\n  url: "https://b.org"\n')
    assert "'url' is written twice" in message and "line 3" in message


def test_refuses_a_file_that_is_not_text(tmp_path: Path) -> None:
    (tmp_path / "contacts.yml").write_bytes(b"- id: \xff\xfe")
    with pytest.raises(ContactsError, match=r"contacts\.yml: cannot be read"):
        read_contacts(tmp_path / "contacts.yml")


def test_refuses_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(ContactsError, match=r"contacts\.yml: cannot be read"):
        read_contacts(tmp_path / "contacts.yml")


@pytest.mark.parametrize(
    ("number", "dial"),
    [
        ("911", "911"),
        ("988", "988"),
        ("233733", "233733"),
        ("340-773-9272", "+13407739272"),
        ("(340) 774-0144", "+13407740144"),
        ("340.719.0144", "+13407190144"),
        ("1-888-373-7888", "+18883737888"),
        ("1 (888) 373-7888", "+18883737888"),
        ("+1 340 773 9272", "+13407739272"),
    ],
)
def test_dials_a_number_however_it_is_written(number: str, dial: str) -> None:
    assert Phone(number=number, type="voice").dial == dial


def test_reads_scalars_as_they_are_written(records: Records, write: Write) -> None:
    """YAML would make a number of 911 and False of no."""
    text = str(write("contacts.yml", records[:1]).read_text()).replace("'911'", "911").replace("'true'", "no")
    contact = read_contacts(write("contacts.yml", text))[0]
    assert contact.phone(PhoneType.VOICE).number == "911" and contact.always_open is False


@pytest.mark.parametrize(
    ("change", "shown"),
    [
        ({}, True),
        ({"assurance": "conflicting", "assurance_note": "two numbers"}, True),
        ({"assurance": "withheld", "assurance_note": "unverified"}, False),
        ({"status": "inactive"}, False),
        ({"status": "defunct"}, False),
        ({"status": "temporarily closed"}, False),
    ],
)
def test_shows_only_what_may_be_given(records: Records, write: Write, change: dict, shown: bool) -> None:
    records[WCSC].update(change)
    assert read_contacts(write("contacts.yml", records))[WCSC].is_shown is shown


@pytest.fixture(scope="module")
def published() -> dict[str, Contact]:
    """The project's own directory."""
    return {contact.id: contact for contact in read_contacts()}


@pytest.mark.parametrize(
    ("contact", "number"),
    [
        ("emergency_911", "911"),
        ("womens_coalition_st_croix", "340-773-9272"),
        ("family_resource_center_st_thomas", "340-776-7867"),
        ("national_human_trafficking_hotline", "1-888-373-7888"),
    ],
)
def test_core_numbers_are_exact_and_shown(published: dict[str, Contact], contact: str, number: str) -> None:
    assert published[contact].is_shown
    assert published[contact].phone(PhoneType.VOICE).number == number


@pytest.mark.parametrize(
    "number",
    [
        "3407729111",
        "3407763966",
        "8663472423",
        "3407745666",
        "3407186262",
        "3407182626",
        "8007873224",
        "8006554673",
    ],
)
def test_no_shown_record_gives_a_withheld_number(published: dict[str, Contact], number: str) -> None:
    for contact in published.values():
        if contact.is_shown:
            assert number not in "".join(c for c in contact.json(ensure_ascii=False) if c.isdigit()), contact.id


def test_withheld_numbers_stand_in_no_shown_record(published: dict[str, Contact]) -> None:
    shown = {phone.dial for c in published.values() if c.is_shown for phone in c.phones}
    hidden = {phone.dial for c in published.values() if not c.is_shown for phone in c.phones}
    assert hidden and not shown & hidden


def test_immigration_police_are_never_shown(published: dict[str, Contact]) -> None:
    assert published["ice_hsi_tip_line"].assurance is Assurance.WITHHELD
    assert all("ICE" not in c.name["en"].split() for c in published.values() if c.is_shown)


@pytest.mark.parametrize("need", list(Need))
def test_every_need_has_somebody(published: dict[str, Contact], need: Need) -> None:
    """A contact that is found for a way to write really has that way."""
    found = [contact for contact in published.values() if contact.is_shown and need in contact.needs]
    assert found
    for contact in found:
        way = {
            Need.TEXT: contact.phone(PhoneType.SMS),
            Need.TTY: contact.phone(PhoneType.TTY),
            Need.CHAT: contact.chat_url,
            Need.EMAIL: contact.email,
        }
        assert way.get(need, True), contact.id


def test_a_shelter_is_never_promised(published: dict[str, Contact]) -> None:
    for contact in published.values():
        if Need.SHELTER in contact.needs:
            assert "can't promise a bed" in contact.alert["en"], contact.id


def test_text_to_911_tells_its_limits(published: dict[str, Contact]) -> None:
    limits = published["emergency_911"].phone(PhoneType.SMS).description["en"]
    assert all(word in limits for word in ("English", "SMS", "Messenger", "WhatsApp", "Wi-Fi"))


def test_words_for_people_are_short(published: dict[str, Contact]) -> None:
    for contact in published.values():
        texts = [contact.description, contact.alert, contact.application_process, contact.fees_description]
        texts += [contact.interpretation_services, *(phone.description for phone in contact.phones)]
        for text in texts:
            assert all(len(words.split()) <= 25 for words in text.values()), (contact.id, text)


def test_every_source_is_known(published: dict[str, Contact]) -> None:
    known = read_sources()
    missing = {cited.source for contact in published.values() for cited in contact.sources} - set(known)
    assert not missing
