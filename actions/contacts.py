"""Contacts for a need, services of an island with their hours, and the referral block."""

from datetime import datetime, timezone
from functools import lru_cache
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from conch.contacts import Contact, Island, Need, PhoneType
from conch.directory import Directory
from conch.hours import has_hours, in_zone_of, is_open, next_opening

MOST_LINES = 4  # a reply that a frightened person can take in
CONTACT_WORDS = {PhoneType.VOICE: "call", PhoneType.SMS: "text", PhoneType.TTY: "TTY"}


@lru_cache(maxsize=1)
def directory() -> Directory:
    """The directory of this process; it reads itself again when the file changes."""
    return Directory()


def ways_to_reach(contact: Contact, need: Need | None = None) -> str:
    """The numbers and addresses of a contact, the ones for the need alone if it has them."""
    wanted = {Need.TEXT: PhoneType.SMS, Need.TTY: PhoneType.TTY}.get(need)
    phones = [phone for phone in contact.phones if phone.type is wanted] or contact.phones
    ways = [f"{CONTACT_WORDS[phone.type]} {phone.number}" for phone in phones]
    if wanted and phones[0].type is wanted and "en" in phones[0].description:
        return f"{ways[0]} - {phones[0].description['en']}"
    if need is Need.CHAT and contact.chat_url:
        return contact.chat_url
    if need is Need.EMAIL and contact.email:
        return contact.email
    return ", ".join(ways) or contact.chat_url or contact.url


def hours_in_words(contact: Contact, now: datetime) -> str:
    """Whether a contact answers now, and if not when it will."""
    if contact.always_open:
        return "day and night"
    if not has_hours(contact):
        return ""
    if is_open(contact, now):
        return "open now"
    opening = next_opening(contact, now)
    if opening is None:
        return "closed now"
    is_today = opening.date() == in_zone_of(contact, now).date()
    day = "today" if is_today else opening.strftime("%A")
    return f"closed now, opens {day} at {opening.strftime('%I:%M %p').lstrip('0')}"


def contact_lines(contacts: list[Contact], now: datetime, need: Need | None = None) -> str:
    """One line a contact, those that answer now first."""
    others = need is not Need.MINORS  # lines for children come first only for whoever asks for them
    in_order = sorted(contacts, key=lambda c: (not is_open(c, now), others and Need.MINORS in c.needs))
    lines = []
    for contact in in_order[:MOST_LINES]:
        hours = hours_in_words(contact, now)
        lines.append(f"{contact.name['en']}: {ways_to_reach(contact, need)}" + (f" ({hours})" if hours else ""))
    return "\n".join(lines)


def latest(tracker: Tracker, entity: str) -> str | None:
    """The value of an entity in the last message."""
    return next(tracker.get_latest_entity_values(entity), None)


class ActionContacts(Action):
    """Says whom to turn to for a need: a text line, a chat, minors, unpaid wages ..."""

    def name(self) -> str:
        """The name in domain.yml."""
        return "action_contacts"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list:
        """Answers for the need of the last message, or with the whole choice."""
        named = latest(tracker, "need")
        if named not in {need.value for need in Need}:
            referrals = directory().refreshed().referrals
            dispatcher.utter_message(response="utter_contacts_all", contacts=referrals.numbers())
            return []
        need = Need(named)
        serving = [contact for contact in directory().shown() if need in contact.needs]
        lines = contact_lines(serving, datetime.now(timezone.utc), need)
        dispatcher.utter_message(response=f"utter_contacts_{named}", contacts=lines)
        return []


class ActionLocalServices(Action):
    """Says what there is on an island and whether it answers now."""

    def name(self) -> str:
        """The name in domain.yml."""
        return "action_local_services"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list:
        """Answers for the island of the last message or of the conversation; else offers them."""
        named = latest(tracker, "island") or tracker.get_slot("island")
        if named not in {island.value for island in Island}:
            dispatcher.utter_message(response="utter_local_services")
            return []
        there = [contact for contact in directory().shown() if Island(named) in contact.islands]
        lines = contact_lines(there, datetime.now(timezone.utc))
        dispatcher.utter_message(response=f"utter_local_services_{named}", services=lines)
        return []


class ActionReferrals(Action):
    """Says the referral block as an answer; the channel then does not say it again."""

    def name(self) -> str:
        """The name in domain.yml."""
        return "action_referrals"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list:
        """Says the block in the language of the last message."""
        language = latest(tracker, "language") or "en"
        dispatcher.utter_message(text=directory().refreshed().referrals.text(language))
        return []
