"""Typing what stands on a button does what tapping it does."""

import pytest

from actions import scenario_words
from addons.nlu.commands import COMMANDS, command_of


@pytest.mark.parametrize("button", [scenario_words.HINT, scenario_words.TAP, scenario_words.SHOW, scenario_words.NEXT])
def test_a_typed_title_is_a_tap(button: dict[str, str]) -> None:
    assert f"/{command_of(button['title'])}" == button["payload"]
    assert f"/{command_of(button['title'].upper() + '!')}" == button["payload"]


@pytest.mark.parametrize("button", [scenario_words.BACK, scenario_words.CASES])
def test_the_way_back_can_be_typed(button: dict[str, str]) -> None:
    assert f"/{command_of(button['title'])}" == button["payload"]


@pytest.mark.parametrize("text", ["", "what is next", "give me a hint", "stop", "help", "show me the numbers"])
def test_other_words_are_left_to_the_network(text: str) -> None:
    assert command_of(text) is None


def test_no_command_is_a_cry_for_help() -> None:
    assert not {"stop", "help", "no", "yes"} & set(COMMANDS)
