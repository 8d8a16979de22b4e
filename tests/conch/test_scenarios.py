"""The practice cases: complete, plain, sourced, and any fault named with its file and field."""

from pathlib import Path
from typing import Any

import pytest
import textstat
import yaml

from conch.scenarios import SCENARIOS, Does, Kind, ScenariosError, find_scenarios, read_scenario, read_scenarios
from tests.test_words import FORBIDDEN, NUMBER_OR_ADDRESS, plain

CASES = read_scenarios()
HIGHEST_GRADE = 6.0


def texts(value: Any, name: str = "") -> list[str]:
    """Every sentence of a case that is said to a learner."""
    if isinstance(value, dict):
        return [text for key, inner in value.items() if key not in ("answers", "words") for text in texts(inner, key)]
    if isinstance(value, list):
        return [text for inner in value for text in texts(inner, name)]
    return [value] if isinstance(value, str) and len(value.split()) > 3 else []


def raw(name: str) -> dict[str, Any]:
    return yaml.safe_load((SCENARIOS / f"{name}.yml").read_text("utf-8"))


def test_there_are_enough_of_every_kind() -> None:
    kinds = [case.kind for case in CASES.values()]
    assert len(kinds) >= 12
    assert kinds.count(Kind.NOTHING) >= 2
    assert kinds.count(Kind.FORCED_LABOR) >= 3
    assert kinds.count(Kind.SEX_TRAFFICKING) >= 3


@pytest.mark.parametrize("name", CASES)
def test_every_part_is_plain(name: str) -> None:
    for beat in CASES[name].beats:
        assert textstat.flesch_kincaid_grade(plain(beat.text)) <= HIGHEST_GRADE, beat.text


@pytest.mark.parametrize("name", CASES)
def test_nothing_said_is_a_number_or_a_forbidden_word(name: str) -> None:
    for text in texts(raw(name)):
        assert not NUMBER_OR_ADDRESS.search(text), text
        assert not FORBIDDEN.search(text), text


@pytest.mark.parametrize("name", CASES)
def test_answers_are_not_the_story_itself(name: str) -> None:
    for beat in CASES[name].beats:
        for shown in beat.signs:
            for answer in shown.answers:
                assert answer.lower() not in beat.text.lower(), answer


@pytest.mark.parametrize("name", CASES)
def test_a_case_is_found_by_its_number_and_title(name: str) -> None:
    case = CASES[name]
    assert find_scenarios(f"scenario number {case.number} please") == [case]
    assert find_scenarios(case.title) == [case]


@pytest.mark.parametrize("name", CASES)
def test_a_case_is_found_by_each_audience(name: str) -> None:
    for audience in CASES[name].audiences:
        assert CASES[name] in find_scenarios(audience), audience


def test_words_that_name_no_case_find_none() -> None:
    assert find_scenarios("start a case") == []
    assert find_scenarios("") == []


ANY = next(iter(CASES))
FAULTS = {
    "number: ": lambda case: case | {"number": "seven"},
    "title: .*shorten": lambda case: case | {"title": "one two three four five six seven"},
    "stand in the text": lambda case: case
    | {"beats": [case["beats"][0] | {"look_alikes": [{"words": "no such words", "why": "so"}]}, *case["beats"][1:]]},
    "no sign": lambda case: case
    | {
        "beats": [
            case["beats"][0]
            | {"look_alikes": [{"words": case["beats"][0]["text"].split()[0], "why": "so", "looks_like": "greed"}]},
            *case["beats"][1:],
        ]
    },
    "beats": lambda case: case | {"beats": case["beats"][:1]},
    "kind 'nothing' has none": lambda case: case | {"kind": "nothing"},
    "does 'call'": lambda case: case | {"choice": [o | {"does": "confront"} for o in case["choice"]]},
    "content/sources.yml": lambda case: case | {"sources": ["nobody"]},
    "reviewed": lambda case: {key: value for key, value in case.items() if key != "reviewed"},
    "extra": lambda case: case | {"colour": "red"},
    "id: ": lambda case: case | {"id": "another"},
}


@pytest.mark.parametrize("named", FAULTS)
def test_a_fault_is_named_with_file_and_field(tmp_path: Path, named: str) -> None:
    path = tmp_path / f"{ANY}.yml"
    path.write_text(yaml.safe_dump(FAULTS[named](raw(ANY))), "utf-8")
    with pytest.raises(ScenariosError, match=f"{ANY}.yml: .*{named}"):
        read_scenario(path)


def test_two_cases_cannot_have_one_number(tmp_path: Path) -> None:
    one, other = list(CASES)[:2]
    for name in (one, other):
        (tmp_path / f"{name}.yml").write_text(yaml.safe_dump(raw(name) | {"number": 1}), "utf-8")
    with pytest.raises(ScenariosError, match="take another"):
        read_scenarios(tmp_path)


def test_confronting_is_never_right() -> None:
    for case in CASES.values():
        for option in case.choice:
            assert option.is_right is (option.does in (Does.CALL, Does.NOTICE))


def test_what_is_right_to_do_is_at_no_usual_place() -> None:
    """Who always takes the same letter must not do well."""
    places = [place for case in CASES.values() for place, option in enumerate(case.choice) if option.is_right]
    assert max(places.count(place) for place in set(places)) <= 2 * len(CASES) // 3
