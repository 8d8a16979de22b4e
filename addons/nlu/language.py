"""Notices a message in another language: an entity `language`, and an answer in that language."""

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message

from addons.nlu.safety_phrases import SAFETY_INTENTS
from conch.languages import guess_language

NOTICE = "change_language"  # says what this is in the person's language


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class LanguageNotice(GraphComponent):
    """Until the assistant speaks them, other languages get fixed sentences; safety goes first."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "LanguageNotice":
        """Needs nothing from training."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Adds the language to messages that are not in English."""
        for message in messages:
            language = guess_language(message.get(TEXT) or "")
            if language == "en":
                continue
            entity = {"entity": "language", "value": language, "extractor": type(self).__name__}
            message.set(ENTITIES, [*message.get(ENTITIES, []), entity], add_to_output=True)
            # The network reads English: in other languages only the phrases, who are sure, tell of danger.
            understood = message.get(INTENT, {})
            if understood.get("name") not in SAFETY_INTENTS or understood["confidence"] < 1.0:
                intent = {"name": NOTICE, "confidence": 1.0}
                message.set(INTENT, intent, add_to_output=True)
                message.set(INTENT_RANKING_KEY, [intent], add_to_output=True)
        return messages
