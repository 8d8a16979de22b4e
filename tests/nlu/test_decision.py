"""Safety outranks the rest; intent, signs, perspective and the words shown agree with each other."""

import re
from dataclasses import replace
from itertools import pairwise
from unittest.mock import Mock

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from addons.nlu.decision import (
    HINTED_AT,
    IN_CLAUSE_AT,
    SAFETY_AT,
    SIGN_AT,
    SURELY_AWAY,
    TOLD_AT,
    TOLD_IN_CLAUSE_AT,
    TURNING_AWAY,
    Decision,
    decide,
)
from addons.nlu.examples import PERSPECTIVES, has_perspective
from addons.nlu.recogniser import Reading
from addons.nlu.safety_phrases import SAFETY_INTENTS, SafetyPhrase

SIGNS = ["confinement", "grooming", "isolation"]
OTHERS = ["ask_signs", "disclose_own_situation", "greet", "harmful_request", "out_of_scope", "report_concern"]
INTENTS = sorted([*SAFETY_INTENTS, *OTHERS, *(f"indicator_{sign}" for sign in SIGNS)])
TEXT = "they keep us locked in the house"
WORD = re.compile(r"\S+")
PROBABILITY = st.floats(0, 1, width=32)
PHRASES = st.none() | st.sampled_from(SAFETY_INTENTS).map(lambda intent: SafetyPhrase(intent, 0, 1))


def reading(
    intents: dict[str, float],
    signs: dict[str, float],
    carried: np.ndarray | None = None,
    text: str = TEXT,
    who: int = 0,
) -> Reading:
    """What a network could make of a text whose pieces are its words, between two that stand nowhere."""
    places = [(0, 0), *(match.span() for match in WORD.finditer(text)), (0, 0)]
    offsets = np.array(places, np.int64)
    carried = np.ones((len(places), len(SIGNS))) if carried is None else carried
    told = np.eye(3)[who]
    return Reading(
        {name: intents.get(name, 0.0) for name in INTENTS},
        {sign: signs.get(sign, 0.0) for sign in SIGNS},
        told,
        carried,
        offsets,
    )


def phrase(intent: str) -> SafetyPhrase:
    """A phrase of the lexicon."""
    return SafetyPhrase(intent, 0, 4)


@pytest.mark.parametrize("safety", SAFETY_INTENTS)
@pytest.mark.parametrize("other", ["greet", "indicator_grooming", "disclose_own_situation"])
def test_safety_outranks_what_is_likelier(safety: str, other: str) -> None:
    found = decide(reading({safety: SAFETY_AT, other: 1 - SAFETY_AT}, {}), None, TEXT)
    assert found.intent == safety


def test_safety_below_its_threshold_does_not() -> None:
    assert decide(reading({"self_harm": SAFETY_AT - 0.01, "greet": 0.7}, {}), None, TEXT).intent == "greet"


@pytest.mark.parametrize("safety", SAFETY_INTENTS)
def test_a_phrase_outranks_the_network(safety: str) -> None:
    found = decide(reading({"greet": 0.99}, {}), phrase(safety), TEXT)
    assert found.intent == safety
    assert found.confidence == 1.0


def test_a_phrase_gives_way_only_to_a_sure_safety_intent() -> None:
    intents = {"immediate_danger": 0.6, "self_harm": 0.1}
    assert decide(reading(intents, {}), phrase("unsafe_to_talk"), TEXT).intent == "immediate_danger"
    intents = {"immediate_danger": 0.4, "greet": 0.6}
    assert decide(reading(intents, {}), phrase("unsafe_to_talk"), TEXT).intent == "unsafe_to_talk"


def test_signs_together_outweigh_one_other_intent() -> None:
    intents = {"indicator_grooming": 0.25, "indicator_isolation": 0.3, "greet": 0.45}
    assert decide(reading(intents, {"isolation": 0.9}), None, TEXT).intent == "indicator_isolation"


def test_every_sign_counts_likeliest_first() -> None:
    signs = {"grooming": 0.6, "isolation": 0.9, "confinement": SIGN_AT - 0.01}
    found = decide(reading({"indicator_isolation": 0.9}, signs), None, TEXT)
    assert [sign.id for sign in found.signs] == ["isolation", "grooming"]


def test_an_intents_sign_counts_where_none_was_sure() -> None:
    found = decide(reading({"indicator_grooming": 0.9}, {"grooming": 0.1}), None, TEXT)
    assert [sign.id for sign in found.signs] == ["grooming"]


def test_the_intent_follows_the_signs_where_they_differ() -> None:
    found = decide(reading({"indicator_grooming": 0.5}, {"isolation": 0.8, "confinement": 0.6}), None, TEXT)
    assert found.intent == "indicator_isolation"


def test_signs_of_a_question_do_not_count() -> None:
    assert decide(reading({"ask_signs": 0.9}, {"isolation": 0.8}), None, TEXT).signs == []


def test_signs_of_a_danger_count() -> None:
    found = decide(reading({"immediate_danger": 0.9}, {"confinement": 0.8}), None, TEXT)
    assert [sign.id for sign in found.signs] == ["confinement"]


@pytest.mark.parametrize(("who", "perspective"), enumerate(PERSPECTIVES))
def test_who_tells(who: int, perspective: str) -> None:
    assert decide(reading({"report_concern": 0.9}, {}, who=who), None, TEXT).perspective == perspective
    assert decide(reading({"greet": 0.9}, {}, who=who), None, TEXT).perspective is None


def test_the_words_that_carry_a_sign_are_shown() -> None:
    carried = np.zeros((9, 3))
    carried[4:6, 0] = 0.9, 0.5  # locked in
    found = decide(reading({"indicator_confinement": 0.9}, {"confinement": 0.9}, carried), None, TEXT)
    assert TEXT[found.signs[0].start : found.signs[0].end] == "locked in"


def is_consistent(found: Decision, text: str) -> None:
    """Holds what every decision must hold."""
    ids = [sign.id for sign in found.signs]
    assert len(ids) == len(set(ids))
    if found.intent.startswith("indicator_"):
        assert found.intent.removeprefix("indicator_") in ids
    if not has_perspective(found.intent) and found.intent not in SAFETY_INTENTS:
        assert ids == []
    assert (found.perspective in PERSPECTIVES) is has_perspective(found.intent)
    assert 0.0 <= found.confidence <= 1.0
    for sign in found.signs:
        assert 0 <= sign.start <= sign.end <= len(text)
        assert not text or sign.start < sign.end
        assert sign.start == 0 or not text[sign.start - 1].isalnum()
        assert sign.end == len(text) or not text[sign.end].isalnum()


@given(
    st.text(max_size=60),
    st.dictionaries(st.sampled_from(INTENTS), PROBABILITY),
    st.dictionaries(st.sampled_from(SIGNS), PROBABILITY),
    PHRASES,
    st.integers(0, 2),
    st.randoms(use_true_random=False),
)
def test_any_reading_gives_a_consistent_decision(
    text: str, intents: dict, signs: dict, found: SafetyPhrase | None, who: int, random: object
) -> None:
    pieces = len(WORD.findall(text)) + 2
    carried = np.array([[random.uniform(-5, 5) for _ in SIGNS] for _ in range(pieces)])
    is_consistent(decide(reading(intents, signs, carried, text, who), found, text), text)


@given(st.text(min_size=1, max_size=40), st.data())
def test_pieces_inside_words_still_show_whole_words(text: str, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.sets(st.integers(0, len(text)), min_size=2)))
    offsets = np.array([(0, 0), *pairwise(cuts), (0, 0)], np.int64)
    carried = np.array(data.draw(st.lists(PROBABILITY, min_size=len(offsets), max_size=len(offsets))))
    plain = reading({"indicator_isolation": 1.0}, {"isolation": 1.0})
    made = replace(plain, offsets=offsets, carried=np.tile(carried[:, None], (1, len(SIGNS))))
    is_consistent(decide(made, None, text), text)


def part(start: int, signs: dict[str, float]) -> tuple[int, str, Reading]:
    return start, TEXT, reading({}, signs)


def test_a_sign_of_one_clause_counts_where_it_stands() -> None:
    whole = reading({"indicator_isolation": 0.9}, {"isolation": 0.9, "confinement": HINTED_AT})
    found = decide(whole, None, TEXT, lambda: [part(7, {"isolation": 0.0, "confinement": IN_CLAUSE_AT})])
    assert [sign.id for sign in found.signs] == ["isolation", "confinement"]
    assert found.signs[1].start >= 7


def test_a_sign_of_one_clause_that_the_message_speaks_against_does_not_count() -> None:
    whole = reading({"indicator_isolation": 0.9}, {"isolation": 0.9, "confinement": HINTED_AT / 2})
    found = decide(whole, None, TEXT, lambda: [part(7, {"isolation": 0.0, "confinement": 0.99})])
    assert [sign.id for sign in found.signs] == ["isolation"]


@pytest.mark.parametrize(
    "whole",
    [
        reading({"ask_signs": 0.9}, {"isolation": 0.1}),
        reading({"indicator_isolation": 0.9}, {"isolation": 0.9, "confinement": HINTED_AT / 2}),
        reading({"immediate_danger": 0.9}, {"isolation": HINTED_AT / 2}),
    ],
)
def test_clauses_that_can_add_no_sign_are_not_read(whole: Reading) -> None:
    read_clauses = Mock(return_value=[part(0, {"isolation": 0.99, "confinement": 0.99})])
    assert {sign.id for sign in decide(whole, None, TEXT, read_clauses).signs} <= {"isolation"}
    read_clauses.assert_not_called()


@pytest.mark.parametrize("away", TURNING_AWAY)
@pytest.mark.parametrize(
    ("signs", "clause"), [({"isolation": TOLD_AT}, {}), ({"isolation": 0.0}, {"isolation": TOLD_IN_CLAUSE_AT})]
)
def test_who_tells_a_sign_is_not_turned_away(away: str, signs: dict[str, float], clause: dict[str, float]) -> None:
    likely, sure = SURELY_AWAY - 0.01, SURELY_AWAY
    found = decide(reading({away: likely}, signs), None, TEXT, lambda: [part(0, clause)])
    assert found.intent == "indicator_isolation"
    assert [sign.id for sign in found.signs] == ["isolation"]
    assert decide(reading({away: sure}, signs), None, TEXT, lambda: [part(0, clause)]).intent == away


@pytest.mark.parametrize("away", TURNING_AWAY)
def test_what_tells_no_sign_is_turned_away(away: str) -> None:
    parts = [part(0, {"isolation": TOLD_IN_CLAUSE_AT - 0.01})]
    found = decide(reading({away: 0.5}, {"isolation": TOLD_AT - 0.01}), None, TEXT, lambda: parts)
    assert (found.intent, found.signs) == (away, [])
