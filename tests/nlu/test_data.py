"""Contracts on data/nlu: enough of everything, told from every side, nothing twice, nothing held out."""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import combinations

import pytest
from rasa.shared.nlu.training_data.loading import load_data
from rasa.shared.nlu.training_data.training_data import TrainingData

from addons.nlu.examples import PERSPECTIVES, Example, has_perspective, read_example
from conch.contacts import Island, Need
from conch.signs import signs
from tests.words import ROOT

DATA, HELD_OUT = ROOT / "data" / "nlu", ROOT / "tests" / "nlu_held_out"
SIGNS = sorted(signs().indicators)
DOMAIN_INTENTS = re.findall(r"^- ([a-z_]+)$", (ROOT / "domain.yml").read_text().split("entities:")[0], re.MULTILINE)
LEAST_OF_SIGN, LEAST_OF_INTENT, LEAST_STORIES, LEAST_NOT_SIGNS = 40, 25, 150, 300
TOO_ALIKE = 0.9
COMMON = 40  # a row of three words in more messages than this tells nothing about two of them
SHARED = 1 / 8  # of the shorter one's rows: with fewer in common, messages differ in nearly every third word
WORD = re.compile(r"[^\W_]+")


@lru_cache(maxsize=1)
def data() -> TrainingData:
    """All training data, as Rasa reads it."""
    return load_data(str(DATA))


@lru_cache(maxsize=1)
def examples() -> list[Example]:
    """All labelled messages."""
    return [read_example(message) for message in data().intent_examples]


def held_out() -> list[dict]:
    """Every line that is never trained on."""
    return [json.loads(line) for path in sorted(HELD_OUT.glob("*.jsonl")) for line in path.read_text().splitlines()]


def normalised(text: str) -> tuple[str, ...]:
    """The words of a message, however they are written."""
    return tuple(WORD.findall(text.lower().replace("'", "").replace("\u2019", "")))


def rows(words: tuple[str, ...]) -> set[tuple[str, ...]]:
    """The rows of three words of a message, or all of its words if it has fewer."""
    return {words[start : start + 3] for start in range(max(1, len(words) - 2))}


def candidates(messages: list[tuple[str, ...]]) -> set[tuple[int, int]]:
    """Pairs that share enough rows of words to be worth comparing letter by letter."""
    holders: dict[tuple[str, ...], list[int]] = defaultdict(list)
    sizes = []
    for place, words in enumerate(messages):
        own = rows(words)
        sizes.append(len(own))
        for row in own:
            holders[row].append(place)
    shared = Counter(pair for places in holders.values() if len(places) <= COMMON for pair in combinations(places, 2))
    return {pair for pair, count in shared.items() if count >= SHARED * min(sizes[pair[0]], sizes[pair[1]])}


def too_alike(messages: list[tuple[str, ...]]) -> Iterator[tuple[int, int]]:
    """Pairs that are the same or nearly so."""
    for one, other in sorted(candidates(messages)):
        left, right = " ".join(messages[one]), " ".join(messages[other])
        if 2 * min(len(left), len(right)) <= TOO_ALIKE * (len(left) + len(right)):
            continue
        matcher = SequenceMatcher(None, left, right, autojunk=False)
        if matcher.quick_ratio() > TOO_ALIKE and matcher.ratio() > TOO_ALIKE:
            yield one, other


def test_intents_are_those_of_the_domain() -> None:
    assert {example.intent for example in examples()} == set(DOMAIN_INTENTS)


@pytest.mark.parametrize("sign", SIGNS)
def test_each_sign_has_enough_examples(sign: str) -> None:
    assert sum(sign in example.signs for example in examples()) >= LEAST_OF_SIGN
    assert sum(example.intent == f"indicator_{sign}" for example in examples()) >= LEAST_OF_SIGN


@pytest.mark.parametrize("sign", SIGNS)
def test_each_sign_is_told_from_every_side(sign: str) -> None:
    told = Counter(example.perspective for example in examples() if example.intent == f"indicator_{sign}")
    assert set(told) == set(PERSPECTIVES)
    assert min(told.values()) >= 5


def test_each_intent_has_enough_examples() -> None:
    counts = Counter(example.intent for example in examples())
    assert {intent: count for intent, count in counts.items() if count < LEAST_OF_INTENT} == {}


def test_perspectives_stand_where_the_contract_wants_them() -> None:
    wrong = {
        example.intent
        for example in examples()
        if (example.perspective in PERSPECTIVES) is not has_perspective(example.intent)
    }
    assert wrong == set()


def test_marks_are_known_signs_on_whole_words() -> None:
    for example in examples():
        assert example.signs <= set(SIGNS), example.text
        for span in example.spans:
            before, after = example.text[: span.start][-1:], example.text[span.end :][:1]
            assert span.start < span.end, example.text
            assert not before.isalnum(), example.text
            assert not after.isalnum(), example.text


def test_there_are_stories_with_several_signs() -> None:
    assert sum(2 <= len({span.sign for span in example.spans}) <= 5 for example in examples()) >= LEAST_STORIES


def test_there_are_messages_that_only_look_like_signs() -> None:
    close = [read_example(message) for message in load_data(str(DATA / "not_signs")).intent_examples]
    assert len(close) >= LEAST_NOT_SIGNS
    assert [example.text for example in close if example.signs] == []


@pytest.mark.parametrize(("name", "values"), [("island", list(Island)), ("need", list(Need))])
def test_words_for_places_and_needs(name: str, values: list) -> None:
    words = next(table["elements"] for table in data().lookup_tables if table["name"] == name)
    meant = {data().entity_synonyms.get(word, word) for word in words}
    assert meant == {value.value for value in values}


def test_no_message_stands_twice_or_nearly() -> None:
    messages = [normalised(example.text) for example in examples()]
    texts = [example.text for example in examples()]
    assert [(texts[one], texts[other]) for one, other in too_alike(messages)] == []


def test_nothing_is_held_out_and_trained_on() -> None:
    lines, texts = [line["text"] for line in held_out()], [example.text for example in examples()]
    assert lines
    everything = [normalised(text) for text in [*lines, *texts]]
    known = [(one, other) for one, other in too_alike(everything) if one < len(lines) <= other]
    assert [(lines[one], texts[other - len(lines)]) for one, other in known] == []


def test_held_out_lines_are_sound() -> None:
    ids = [line["id"] for line in held_out()]
    assert len(ids) == len(set(ids))
    for line in held_out():
        assert set(line["intents"]) <= set(DOMAIN_INTENTS), line["id"]
        assert set(line["indicators"]) | set(line["indicators_ok"]) <= set(SIGNS), line["id"]
        assert line["perspective"] in (None, *PERSPECTIVES), line["id"]


def test_likeness_is_noticed() -> None:
    alike = [
        "they keep my passport in the office",
        "They keep my passport in the office!!",
        "they keep my passport in an office",
        "they keep my pay in the bank of the town",
        "Yo",
        "yo",
    ]
    assert list(too_alike([normalised(text) for text in alike])) == [(0, 1), (0, 2), (1, 2), (4, 5)]
