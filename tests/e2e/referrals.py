"""The one check of this folder: the last message names the four numbers of content/contacts.yml."""

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

CONTACTS = Path(__file__).resolve().parents[2] / "content" / "contacts.yml"
CORE = (
    "emergency_911",
    "womens_coalition_st_croix",
    "family_resource_center_st_thomas",
    "national_human_trafficking_hotline",
)
Replies = list[dict[str, Any]]


@lru_cache(maxsize=1)
def core_numbers() -> tuple[str, ...]:
    """The four voice numbers, read without the code under test."""
    records = {record["id"]: record for record in yaml.load(CONTACTS.read_text("utf-8"), Loader=yaml.BaseLoader)}
    voice = [next(phone for phone in records[name]["phones"] if phone["type"] == "voice") for name in CORE]
    return tuple(phone["number"] for phone in voice)


def assert_ends_with_referrals(replies: Any, numbers: tuple[str, ...] = ()) -> Replies:
    """The last message of a reply names every number, each whole; returns the reply."""
    assert isinstance(replies, list), replies
    assert replies, "silence"
    last = replies[-1]["text"]
    for number in numbers or core_numbers():
        assert re.search(rf"(?<![\d-]){re.escape(number)}(?![\d-])", last), f"{number} is not in {last!r}"
    return replies


def words_of(replies: Replies) -> str:
    """All that was said."""
    return "\n".join(reply.get("text", "") for reply in replies)
