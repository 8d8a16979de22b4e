"""The patched Rasa gives the results of the unpatched one, and only its own version is patched."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
import rasa
from rasa.core.actions.action import RemoteAction
from rasa.core.channels.channel import CollectingOutputChannel
from rasa.core.nlg import TemplatedNaturalLanguageGenerator
from rasa.core.policies.rule_policy import RulePolicy
from rasa.core.processor import MessageProcessor
from rasa.shared.core import events
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.exceptions import RasaException
from rasa.utils.endpoints import ClientResponseError

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
    loop, run = MessageProcessor._run_prediction_loop, RemoteAction.run
    keys = RulePolicy._get_possible_keys
    rasa_patches.apply()
    yield
    RemoteAction.run, RulePolicy._get_possible_keys = run, keys
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


class BrokenActions:
    """An action server that raises, hangs, or answers what it is given."""

    url, kwargs = "http://127.0.0.1:9/webhook", {}

    def __init__(self, fault: Any) -> None:
        self.fault = fault

    async def request(self, **ignored: Any) -> Any:
        """Answers one call."""
        if self.fault is None:
            await asyncio.sleep(3600)
        if isinstance(self.fault, Exception):
            raise self.fault
        return self.fault


REFUSED = ClientResponseError(400, "x", json.dumps({"action_name": "action_scenario_answer"}))
FAULTS = {
    "gone": OSError(),
    "hangs": None,
    "400": REFUSED,
    "500": ClientResponseError(500, "x", "x"),
    "no shape": [],
    "says nothing": {},
    "says nothing to read": {"responses": [{"text": ""}]},
}


def observe(intent: str, fault: Any, action: str = "action_scenario_answer") -> list[Event]:
    """What an action leaves behind for one message within a practice."""
    domain = Domain.from_dict(
        {
            "intents": [intent],
            "actions": [action],
            "responses": {f"utter_{intent}": [{"text": "For real."}]},
        }
    )
    tracker = DialogueStateTracker("learner", [])
    tracker.update(UserUttered("help", {"name": intent, "confidence": 1.0}))
    words = TemplatedNaturalLanguageGenerator(domain.responses)
    work = RemoteAction(action, BrokenActions(fault)).run(CollectingOutputChannel(), words, tracker, domain)
    return asyncio.run(work)


@pytest.mark.parametrize("intent", ["immediate_danger", "unsafe_to_talk", "report_concern", "indicator_grooming"])
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("action", rasa_patches.TELLINGS)
def test_danger_and_signs_are_answered_whatever_the_action_server_does(
    patched: None, monkeypatch: pytest.MonkeyPatch, intent: str, fault: str, action: str
) -> None:
    monkeypatch.setattr(rasa_patches, "LONGEST_TELLING", 0.05)
    said, left = observe(intent, FAULTS[fault], action)
    assert said.text == "For real."
    assert said.metadata["utter_action"] == f"utter_{intent}"
    assert (left.key, left.value) == ("practising", False)


def test_what_the_action_says_of_an_observation_stands(patched: None) -> None:
    (said,) = observe("immediate_danger", {"responses": [{"text": "Practice. Well seen."}]})
    assert said.text == "Practice. Well seen."


@pytest.mark.parametrize(
    ("intent", "action"), [("affirm", "action_scenario_answer"), ("immediate_danger", "action_contacts")]
)
def test_other_failures_stay_failures(patched: None, intent: str, action: str) -> None:
    with pytest.raises(OSError):
        observe(intent, OSError(), action)
