"""The assistant's words by language, at Rasa's own extension point (endpoints.yml, nlg).

English words are the domain's responses. Every other language is a folder
translations/<code>/ of response files; what it does not say yet is said in English.
"""

from pathlib import Path
from typing import Any

import yaml
from rasa.core.nlg import TemplatedNaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

TRANSLATIONS = Path(__file__).resolve().parents[2] / "translations"
Responses = dict[str, list[dict[str, Any]]]


def read_translations(folder: Path = TRANSLATIONS) -> dict[str, Responses]:
    """Reads the responses of every language but English."""
    words: dict[str, Responses] = {}
    for path in sorted(folder.glob("*/*.yml")):
        content = yaml.safe_load(path.read_text("utf-8")) or {}
        words.setdefault(path.parent.name, {}).update(content.get("responses", {}))
    return words


class TranslatedWords(TemplatedNaturalLanguageGenerator):
    """Rasa's templated generator, with the words of the conversation's language first."""

    def __init__(self, endpoint_config: EndpointConfig | None = None, domain: Domain | None = None) -> None:
        super().__init__((domain or Domain.empty()).responses)
        self.by_language = {
            language: TemplatedNaturalLanguageGenerator(responses)
            for language, responses in read_translations().items()
        }

    async def generate(
        self, utter_action: str, tracker: DialogueStateTracker, output_channel: str, **kwargs: Any
    ) -> dict[str, Any] | None:
        """Generates a response in the language of the last message, else in English."""
        translated = self.by_language.get(language_of(tracker))
        if translated is not None and utter_action in translated.responses:
            return await translated.generate(utter_action, tracker, output_channel, **kwargs)
        return await super().generate(utter_action, tracker, output_channel, **kwargs)


def language_of(tracker: DialogueStateTracker) -> str:
    """The language that the last message was noticed to be in."""
    return next(tracker.get_latest_entity_values("language"), "en")
