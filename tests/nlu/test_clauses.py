"""Clauses of a message, with where each begins."""

from hypothesis import given
from hypothesis import strategies as st

from addons.nlu.clauses import LEAST_WORDS, MOST_CLAUSES, clauses


def test_each_clause_is_found_where_it_stands() -> None:
    text = "She came in May to cook.  Now they keep her passport and she sleeps on the floor, nobody has paid her"
    assert [words for _, words in clauses(text)] == [
        "She came in May to cook",
        "Now they keep her passport",
        "and she sleeps on the floor",
        "nobody has paid her",
    ]


def test_one_clause_is_not_read_twice() -> None:
    assert clauses("they keep her passport in the office") == []
    assert clauses("ok. they keep her passport in the office. no.") == []
    assert clauses("") == []


@given(st.text(max_size=600))
def test_any_text_has_clauses_that_stand_in_it(text: str) -> None:
    for start, words in clauses(text):
        assert text[start : start + len(words)] == words
        assert len(words.split()) >= LEAST_WORDS


def test_a_flood_of_clauses_is_bounded() -> None:
    assert len(clauses("he took my pay. " * 300)) == MOST_CLAUSES
