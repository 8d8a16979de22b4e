"""Several signs in one message: each is named, and never with a verdict."""

import pytest
from rasa_sdk.executor import CollectingDispatcher

from actions.indicators import ActionSeveralSigns, in_a_sentence, in_common
from conch.signs import signs
from tests.actions.conftest import MakeTracker

KNOWN = signs().indicators


def say(dispatcher: CollectingDispatcher, make_tracker: MakeTracker, ids: object, text: str = "") -> list[dict]:
    """What is said about some signs."""
    assert ActionSeveralSigns().run(dispatcher, make_tracker(text, {"indicators": ids}), {}) == []
    return dispatcher.messages


@pytest.mark.parametrize("ids", [None, [], ["no_such_sign"], [""]])
def test_without_a_known_sign_the_worry_is_answered(
    dispatcher: CollectingDispatcher, make_tracker: MakeTracker, ids: object
) -> None:
    assert [message["response"] for message in say(dispatcher, make_tracker, ids)] == ["utter_report_concern"]


def test_each_sign_is_named_once(dispatcher: CollectingDispatcher, make_tracker: MakeTracker) -> None:
    ids = ["document_confiscation", "wage_withholding", "document_confiscation", "no_such_sign", "confinement"]
    (message,) = say(dispatcher, make_tracker, ids)
    assert message["response"] == "utter_several_signs"
    for name in set(ids) - {"no_such_sign"}:
        assert message["signs"].count(KNOWN[name].name) == 1
    assert " and " in message["signs"]
    assert "no_such_sign" not in str(message)


def test_all_signs_at_once(dispatcher: CollectingDispatcher, make_tracker: MakeTracker) -> None:
    (message,) = say(dispatcher, make_tracker, list(KNOWN))
    assert all(sign.name in message["signs"] for sign in KNOWN.values())


def test_what_they_have_in_common_is_said_most_frequent_first() -> None:
    means = signs().means
    assert in_common(["confinement"], "one") == means["force"].description
    ids = ["false_job_offer", "confinement", "physical_violence", "grooming"]
    assert in_common(ids, "one") == f"{means['force'].description} {means['fraud'].description}"
    assert in_common(ids, "one " * 30) == means["force"].description


@pytest.mark.parametrize(
    ("text", "responses"),
    [
        ("he is 15 and they keep his passport and his pay", ["utter_several_signs", "utter_minor"]),
        ("they keep my passport and my pay", ["utter_several_signs"]),
        ("", ["utter_several_signs"]),
    ],
)
def test_a_child_is_spoken_to(
    dispatcher: CollectingDispatcher, make_tracker: MakeTracker, text: str, responses: list[str]
) -> None:
    messages = say(dispatcher, make_tracker, ["document_confiscation", "wage_withholding"], text)
    assert [message["response"] for message in messages] == responses


@pytest.mark.parametrize(
    ("names", "sentence"), [(["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_names_in_a_sentence(names: list[str], sentence: str) -> None:
    assert in_a_sentence(names) == sentence
