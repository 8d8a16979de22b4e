"""A small directory that tests may break."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

Records = list[dict[str, Any]]
CORE = {
    "emergency_911": ("911 emergency", "911"),
    "womens_coalition_st_croix": ("Women's Coalition of St. Croix", "340-773-9272"),
    "family_resource_center_st_thomas": ("Family Resource Center St. Thomas", "340-776-7867"),
    "national_human_trafficking_hotline": ("National Human Trafficking Hotline", "1-888-373-7888"),
    "ncmec": ("National Center for Missing & Exploited Children", "1-800-843-5678"),
}


def record_of(contact: str, name: str, number: str) -> dict[str, Any]:
    """A sound record."""
    return {
        "id": contact,
        "status": "active",
        "assurance": "confirmed",
        "name": {"en": name},
        "organization": {"name": name},
        "description": {"en": "Somebody to call."},
        "phones": [{"number": number, "type": "voice"}],
        "always_open": "true",
        "sources": [{"source": "a_page"}],
        "assured_date": "2026-11-22",
        "assured_by": "a tester",
        "review_by": "2027-05-22",
    }


@pytest.fixture
def records() -> Records:
    """The four core contacts and the line for children."""
    return [record_of(contact, name, number) for contact, (name, number) in CORE.items()]


@pytest.fixture
def referral_words() -> dict[str, Any]:
    """Sound referral words in one language."""
    words = {"heading": "Call:", "emergency": "Now", "failed": "It failed.", "minor": "Under 18 -"}
    words["reviewed_by_native_speaker"] = "true"
    return {"order": list(CORE)[:4], "for_minors": "ncmec", "words": {"en": words}}


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, Any], Path]:
    """Writes a file of the directory: data as YAML, a text as it is."""

    def write_file(name: str, content: Any) -> Path:
        path = tmp_path / name
        path.write_text(content if isinstance(content, str) else yaml.safe_dump(content), "utf-8")
        return path

    return write_file
