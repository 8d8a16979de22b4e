"""The labels that a network learns, as arrays."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from addons.nlu.examples import PERSPECTIVES, Example


class Labels(NamedTuple):
    """The ids of a trained model, in the order of its outputs."""

    intents: list[str]
    signs: list[str]

    @classmethod
    def of(cls, examples: list[Example]) -> Labels:
        """Collects the ids that the examples use."""
        intents = sorted({example.intent for example in examples})
        return cls(intents, sorted({sign for example in examples for sign in example.signs}))


class Targets(NamedTuple):
    """What a batch should give.

    signs: float32 (messages, signs), 0 or 1. intent: int64 (messages,). perspective: int64
    (messages,), -1 where none. words: float32 (messages, pieces, signs), -1 where unmarked.
    """

    signs: np.ndarray
    intent: np.ndarray
    perspective: np.ndarray
    words: list[np.ndarray] | np.ndarray

    def of(self, group: np.ndarray) -> Targets:
        """The targets of some messages, the words' padded to one length."""
        rows = [self.words[i] for i in group]
        longest = max(len(row) for row in rows)
        words = np.full((len(rows), longest, self.signs.shape[1]), -1.0, np.float32)
        for place, row in enumerate(rows):
            words[place, : len(row)] = row
        return Targets(self.signs[group], self.intent[group], self.perspective[group], words)


def word_targets(example: Example, offsets: list[tuple[int, int]], signs: list[str]) -> np.ndarray:
    """Which pieces carry which sign; -1 for a message in which some sign is not marked."""
    if example.signs != {span.sign for span in example.spans}:
        return np.full((len(offsets), len(signs)), -1.0, np.float32)
    marks = np.zeros((len(offsets), len(signs)), np.float32)
    for span in example.spans:
        column = signs.index(span.sign)
        for row, (start, end) in enumerate(offsets):
            if end > start and start >= span.start and end <= span.end:
                marks[row, column] = 1.0
    return marks


def make_targets(examples: list[Example], offsets: list[list[tuple[int, int]]], labels: Labels) -> Targets:
    """Turns labelled messages into arrays."""
    signs = np.array([[float(sign in e.signs) for sign in labels.signs] for e in examples], np.float32)
    intent = np.array([labels.intents.index(e.intent) for e in examples], np.int64)
    told = [PERSPECTIVES.index(e.perspective) if e.perspective else -1 for e in examples]
    words = [word_targets(e, o, labels.signs) for e, o in zip(examples, offsets)]
    return Targets(signs, intent, np.array(told, np.int64), words)
