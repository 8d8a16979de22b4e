"""The shape of content/contacts.yml and its only reader.

Field names are those of Open Referral HSDS 3.0 where it has one (name, organization, phones,
schedules, status, interpretation_services, fees_description, alert, assured_date ...); the
others are ours, explained in content/README.md. Every scalar is read as a string and then
converted by its declared type, because YAML turns `no` into False and `0116` into 78.
"""

import re
from datetime import date, time
from enum import Enum
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

import yaml
from pydantic import BaseModel, Field, ValidationError, root_validator, validator

from conch.phones import Language, LocalText, Phone, PhoneType, Record, has_english
from conch.sources import Citation

CONTENT = Path(__file__).resolve().parent.parent / "content"
CONTACTS_FILE = CONTENT / "contacts.yml"
LONGEST_REVIEW_DAYS = 183


class ContactsError(ValueError):
    """A directory file that must not be served; the message names file, record and field."""


class UniqueKeys(yaml.BaseLoader):
    """Refuses a key that is written twice, of which YAML would silently keep the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Builds a mapping after a look at its keys."""
        seen = set()
        for key in (key for key, _ in node.value if isinstance(key, yaml.ScalarNode)):
            if key.value in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key '{key.value}' is written twice; keep one", key.start_mark
                )
            seen.add(key.value)
        return super().construct_mapping(node, deep)


@lru_cache(maxsize=1)
def known_zones() -> frozenset[str]:
    """The machine's time zones; empty where it has no database of them."""
    return frozenset(available_timezones())


class Assurance(str, Enum):
    """How sure we are of a record; a withheld one is kept with its reason and never shown."""

    CONFIRMED = "confirmed"
    CONFLICTING = "conflicting"
    WITHHELD = "withheld"


class Status(str, Enum):
    """HSDS's own values; only an active service is shown."""

    ACTIVE = "active"
    INACTIVE = "inactive"
    DEFUNCT = "defunct"
    TEMPORARILY_CLOSED = "temporarily closed"


class Island(str, Enum):
    """Where a service can be reached in person."""

    ST_CROIX, ST_THOMAS, ST_JOHN, WATER_ISLAND = "st_croix", "st_thomas", "st_john", "water_island"


class Need(str, Enum):
    """What somebody may be looking for; the values of the slot `need` in domain.yml."""

    TEXT, CHAT, EMAIL, TTY = "text", "chat", "email", "tty"
    MINORS, SUICIDE = "minors", "suicide"
    DOMESTIC_VIOLENCE, SEXUAL_ASSAULT = "domestic_violence", "sexual_assault"
    UNPAID_WAGES, LEGAL_HELP, SHELTER, TIPS = "unpaid_wages", "legal_help", "shelter", "tips"


class Weekday(str, Enum):
    """Days as iCalendar and HSDS's `byday` write them, in order from Monday."""

    MO, TU, WE, TH, FR, SA, SU = "MO", "TU", "WE", "TH", "FR", "SA", "SU"


class Schedule(Record):
    """Regular opening hours in the service's own time zone; closing is later the same day."""

    byday: list[Weekday] = Field(min_items=1)
    opens_at: time
    closes_at: time

    @validator("byday", pre=True)
    def split_days(cls, value: Any) -> Any:
        """Reads HSDS's comma-separated days."""
        return [day.strip() for day in value.split(",")] if isinstance(value, str) else value

    @validator("opens_at", "closes_at", pre=True)
    def is_clock_time(cls, value: Any) -> Any:
        """Refuses what would be read as seconds since midnight, such as 0900."""
        if isinstance(value, str) and not re.fullmatch(r"[0-9]{2}:[0-9]{2}", value):
            raise ValueError(f"'{value}' is not a time like \"09:00\"")
        return value

    @root_validator(skip_on_failure=True)
    def opens_before_it_closes(cls, values: dict[str, Any]) -> dict[str, Any]:
        """Refuses hours that would never be open."""
        if values["opens_at"] >= values["closes_at"]:
            raise ValueError("opens_at must be earlier than closes_at")
        return values


class Organization(Record):
    """Who runs a service."""

    name: str
    website: str | None


class Contact(Record):
    """One service that a person can turn to."""

    id: str = Field(regex=r"^[a-z][a-z0-9_]*$")
    status: Status
    assurance: Assurance
    assurance_note: str | None
    name: LocalText
    organization: Organization
    description: LocalText
    islands: list[Island] = []
    needs: list[Need] = []
    phones: list[Phone] = []
    url: str | None
    chat_url: str | None
    email: str | None
    always_open: bool
    schedules: list[Schedule] = []
    timezone: str = "America/St_Thomas"
    languages: list[Language] = []
    interpretation_services: LocalText = {}
    fees_description: LocalText = {}
    application_process: LocalText = {}
    alert: LocalText = {}
    confidential: str | None
    anonymous: str | None
    reports_to_authorities: str | None
    is_law_enforcement: bool = False
    sources: list[Citation] = Field(min_items=1)
    assured_date: date
    assured_by: str
    review_by: date

    @validator("name", "description", "interpretation_services", "fees_description", "application_process", "alert")
    def is_text(cls, value: LocalText) -> LocalText:
        """Holds the rule for texts."""
        return has_english(value)

    @validator("assured_date", "review_by", pre=True)
    def is_calendar_date(cls, value: Any) -> Any:
        """Refuses what would be read as seconds since 1970, such as 20261122."""
        if isinstance(value, str) and not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
            raise ValueError(f"'{value}' is not a date like \"2026-11-22\"")
        return value

    @validator("url", "chat_url")
    def is_web_address(cls, value: str | None) -> str | None:
        """Accepts only what a browser opens as a page."""
        if value and not re.fullmatch(r"https?://[^\s/]+\.[^\s]+", value):
            raise ValueError(f"'{value}' is not an address like https://example.org")
        return value

    @validator("timezone")
    def is_known_zone(cls, value: str) -> str:
        """Refuses a zone that would fail only when somebody asks for the hours."""
        known = known_zones()
        if known and value not in known:
            raise ValueError(f"'{value}' is not a time zone like America/St_Thomas")
        return value

    @root_validator(skip_on_failure=True)
    def is_consistent(cls, values: dict[str, Any]) -> dict[str, Any]:
        """Holds the rules that span fields."""
        gap = (values["review_by"] - values["assured_date"]).days
        if not 0 < gap <= LONGEST_REVIEW_DAYS:
            raise ValueError(f"review_by must be 1 to {LONGEST_REVIEW_DAYS} days after assured_date")
        if values["assurance"] is not Assurance.CONFIRMED and not values["assurance_note"]:
            raise ValueError("assurance_note must say why the record is not confirmed")
        if values["assurance"] is not Assurance.WITHHELD and not (
            values["phones"] or values["chat_url"] or values["url"]
        ):
            raise ValueError("a record that is shown needs a phone, a chat or a website")
        return values

    @property
    def is_shown(self) -> bool:
        """Whether a person may be given this contact."""
        return self.status is Status.ACTIVE and self.assurance is not Assurance.WITHHELD

    def phone(self, kind: PhoneType) -> Phone | None:
        """The first number of a kind."""
        return next((phone for phone in self.phones if phone.type is kind), None)


def explain(path: Path, records: list[Any], error: ValidationError) -> str:
    """Turns pydantic's report into lines that name file, record, field and fault."""
    lines = []
    for fault in error.errors():
        index, *field = fault["loc"][1:] or (None,)
        record = "file" if index is None else f"number {index + 1}"
        if index is not None and isinstance(records[index], dict):
            record = records[index].get("id") or record
        where = ".".join(str(part) for part in field if part != "__root__") or "record"
        lines.append(f"{path.name}: {record}: {where}: {fault['msg']}")
    return "\n".join(lines)


class ContactList(BaseModel):
    """The whole file."""

    contacts: list[Contact] = Field(min_items=1)


def read_contacts(path: Path = CONTACTS_FILE) -> list[Contact]:
    """Reads and checks the directory; raises ContactsError on anything doubtful."""
    try:
        records = yaml.load(path.read_text("utf-8"), Loader=UniqueKeys)
    except (OSError, UnicodeDecodeError, yaml.YAMLError, RecursionError) as error:
        raise ContactsError(f"{path.name}: cannot be read: {error}") from error
    if not isinstance(records, list) or not records:
        raise ContactsError(f"{path.name}: must be a list of contacts, each beginning with '- id:'")
    try:
        contacts = ContactList(contacts=records).contacts
    except ValidationError as error:
        raise ContactsError(explain(path, records, error)) from error
    ids = [contact.id for contact in contacts]
    twice = sorted({found for found in ids if ids.count(found) > 1})
    if twice:
        raise ContactsError(f"{path.name}: {', '.join(twice)}: id: used twice; give each record its own")
    return contacts
