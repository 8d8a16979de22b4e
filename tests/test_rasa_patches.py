"""The patched Rasa gives the results of the unpatched one, and only its own version is patched."""

from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
import rasa
from rasa.core.actions.action import RemoteAction
from rasa.core.processor import MessageProcessor
from rasa.shared.core import events
from rasa.shared.core.events import Event
from rasa.shared.exceptions import RasaException

from addons import rasa_patches

ANSWERS: list[Any] = [
    {},
    {"events": [], "responses": []},
    {"events": [{"event": "slot", "name": "island", "value": "st_john"}], "responses": [{"text": "Hello."}]},
    {"responses": [{"text": 7}]},
    {"events": {}},
    {"events": [{"no_event": 1}]},
    {"events": ["slot"]},
    {"responses": "Hello."},
    {"responses": ["Hello."]},
    [],
    "Hello.",
    None,
    7,
]
NAMES = ["user", "bot", "slot", "action", "session_started", "no_such_event", "", "restart"]


@pytest.fixture
def patched() -> Iterator[None]:
    """Rasa with the patches, and as it was afterwards."""
    resolve, check = Event.__dict__["resolve_by_type"], RemoteAction._validate_action_result
    loop = MessageProcessor._run_prediction_loop
    rasa_patches.apply()
    yield
    Event.resolve_by_type, RemoteAction._validate_action_result = resolve, check
    MessageProcessor._run_prediction_loop = loop


def judge(answer: Any) -> tuple[str, str]:
    """What Rasa makes of an action's answer."""
    try:
        return "valid", str(RemoteAction("action_contacts", None)._validate_action_result(answer))
    except jsonschema.ValidationError as error:
        return "invalid", error.message


def resolve(name: str) -> Any:
    """The class that Rasa takes an event's name for."""
    try:
        return events.Event.resolve_by_type(name)
    except (RasaException, ValueError) as error:
        return str(error)


BEFORE = {"answers": [judge(answer) for answer in ANSWERS], "events": [resolve(name) for name in NAMES]}


def test_rasa_tells_valid_from_invalid_answers() -> None:
    kinds = [kind for kind, _ in BEFORE["answers"]]
    assert kinds[:4] == ["valid"] * 4
    assert set(kinds[4:]) == {"invalid"}


def test_answers_are_judged_as_before(patched: None) -> None:
    assert [judge(answer) for answer in ANSWERS] == BEFORE["answers"]


def test_events_are_resolved_as_before(patched: None) -> None:
    for _ in range(2):
        assert [resolve(name) for name in NAMES] == BEFORE["events"]


def test_another_version_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    before = RemoteAction._validate_action_result
    monkeypatch.setattr(rasa, "__version__", "3.6.22")
    with pytest.raises(RuntimeError, match=r"3\.6\.22"):
        rasa_patches.apply()
    assert RemoteAction._validate_action_result is before
