"""Labels become arrays in which what is not known does not count."""

import numpy as np
import pytest

from addons.nlu.examples import Example, Span
from addons.nlu.labels import Labels, make_targets, word_targets

MARKED = Example("he keeps my pass", "indicator_b", frozenset("ab"), (Span(0, 8, "a"), Span(9, 16, "b")), "self")
UNMARKED = Example("he keeps it", "indicator_b", frozenset("b"), (), "other")
PLAIN = Example("hello", "greet", frozenset(), (), None)
EXAMPLES = [MARKED, UNMARKED, PLAIN]
OFFSETS = [[(0, 0), (0, 2), (3, 8), (9, 11), (12, 16), (0, 0)], [(0, 0), (0, 2), (3, 11), (0, 0)], [(0, 5)]]


@pytest.fixture
def labels() -> Labels:
    """The ids of the messages above."""
    return Labels.of(EXAMPLES)


def test_ids_are_sorted_and_each_stands_once(labels: Labels) -> None:
    assert labels.intents == ["greet", "indicator_b"]
    assert labels.signs == ["a", "b"]


def test_marked_words_carry_their_sign() -> None:
    marks = word_targets(MARKED, OFFSETS[0], ["a", "b"])
    assert marks.T.tolist() == [[0, 1, 1, 0, 0, 0], [0, 0, 0, 1, 1, 0]]


def test_a_sign_without_marks_does_not_count() -> None:
    assert (word_targets(UNMARKED, OFFSETS[1], ["a", "b"]) == -1).all()
    assert (word_targets(PLAIN, OFFSETS[2], ["a", "b"]) == 0).all()


def test_a_piece_that_reaches_over_a_mark_is_not_in_it() -> None:
    example = Example("abcd", "indicator_a", frozenset("a"), (Span(1, 3, "a"),), None)
    assert word_targets(example, [(0, 2), (1, 3), (2, 4)], ["a"]).ravel().tolist() == [0, 1, 0]


def test_targets_of_messages(labels: Labels) -> None:
    targets = make_targets(EXAMPLES, OFFSETS, labels)
    assert targets.signs.tolist() == [[1, 1], [0, 1], [0, 0]]
    assert targets.intent.tolist() == [1, 1, 0]
    assert targets.perspective.tolist() == [0, 1, -1]
    assert [row.shape for row in targets.words] == [(6, 2), (4, 2), (1, 2)]


def test_a_batch_is_padded_with_what_does_not_count(labels: Labels) -> None:
    batch = make_targets(EXAMPLES, OFFSETS, labels).of(np.array([2, 0]))
    assert batch.words.shape == (2, 6, 2)
    assert (batch.words[0, 1:] == -1).all()
    assert batch.intent.tolist() == [0, 1]
    assert batch.signs.tolist() == [[0, 0], [1, 1]]
