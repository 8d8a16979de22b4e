"""The assistant's understanding as one Rasa component: one intent, every sign, who tells."""

from __future__ import annotations

import logging
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from addons.nlu.clauses import clauses
from addons.nlu.commands import command_of
from addons.nlu.decision import OUT_OF_SCOPE, Decision, Part, decide
from addons.nlu.examples import read_example
from addons.nlu.learning import learn
from addons.nlu.recogniser import Recogniser
from addons.nlu.safety_phrases import SafetyPhrases

logger = logging.getLogger(__name__)
RANKED = 10  # as many alternatives as Rasa shows
SIGN_PROBABILITIES = "sign_probabilities"


@DefaultV1Recipe.register(
    [DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR],
    is_trainable=True,
)
class Understanding(GraphComponent):
    """Learns from data/nlu; answers in the shape that docs/architecture.md gives."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Understanding:
        """Makes an untrained component."""
        return cls(config, model_storage, resource, None)

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """How long to train; the rest is in addons/nlu/tuning.py."""
        return {"epochs": 4, "pairs": 2000}

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        recogniser: Recogniser | None,
    ) -> None:
        self.config = config
        self.model_storage = model_storage
        self.resource = resource
        self.recogniser = recogniser
        self.phrases = SafetyPhrases()

    def train(self, training_data: TrainingData) -> Resource:
        """Trains the network, printing each step."""
        examples = [read_example(message) for message in training_data.intent_examples]
        self.recogniser = learn(
            examples,
            lambda step: print(f"conch: understanding: {step}", flush=True),
            pairs=self.config["pairs"],
            epochs=self.config["epochs"],
        )
        with self.model_storage.write_to(self.resource) as folder:
            self.recogniser.save(folder)
        return self.resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> Understanding:
        """Reads a trained network."""
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, Recogniser.load(folder))

    def process(self, messages: list[Message]) -> list[Message]:
        """Understands messages; a tap (`/intent`) is left to Rasa."""
        for message in messages:
            text = message.get(TEXT) or ""
            if text.startswith("/"):
                continue
            if any(character.isalnum() for character in text):
                self._set(message, self.understand(text))
            else:
                self._set(message, Decision(OUT_OF_SCOPE, 1.0, {OUT_OF_SCOPE: 1.0}, [], None, {}))
        return messages

    def understand(self, text: str) -> Decision:
        """Obeys a command, else reads the whole message and, where that can add a sign, each of its clauses."""
        command = command_of(text)
        if command is not None:
            return Decision(command, 1.0, {command: 1.0}, [], None, {})

        def read_clauses() -> list[Part]:
            return [(start, words, self.recogniser.read(words)) for start, words in clauses(text)]

        return decide(self.recogniser.read(text), self.phrases.find(text), text, read_clauses)

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Nothing later in the pipeline trains on what this component finds."""
        return training_data

    def _set(self, message: Message, decision: Decision) -> None:
        ranking = sorted(decision.ranking.items(), key=lambda item: -item[1])
        first = (decision.intent, decision.confidence)
        ranked = [first, *(entry for entry in ranking if entry[0] != decision.intent)][:RANKED]
        entities = [
            {
                "entity": "indicator",
                "value": sign.id,
                "start": sign.start,
                "end": sign.end,
                "confidence_entity": sign.confidence,
                "extractor": type(self).__name__,
            }
            for sign in decision.signs
        ]
        if decision.perspective is not None:
            told = {"entity": "perspective", "value": decision.perspective, "extractor": type(self).__name__}
            entities.append(told)
        # A practice case asks how likely each sign of its story is, also below what counts elsewhere.
        message.set(SIGN_PROBABILITIES, decision.probabilities, add_to_output=True)
        message.set(INTENT, {"name": first[0], "confidence": first[1]}, add_to_output=True)
        message.set(INTENT_RANKING_KEY, [{"name": n, "confidence": p} for n, p in ranked], add_to_output=True)
        message.set(ENTITIES, [*message.get(ENTITIES, []), *entities], add_to_output=True)
