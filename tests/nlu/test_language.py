"""In another language only a phrase tells of danger; the network's guess about it does not count."""

import pytest
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from addons.nlu.language import NOTICE, LanguageNotice


def notice(text: str, intent: str, confidence: float) -> Message:
    """A message after the component, understood beforehand as given."""
    message = Message({TEXT: text, INTENT: {"name": intent, "confidence": confidence}})
    return LanguageNotice().process([message])[0]


@pytest.mark.parametrize("intent", ["self_harm", "immediate_danger", "greet"])
def test_a_guess_gives_way_to_the_notice(intent: str) -> None:
    message = notice("mi jefe tiene mi pasaporte", intent, 0.6)
    assert message.get(INTENT)["name"] == NOTICE
    assert [entity["value"] for entity in message.get(ENTITIES)] == ["es"]


def test_a_phrase_stays() -> None:
    message = notice("me va a matar ahora, ayuda", "immediate_danger", 1.0)
    assert message.get(INTENT)["name"] == "immediate_danger"
    assert [entity["value"] for entity in message.get(ENTITIES)] == ["es"]


def test_english_is_left_alone() -> None:
    message = notice("my boss has my passport", "indicator_document_confiscation", 0.6)
    assert message.get(INTENT)["name"] == "indicator_document_confiscation"
    assert not message.get(ENTITIES)
