"""Linear heads on frozen sentence vectors, with Conch's own decision behind them.

Intent: logistic regression. Signs: one regression for each. Perspective: one on what has any.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict

from addons.nlu.decision import SIGN_AT, decide
from addons.nlu.examples import PERSPECTIVES, Example, read_example
from addons.nlu.labels import Labels
from addons.nlu.recogniser import Reading
from addons.nlu.safety_phrases import SafetyPhrases
from benchmarks.understanding.answers import Answer
from benchmarks.understanding.sentence_vectors import ENCODERS
from benchmarks.understanding.training_files import read_data

STRENGTH = 30.0  # scikit-learn's C; 1 is too weak for vectors of length 1
FILE = "heads.pickle"
THRESHOLDS = np.linspace(0.05, 0.95, 37)


@dataclass(frozen=True)
class Heads:
    """Everything learned; `shift` moves the signs' logits so that the best threshold is Conch's own."""

    mean: np.ndarray
    labels: Labels
    intent: LogisticRegression
    signs: tuple[np.ndarray, np.ndarray]
    perspective: LogisticRegression
    shift: float

    def read(self, vector: np.ndarray) -> Reading:
        """Probabilities in the shape of Conch's network; no words are told."""
        centred = (vector - self.mean)[None]
        weights, bias = self.signs
        signs = 1 / (1 + np.exp(-(centred @ weights.T + bias + self.shift)[0]))
        teller = dict(zip(self.perspective.classes_, self.perspective.predict_proba(centred)[0]))
        return Reading(
            dict(zip(self.labels.intents, self.intent.predict_proba(centred)[0].tolist())),
            dict(zip(self.labels.signs, signs.tolist())),
            np.array([teller.get(name, 0.0) for name in PERSPECTIVES]),
            np.zeros((0, len(self.labels.signs))),
            np.zeros((0, 2), np.int64),
        )


def regression() -> LogisticRegression:
    """One logistic regression."""
    return LogisticRegression(C=STRENGTH, max_iter=1000)


def best_threshold(probabilities: np.ndarray, right: np.ndarray) -> float:
    """The threshold of the best micro-F1."""

    def micro_f1(threshold: float) -> float:
        found = probabilities >= threshold
        return 2 * (found & right).sum() / max(1, found.sum() + right.sum())

    return float(max(THRESHOLDS, key=micro_f1))


def logit(probability: float) -> float:
    """The logit of a probability."""
    return float(np.log(probability / (1 - probability)))


def fit(vectors: np.ndarray, examples: list[Example]) -> Heads:
    """Learns the heads; the threshold comes from parts of the training messages held out in turn."""
    labels = Labels.of(examples)
    mean = vectors.mean(axis=0)
    centred = vectors - mean
    right = np.array([[sign in e.signs for sign in labels.signs] for e in examples])
    guesses = [
        cross_val_predict(regression(), centred, column, cv=3, method="predict_proba")[:, 1] for column in right.T
    ]
    threshold = best_threshold(np.array(guesses).T, right)
    heads = [regression().fit(centred, column) for column in right.T]
    told = [place for place, example in enumerate(examples) if example.perspective]
    return Heads(
        mean,
        labels,
        regression().fit(centred, [labels.intents.index(e.intent) for e in examples]),
        (np.concatenate([head.coef_ for head in heads]), np.concatenate([head.intercept_ for head in heads])),
        regression().fit(centred[told], [examples[place].perspective for place in told]),
        logit(SIGN_AT) - logit(threshold),
    )


def train(encoder: str, training: Path, folder: Path) -> None:
    """Encodes the messages one at a time and learns the heads."""
    examples = [read_example(message) for message in read_data(training).intent_examples]
    encode = ENCODERS[encoder]()
    vectors = []
    for number, example in enumerate(examples, 1):
        vectors.append(encode(example.text))
        if number % 100 == 0:
            print(f"{number} of {len(examples)} messages encoded", flush=True)
    (folder / FILE).write_bytes(pickle.dumps(fit(np.array(vectors), examples)))


def reader(encoder: str, folder: Path) -> Callable[[str], Answer]:
    """An encoder with its learned heads."""
    heads: Heads = pickle.loads((folder / FILE).read_bytes())
    encode, phrases = ENCODERS[encoder](), SafetyPhrases()

    def read(text: str) -> Answer:
        decision = decide(heads.read(encode(text)), phrases.find(text), text)
        return Answer(decision.intent, [sign.id for sign in decision.signs], decision.perspective)

    return read
