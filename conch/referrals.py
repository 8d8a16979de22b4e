"""The referral block: 911 and the three hotlines, the last thing said in every turn."""

import re
from pathlib import Path

import yaml
from pydantic import BaseModel, Extra, Field, ValidationError, validator

from conch.contacts import CONTENT, Contact, PhoneType, UniqueKeys

REFERRALS_FILE = CONTENT / "referrals.yml"
EMERGENCY_NUMBER = "911"
BETWEEN_DIGITS = r"[-.()\u00a0\u2010-\u2015 ]{0,3}"


class ReferralsError(ValueError):
    """Referral words or an order that must not be served; the message names file and field."""


class Words(BaseModel):
    """The block's words in one language."""

    heading: str
    emergency: str
    failed: str
    minor: str
    reviewed_by_native_speaker: bool

    class Config:
        """An unknown key is an error."""

        extra = Extra.forbid

    @validator("heading", "emergency", "failed", "minor")
    def is_one_line(cls, value: str) -> str:
        """Keeps the block one paragraph, each number on its own line."""
        if not value.strip() or "\n" in value:
            raise ValueError("must be words on one line")
        return value


class ReferralWords(BaseModel):
    """content/referrals.yml: which contacts, in which order, in which words."""

    order: list[str] = Field(min_items=4)
    for_minors: str
    words: dict[str, Words]

    class Config:
        """An unknown key is an error."""

        extra = Extra.forbid


class Line(BaseModel):
    """One number of the block: what a person reads and what a telephone dials."""

    name: str
    number: str
    dial: str


def number_pattern(digits: str) -> re.Pattern[str]:
    """Finds a number however it is punctuated, but not inside a longer one (911 in 9111)."""
    country = rf"(?:1{BETWEEN_DIGITS})?" if len(digits) == 10 else ""
    return re.compile(rf"(?<!\d)(?<!\d[-.]){country}{BETWEEN_DIGITS.join(digits)}(?![-.]?\d)", re.ASCII)


class Referrals:
    """The finished block in each language, built beforehand."""

    def __init__(self, content: ReferralWords, contacts: dict[str, Contact]) -> None:
        self.words = content.words
        self.contacts = [contacts[name] for name in content.order]
        self.minors = contacts[content.for_minors]
        numbers = [contact.phone(PhoneType.VOICE).digits for contact in self.contacts]
        self.patterns = [number_pattern(digits) for digits in numbers]
        self.minors_pattern = number_pattern(self.minors.phone(PhoneType.VOICE).digits)

    def lines(self, language: str = "en", for_minor: bool = False) -> list[Line]:
        """The numbers in order; for a minor, the line for children follows the emergency."""
        words = self.words.get(language, self.words["en"])
        contacts = list(self.contacts)
        if for_minor:
            contacts.insert(1, self.minors)
        lines = []
        for contact in contacts:
            phone = contact.phone(PhoneType.VOICE)
            name = contact.name.get(language, contact.name["en"])
            if phone.number == EMERGENCY_NUMBER:
                name = words.emergency
            elif contact is self.minors:
                name = f"{words.minor} {name}"
            lines.append(Line(name=name, number=phone.number, dial=phone.dial))
        return lines

    def text(self, language: str = "en", for_minor: bool = False) -> str:
        """The block as text, each number on its own line and no blank line within."""
        heading = self.words.get(language, self.words["en"]).heading
        return f"{heading}\n{self.numbers(language, for_minor)}"

    def numbers(self, language: str = "en", for_minor: bool = False) -> str:
        """The block's lines without their heading."""
        return "\n".join(f"{line.name}: {line.number}" for line in self.lines(language, for_minor))

    def failed(self, language: str = "en") -> str:
        """What is said above the block when a turn brought no answer."""
        return self.words.get(language, self.words["en"]).failed

    def are_in(self, text: str, for_minor: bool = False) -> bool:
        """Whether a text names every number of the block, however it is punctuated."""
        patterns = [*self.patterns, self.minors_pattern] if for_minor else self.patterns
        return all(pattern.search(text) for pattern in patterns)


def read_referrals(contacts: list[Contact], path: Path = REFERRALS_FILE) -> Referrals:
    """Reads the block's order and words and checks them against the directory."""
    try:
        content = ReferralWords(**yaml.load(path.read_text("utf-8"), Loader=UniqueKeys))
    except (OSError, UnicodeDecodeError, yaml.YAMLError, RecursionError, TypeError, ValidationError) as error:
        raise ReferralsError(f"{path.name}: {error}") from error
    if "en" not in content.words:
        raise ReferralsError(f"{path.name}: words: 'en' is missing")
    everyone = [*content.order, content.for_minors]
    if len(set(everyone)) < len(everyone):
        raise ReferralsError(f"{path.name}: order: names a contact twice, or the one of for_minors")
    by_id = {contact.id: contact for contact in contacts}
    for name in everyone:
        contact = by_id.get(name)
        if contact is None:
            field = "order" if name in content.order else "for_minors"
            raise ReferralsError(f"{path.name}: {field}: no contact '{name}' in contacts.yml")
        if not contact.is_shown:
            raise ReferralsError(f"contacts.yml: {name}: is in the referral block and must be shown")
        if contact.phone(PhoneType.VOICE) is None:
            raise ReferralsError(f"contacts.yml: {name}: phones: the referral block needs a voice number")
    if by_id[content.order[0]].phone(PhoneType.VOICE).number != EMERGENCY_NUMBER:
        raise ReferralsError(f"{path.name}: order: must begin with the contact for {EMERGENCY_NUMBER}")
    return Referrals(content, by_id)
