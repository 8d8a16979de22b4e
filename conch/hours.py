"""When a service is open, in its own time zone; pure functions of a contact and a moment.

Public holidays are not known. A service that is neither always open nor has schedules has
unknown hours: it counts as not open and has no next opening, so look at `has_hours` before
saying that it is closed.
"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from conch.contacts import Contact, Status, Weekday

WEEKDAYS = list(Weekday)  # in order from Monday, as datetime.weekday() counts


def has_hours(contact: Contact) -> bool:
    """Whether anything is known of a service's hours."""
    return contact.always_open or bool(contact.schedules)


def is_open(contact: Contact, now: datetime) -> bool:
    """Whether a service is open at a moment; at its closing minute it is closed."""
    if contact.status is not Status.ACTIVE:
        return False
    if contact.always_open:
        return True
    local = in_zone_of(contact, now)
    today, clock = WEEKDAYS[local.weekday()], local.time()
    return any(today in s.byday and s.opens_at <= clock < s.closes_at for s in contact.schedules)


def next_opening(contact: Contact, now: datetime) -> datetime | None:
    """The next moment after `now` at which a service opens, in its own time zone."""
    if contact.status is not Status.ACTIVE or contact.always_open:
        return None
    local = in_zone_of(contact, now)
    openings = []
    for days in range(8):  # today's opening may be past, so the same weekday counts twice
        day = local.date() + timedelta(days=days)
        for schedule in contact.schedules:
            if WEEKDAYS[day.weekday()] in schedule.byday:
                openings.append(datetime.combine(day, schedule.opens_at, tzinfo=local.tzinfo))
    return min((opening for opening in openings if opening > local), default=None)


def in_zone_of(contact: Contact, now: datetime) -> datetime:
    """A moment on the service's own clock."""
    if now.tzinfo is None:
        raise ValueError("now needs a time zone, for instance datetime.now(timezone.utc)")
    return now.astimezone(ZoneInfo(contact.timezone))
