"""Checks and prints the directory: `python -m scripts.contacts [--today YYYY-MM-DD]`.

Exits with 1 when a file has a fault or, without --files-only, when a record is overdue for review.
"""

import argparse
import sys
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import yaml
from pydantic import ValidationError

from conch.contacts import CONTACTS_FILE, Assurance, Contact, ContactsError, read_contacts
from conch.referrals import REFERRALS_FILE, ReferralsError, read_referrals
from conch.sources import SOURCES_FILE, read_sources

SOON = timedelta(days=30)


def citation_faults(contacts: Sequence[Contact], sources_file: Path) -> list[str]:
    """Faults of the sources file and citations that it does not hold."""
    try:
        known = read_sources(sources_file)
    except (OSError, UnicodeDecodeError, yaml.YAMLError, AttributeError, TypeError, ValidationError) as error:
        remedy = "write '<id>: {title, publisher, url, published, accessed}'"
        return [f"{sources_file.name}: cannot be read: {error}; {remedy}"]
    return [
        f"contacts.yml: {contact.id}: sources: no '{cited.source}' in {sources_file.name}; add it there"
        for contact in contacts
        for cited in contact.sources
        if cited.source not in known
    ]


def hours(contact: Contact) -> str:
    """Opening hours in one line."""
    if not contact.schedules:
        return "day and night" if contact.always_open else "hours not known"
    regular = "; ".join(
        f"{', '.join(day.value for day in s.byday)} {s.opens_at:%H:%M}-{s.closes_at:%H:%M}" for s in contact.schedules
    )
    return f"day and night (office {regular})" if contact.always_open else f"{regular} ({contact.timezone})"


def describe(contact: Contact) -> str:
    """A record as a person would read it."""
    lines = [f"{contact.name['en']}  [{contact.id}]", f"  {contact.description['en']}"]
    for phone in contact.phones:
        note = f"  ({phone.description['en']})" if phone.description else ""
        lines.append(f"  {phone.type.value}: {phone.number}{note}")
    for label in ("chat_url", "email", "url"):
        if getattr(contact, label):
            lines.append(f"  {label.removesuffix('_url')}: {getattr(contact, label)}")
    lines.append(f"  hours: {hours(contact)}")
    spoken = ", ".join(language.code for language in contact.languages) or "not known"
    more = contact.interpretation_services.get("en")
    lines.append(f"  languages: {spoken}" + (f". {more}" if more else ""))
    if contact.needs:
        lines.append(f"  for: {', '.join(need.value for need in contact.needs)}")
    if contact.alert:
        lines.append(f"  alert: {contact.alert['en']}")
    if contact.assurance_note:
        lines.append(f"  note ({contact.assurance.value}): {contact.assurance_note}")
    return "\n".join(lines)


def why_hidden(contact: Contact) -> str:
    """A record that people are not given, with its numbers and the reason."""
    numbers = ", ".join(phone.number for phone in contact.phones) or "no number"
    if contact.assurance is not Assurance.WITHHELD:
        return f"{contact.id}: {numbers}\n  its status is '{contact.status.value}'"
    return f"{contact.id}: {numbers}\n  {contact.assurance_note}"


def main(
    arguments: Sequence[str] | None = None,
    contacts_file: Path = CONTACTS_FILE,
    referrals_file: Path = REFERRALS_FILE,
    sources_file: Path = SOURCES_FILE,
) -> int:
    """Checks the files and prints who is shown, who is withheld and what is due for review."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--today", type=date.fromisoformat, default=date.today(), metavar="YYYY-MM-DD")
    parser.add_argument("--files-only", action="store_true", help="faults of the files, whatever the date")
    options = parser.parse_args(arguments)
    today: date = options.today
    try:
        contacts = read_contacts(contacts_file)
        read_referrals(contacts, referrals_file)
    except (ContactsError, ReferralsError) as error:
        print(f"{error}\nMend the field named above; content/README.md explains each one.", file=sys.stderr)
        return 1
    shown = [contact for contact in contacts if contact.is_shown]
    hidden = [contact for contact in contacts if not contact.is_shown]
    soon = [contact for contact in contacts if today <= contact.review_by <= today + SOON]
    print(f"SHOWN ({len(shown)})\n\n" + "\n\n".join(describe(contact) for contact in shown))
    print(f"\nNOT SHOWN ({len(hidden)})\n\n" + "\n".join(why_hidden(contact) for contact in hidden))
    due = [f"{contact.id}: by {contact.review_by}" for contact in sorted(soon, key=lambda c: c.review_by)]
    print(f"\nDUE FOR REVIEW within {SOON.days} days of {today}\n\n" + ("\n".join(due) or "nothing"))
    faults = citation_faults(contacts, sources_file)
    faults += [
        f"{contacts_file.name}: {contact.id}: review_by: was {contact.review_by}; call, check, then move "
        "assured_date and review_by on"
        for contact in contacts
        if contact.review_by < today and not options.files_only
    ]
    if faults:
        print("\n".join(["", *faults]), file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
