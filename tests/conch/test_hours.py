"""Opening hours on the service's own clock; November 2026 begins on a Sunday."""

from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from conch.contacts import Contact
from conch.hours import has_hours, is_open, next_opening
from tests.conch.conftest import record_of

ISLANDS = ZoneInfo("America/St_Thomas")
MONDAY, FRIDAY, SATURDAY, SUNDAY = 23, 27, 28, 29


def contact(**change: object) -> Contact:
    """An office with a lunch break from Monday to Thursday and a half day on Friday."""
    schedules = [
        {"byday": "MO,TU,WE,TH", "opens_at": "13:00", "closes_at": "17:00"},
        {"byday": "MO,TU,WE,TH,FR", "opens_at": "09:00", "closes_at": "12:00"},
    ]
    record = record_of("office", "Office", "340-719-0144")
    return Contact(**{**record, "always_open": "false", "schedules": schedules, **change})


def at(day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    """A moment of November 2026 on the islands' clock."""
    return datetime(2026, 11, day, hour, minute, second, tzinfo=ISLANDS)


@pytest.mark.parametrize(
    ("now", "is_open_now", "opens"),
    [
        (at(MONDAY, 0), False, at(MONDAY, 9)),
        (at(MONDAY, 8, 59, 59), False, at(MONDAY, 9)),
        (at(MONDAY, 9), True, at(MONDAY, 13)),
        (at(MONDAY, 11, 59, 59), True, at(MONDAY, 13)),
        (at(MONDAY, 12), False, at(MONDAY, 13)),
        (at(MONDAY, 16, 59, 59), True, at(MONDAY + 1, 9)),
        (at(MONDAY, 17), False, at(MONDAY + 1, 9)),
        (at(FRIDAY, 12), False, at(MONDAY + 7, 9)),
        (at(SATURDAY, 10), False, at(MONDAY + 7, 9)),
        (at(SUNDAY, 23, 59), False, at(MONDAY + 7, 9)),
    ],
)
def test_opens_and_closes(now: datetime, is_open_now: bool, opens: datetime) -> None:
    assert is_open(contact(), now) is is_open_now
    assert next_opening(contact(), now) == opens


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (datetime(2026, 11, MONDAY, 12, 59, tzinfo=timezone.utc), False),
        (datetime(2026, 11, MONDAY, 13, 0, tzinfo=timezone.utc), True),
        (datetime(2026, 11, MONDAY, 21, 0, tzinfo=timezone.utc), False),
        (datetime(2026, 11, MONDAY + 1, 2, 0, tzinfo=timezone.utc), False),  # still Monday evening there
    ],
)
def test_reads_utc_on_the_islands_clock(now: datetime, expected: bool) -> None:
    assert is_open(contact(), now) is expected


def test_answers_in_the_services_zone() -> None:
    opens = next_opening(contact(), datetime(2026, 11, SUNDAY, 1, 0, tzinfo=timezone.utc))
    assert opens.isoformat() == "2026-11-30T09:00:00-04:00"


def test_follows_another_zone_through_the_change_of_clocks() -> None:
    office = contact(timezone="America/New_York")
    assert is_open(office, datetime(2026, 10, 30, 13, 0, tzinfo=timezone.utc))
    assert not is_open(office, datetime(2026, 11, 2, 13, 0, tzinfo=timezone.utc))
    assert next_opening(office, datetime(2026, 10, 31, tzinfo=timezone.utc)).hour == 9


def test_once_a_week_comes_round() -> None:
    office = contact(schedules=[{"byday": "MO", "opens_at": "09:00", "closes_at": "10:00"}])
    assert next_opening(office, at(MONDAY, 9)) == at(MONDAY, 9) + timedelta(days=7)


def test_always_open_never_opens_next() -> None:
    assert is_open(contact(always_open="true"), at(SUNDAY, 3))
    assert next_opening(contact(always_open="true"), at(SUNDAY, 3)) is None


def test_unknown_hours_are_told_apart_from_closed() -> None:
    unknown = contact(schedules=[])
    assert not has_hours(unknown) and not is_open(unknown, at(MONDAY, 10))
    assert next_opening(unknown, at(MONDAY, 10)) is None
    assert has_hours(contact())


def test_closed_service_is_not_open() -> None:
    closed = contact(status="temporarily closed", always_open="true")
    assert not is_open(closed, at(MONDAY, 10)) and next_opening(closed, at(MONDAY, 10)) is None


@pytest.mark.parametrize("asked", [is_open, next_opening])
def test_refuses_a_moment_without_a_zone(asked: object) -> None:
    with pytest.raises(ValueError, match="needs a time zone"):
        asked(contact(), datetime(2026, 11, MONDAY, 10))
