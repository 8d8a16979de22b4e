"""The encoders to compare with get their best chance: a threshold of their own."""

import numpy as np

from addons.nlu.decision import SIGN_AT
from addons.nlu.examples import Example
from benchmarks.understanding.linear_heads import best_threshold, fit
from benchmarks.understanding.short_training import LEAST_STEPS, epochs_for, pairs_for, settings

INTENTS = ("indicator_isolation", "indicator_debt_bondage", "greet")


def examples() -> list[Example]:
    made = []
    for number in range(30):
        intent = INTENTS[number % 3]
        sign = frozenset({intent.removeprefix("indicator_")}) if intent != "greet" else frozenset()
        teller = ("self", "other")[number // 3 % 2] if sign else None
        made.append(Example(f"{number}", intent, sign, (), teller))
    return made


def vectors(of: list[Example]) -> np.ndarray:
    random = np.random.default_rng(0)
    told = {"self": 1.0, "other": -1.0, None: 0.0}
    return np.array([[*np.eye(3)[INTENTS.index(e.intent)], told[e.perspective]] for e in of]) + random.normal(
        0, 0.05, (len(of), 4)
    )


def test_the_best_threshold_is_between_right_and_wrong() -> None:
    probabilities, right = np.array([[0.9, 0.1], [0.62, 0.55]]), np.array([[True, False], [True, False]])
    assert 0.55 < best_threshold(probabilities, right) <= 0.62


def test_heads_learn_intent_signs_and_teller() -> None:
    heads = fit(vectors(examples()), examples())
    for example, vector in zip(examples(), vectors(examples())):
        reading = heads.read(vector)
        assert max(reading.intents, key=reading.intents.get) == example.intent
        assert {sign for sign, p in reading.signs.items() if p >= SIGN_AT} == example.signs
        if example.perspective:
            assert ("self", "other", "general")[int(reading.perspective.argmax())] == example.perspective


def test_few_messages_get_more_epochs_and_many_get_those_of_the_settings() -> None:
    assert epochs_for(320) == LEAST_STEPS // 10
    assert epochs_for(100_000) == settings()["epochs"]


def test_a_part_gets_its_share_of_the_pairs() -> None:
    assert pairs_for(1000, 1000) == settings()["pairs"]
    assert pairs_for(500, 1000) == settings()["pairs"] / 2
