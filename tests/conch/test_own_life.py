"""What is told of one's own life is not taken for a remark on a story, nor a remark for a telling."""

import pytest

from conch.own_life import is_of_own_life
from conch.scenarios import scenarios

ANSWERS = [
    answer for case in scenarios().values() for beat in case.beats for one in beat.signs for answer in one.answers
]


@pytest.mark.parametrize(
    "text",
    [
        "they do this to me",
        "he sends men to me",
        "she says she will send police to us",
        "he tells me what to say to the police",
        "they give food to us once a day",
        "it happens to me at the hotel",
        "he bothers me every night and i cannot leave",
        "we think he will sell my sister",
        "am i being trafficked",
    ],
)
def test_what_is_done_to_the_writer_is_own_life(text: str) -> None:
    assert is_of_own_life(text, "self")


@pytest.mark.parametrize(
    "text",
    [
        "there is a woman i know who never gets paid",
        "i work with a girl and they keep her passport",
        "i know a boy who is beaten by his uncle",
        "someone i know cannot leave her job",
        "i see him hit her every day in the apartment next to mine",
        "they lock a girl up where i work",
        "a man at my job never gets his papers back",
        "my cousin lives like this",
    ],
)
def test_somebody_whom_the_writer_knows_is_own_life(text: str) -> None:
    assert is_of_own_life(text, "other")


@pytest.mark.parametrize(
    "text",
    [
        "i think they keep her papers",
        "it seems odd to me that he talks for her",
        "to me it looks like he controls her money",
        "For me the debt is the sign",
        "that tells me he is in charge",
        "it bothers me that she looks at him first",
        "the papers in the drawer are a sign to me",
        "we saw that she cannot go out",
        "my guess is he took her passport",
    ],
)
@pytest.mark.parametrize("teller", ["self", "other", "general", None])
def test_a_learner_who_looks_at_the_story_is_not(text: str, teller: str | None) -> None:
    assert not is_of_own_life(text, teller)


@pytest.mark.parametrize("text", ["i know she is not free to go", "he tells her what to say"])
def test_a_remark_on_others_is_not(text: str) -> None:
    assert not is_of_own_life(text, "other")


def test_no_example_answer_of_a_case_is() -> None:
    assert [answer for answer in ANSWERS if is_of_own_life(answer, None)] == []
