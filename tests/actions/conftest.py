"""A dispatcher, and trackers in one line."""

from collections.abc import Callable
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

MakeTracker = Callable[..., Tracker]


@pytest.fixture
def dispatcher() -> CollectingDispatcher:
    """Collects what an action says."""
    return CollectingDispatcher()


@pytest.fixture
def make_tracker() -> MakeTracker:
    """Builds the tracker of a message: its text, its entities, and what the conversation knows."""

    def make(text: str = "", slots: dict[str, Any] | None = None, **entities: str | None) -> Tracker:
        found = [{"entity": name, "value": value} for name, value in entities.items()]
        message = {"text": text, "intent": {"name": "greet"}, "entities": found}
        return Tracker("you", slots or {}, message, [], False, None, {}, "action_listen")

    return make
