"""Typing what stands on a button does what tapping it does."""

import pytest

from actions import scenario_words
from addons.nlu.commands import COMMANDS, command_of
from conch.questions import Retest, write_code


@pytest.mark.parametrize("button", [scenario_words.HINT, scenario_words.TAP, scenario_words.SHOW, scenario_words.NEXT])
def test_a_typed_title_is_a_tap(button: dict[str, str]) -> None:
    assert f"/{command_of(button['title'])}" == button["payload"]
    assert f"/{command_of(button['title'].upper() + '!')}" == button["payload"]


@pytest.mark.parametrize("button", [scenario_words.BACK, scenario_words.CASES])
def test_the_way_back_can_be_typed(button: dict[str, str]) -> None:
    assert f"/{command_of(button['title'])}" == button["payload"]


@pytest.mark.parametrize("seed", range(50))
def test_a_retest_needs_no_understanding_of_its_letters(seed: int) -> None:
    code = write_code(Retest(seed, 6, 1, 3))
    assert command_of(f"retest {code}") == "start_scenario"
    assert command_of(f"Retest: {code.lower().replace('-', '')}.") == "start_scenario"
    assert command_of(f"my code is {code}") == "start_scenario"


@pytest.mark.parametrize("text", ["code trapped", "he wrote a code on my arm", "retest my blood", "code red"])
def test_no_plea_is_taken_for_a_code(text: str) -> None:
    assert command_of(text) is None


@pytest.mark.parametrize("text", ["", "what is next", "give me a hint", "stop", "help", "show me the numbers"])
def test_other_words_are_left_to_the_network(text: str) -> None:
    assert command_of(text) is None


def test_no_command_is_a_cry_for_help() -> None:
    assert not {"stop", "help", "no", "yes"} & set(COMMANDS)
