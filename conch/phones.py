"""Parts of a contact: words by language, languages spoken, and numbers as a person dials them."""

import re
from enum import Enum
from functools import lru_cache

import phonenumbers
from pydantic import BaseModel, Extra, Field, validator

LANGUAGE_CODE = r"^[a-z]{2,3}(-[A-Za-z]+)?$"
SHORT_CODE, LONG_NUMBER = re.compile(r"[0-9]{3,6}"), re.compile(r"(?:\+?1[-. ]?)?[(0-9][-0-9 ().]{9,13}")
LocalText = dict[str, str]  # words by BCP-47 language code; English is required


def has_english(value: LocalText) -> LocalText:
    """A text, once given, exists in English; other languages are added beside it."""
    if not value.get("en", "").strip():
        raise ValueError("needs an 'en' text")
    for code, words in value.items():
        if not re.fullmatch(LANGUAGE_CODE, code):
            raise ValueError(f"'{code}' is not a language code such as es, fr or ht")
        if "\n" in words or not words.strip():
            raise ValueError(f"'{code}' must be words on one line")
    return value


@lru_cache(maxsize=1000)  # the block is made anew for every reply, from the same few numbers
def international(number: str) -> str:
    """A number of the directory in E.164."""
    parsed = phonenumbers.parse(number, "VI")
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


class Record(BaseModel):
    """A part of the file in which an unknown key is an error."""

    class Config:
        """An unknown key is an error."""

        extra = Extra.forbid
        allow_mutation = False


class Language(Record):
    """A language spoken without an interpreter."""

    code: str = Field(regex=LANGUAGE_CODE)
    note: str | None


class PhoneType(str, Enum):
    """What a number is for."""

    VOICE, SMS, TTY = "voice", "sms", "tty"


class Phone(Record):
    """A number exactly as a person dials it: a short code stays a short code."""

    number: str
    type: PhoneType
    description: LocalText = {}
    languages: list[Language] = []

    @validator("number")
    def is_dialled_here(cls, number: str) -> str:
        """Accepts a short code of three to six digits or a valid North American number."""
        if SHORT_CODE.fullmatch(number):
            return number
        if not LONG_NUMBER.fullmatch(number):
            raise ValueError(f"'{number}' is not written like 340-555-0100, 1-800-555-0100 or 911")
        try:
            parsed = phonenumbers.parse(number, "VI")
        except phonenumbers.NumberParseException as error:
            raise ValueError(f"'{number}' is not a telephone number") from error
        if not phonenumbers.is_valid_number(parsed) or parsed.country_code != 1:
            raise ValueError(f"'{number}' cannot be dialled from the Virgin Islands")
        return number

    @validator("description")
    def describes(cls, value: LocalText) -> LocalText:
        """Holds the rule for texts."""
        return has_english(value)

    @property
    def digits(self) -> str:
        """The number's digits, to find it in a text whatever its punctuation."""
        return "".join(c for c in self.number if c.isdigit())

    @property
    def dial(self) -> str:
        """What follows `tel:` or `sms:`: E.164, or the short code itself."""
        return self.digits if len(self.digits) <= 6 else international(self.number)
