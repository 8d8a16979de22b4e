"""What is said in other languages is safe, sourced, marked as unreviewed, and chosen by the last message."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from addons.nlg.words import TRANSLATIONS, TranslatedWords, language_of, read_translations
from addons.nlu.safety_phrases import SAFETY_INTENTS
from conch.languages import LANGUAGES, guess_language
from conch.referrals import REFERRALS_FILE
from conch.sources import read_sources
from tests.words import ROOT, responses

DOMAIN = Domain.load([str(ROOT / "domain.yml"), *map(str, (ROOT / "data" / "responses").rglob("*.yml"))])
OTHERS = [code for code in LANGUAGES if code != "en"]
NEEDED = {"utter_change_language", *(f"utter_{intent}" for intent in SAFETY_INTENTS)}
TRANSLATED = read_translations()
EVERY = [
    pytest.param(code, name, variation, id=f"{code}-{name}")
    for code, words in TRANSLATED.items()
    for name, variations in words.items()
    for variation in variations
]


def tracker(language: str | None) -> DialogueStateTracker:
    """A conversation whose last message was in a language."""
    entities = [{"entity": "language", "value": language}] if language else []
    said = UserUttered("x", {"name": "change_language", "confidence": 1.0}, entities)
    return DialogueStateTracker.from_events("you", [said], DOMAIN.slots)


async def say(name: str, language: str | None) -> dict[str, Any]:
    """What is generated for a response after a message in a language."""
    return await TranslatedWords(domain=DOMAIN).generate(name, tracker(language), "rest")


def test_each_language_has_its_folder_and_its_block() -> None:
    assert sorted(TRANSLATED) == sorted(OTHERS)
    assert set(yaml.safe_load(REFERRALS_FILE.read_text("utf-8"))["words"]) == set(LANGUAGES)


@pytest.mark.parametrize("language", OTHERS)
def test_safety_is_complete_in_each_language(language: str) -> None:
    assert set(TRANSLATED[language]) >= NEEDED
    assert set(TRANSLATED[language]) <= set(responses())


@pytest.mark.parametrize(("language", "name", "variation"), EVERY)
def test_text_is_sourced_marked_and_without_numbers(language: str, name: str, variation: dict[str, Any]) -> None:
    text, metadata = variation["text"], variation["metadata"]
    assert set(metadata["sources"]) <= set(read_sources())
    assert metadata["review"] == "awaiting native speaker"
    assert len(text.split()) <= 80
    assert not re.search(r"\n\s*\n|\d{3}[-. ]\d{4}|https?:|www\.", text)


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize(("name", "number"), [("utter_immediate_danger", "911"), ("utter_self_harm", "988")])
def test_safety_begins_with_the_number_to_call(language: str, name: str, number: str) -> None:
    (variation,) = TRANSLATED[language][name]
    assert number in re.split(r"(?<=[.:!?])\s", variation["text"])[0]


@pytest.mark.parametrize("language", OTHERS)
def test_text_is_taken_for_its_own_language(language: str) -> None:
    for name, (variation,) in TRANSLATED[language].items():
        assert guess_language(variation["text"]) == language, name


@pytest.mark.parametrize("language", OTHERS)
async def test_the_language_of_the_last_message_is_spoken(language: str) -> None:
    said = await say("utter_change_language", language)
    assert said["text"] == TRANSLATED[language]["utter_change_language"][0]["text"]


@pytest.mark.parametrize("language", [None, "en", "de", ""])
async def test_english_is_spoken_otherwise(language: str | None) -> None:
    assert (await say("utter_change_language", language))["text"].startswith("I am sorry")


async def test_what_is_not_translated_is_said_in_english() -> None:
    assert (await say("utter_greet", "es"))["text"].startswith("Hello")
    assert await say("utter_no_such_response", "es") is None


def test_no_language_without_a_message() -> None:
    assert language_of(DialogueStateTracker("you", DOMAIN.slots)) == "en"


def test_a_folder_of_response_files_is_a_language(tmp_path: Path) -> None:
    (tmp_path / "de").mkdir()
    (tmp_path / "de" / "a.yml").write_text("responses:\n  utter_greet:\n  - text: Hallo\n", "utf-8")
    (tmp_path / "de" / "b.yml").write_text("", "utf-8")
    assert read_translations(tmp_path) == {"de": {"utter_greet": [{"text": "Hallo"}]}}
    assert TRANSLATIONS.is_dir()
