"""Sentences of a message, with where each begins."""

from hypothesis import given
from hypothesis import strategies as st

from addons.nlu.sentences import LEAST_WORDS, MOST_SENTENCES, sentences


def test_each_sentence_is_found_where_it_stands() -> None:
    text = "She came in May to cook.  Now they keep her passport; she sleeps on the floor!\nNobody has paid her"
    assert [words for _, words in sentences(text)] == [
        "She came in May to cook.",
        "Now they keep her passport;",
        "she sleeps on the floor!",
        "Nobody has paid her",
    ]


def test_one_sentence_is_not_read_twice() -> None:
    assert sentences("they keep her passport in the office") == []
    assert sentences("ok. they keep her passport in the office. no.") == []
    assert sentences("") == []


@given(st.text(max_size=600))
def test_any_text_has_sentences_that_stand_in_it(text: str) -> None:
    for start, words in sentences(text):
        assert text[start : start + len(words)] == words
        assert len(words.split()) >= LEAST_WORDS


def test_a_flood_of_sentences_is_bounded() -> None:
    assert len(sentences("he took my pay. " * 300)) == MOST_SENTENCES
