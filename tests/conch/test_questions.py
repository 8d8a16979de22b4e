"""The pool of questions, each learner's order of it, and the code that needs no account."""

import string
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from conch import sources
from conch.questions import (
    ALPHABET,
    AT_ONCE,
    BLOCKS,
    QUESTIONS_FILE,
    SEEDS,
    Retest,
    draw,
    questions,
    read_code,
    read_questions,
    write_code,
)
from conch.scenarios import ScenariosError

counts = st.one_of(st.none(), st.integers(0, AT_ONCE))
retests = st.builds(
    Retest, st.integers(0, SEEDS - 1), st.integers(0, BLOCKS - 1).map(lambda block: block * AT_ONCE), counts, counts
)


@given(retests)
def test_a_code_says_what_was_written_into_it(retest: Retest) -> None:
    code = write_code(retest)
    assert read_code(code) == retest
    assert read_code(code.lower().replace("-", " ").replace("0", "o").replace("1", "l")) == retest


@given(retests)
def test_a_code_spells_no_word(retest: Retest) -> None:
    assert not set("AEIOU") & set(write_code(retest))


@given(retests, st.integers(0, 6), st.sampled_from(ALPHABET))
def test_one_wrong_letter_is_noticed_or_changes_nothing(retest: Retest, place: int, letter: str) -> None:
    code = write_code(retest).replace("-", "")
    wrong = code[:place] + letter + code[place + 1 :]
    assert (read_code(wrong) == retest) is (wrong == code)


@given(st.text(alphabet=string.printable, max_size=12))
def test_any_text_is_a_code_or_none(text: str) -> None:
    found = read_code(text)
    assert found is None or write_code(found).replace("-", "") != ""


def test_nobody_sees_a_question_twice() -> None:
    seen: list[str] = []
    while drawn := draw(1848, len(seen)):
        seen += [question.id for question in drawn]
    assert sorted(seen) == sorted(questions())


def test_learners_get_different_questions() -> None:
    firsts = {tuple(question.id for question in draw(seed, 0)) for seed in range(20)}
    assert len(firsts) > 15


def test_the_right_answer_is_at_no_usual_place_and_not_the_longest() -> None:
    places = [question.right for question in questions().values()]
    longest = [
        max(range(3), key=lambda place: len(question.options[place].text)) == question.right
        for question in questions().values()
    ]
    assert all(places.count(place) >= len(places) / 5 for place in range(3))
    assert sum(longest) <= len(longest) / 2


def faults() -> list[tuple[str, str]]:
    text = QUESTIONS_FILE.read_text("utf-8")
    first = yaml.safe_load(text)["questions"][0]
    return [
        ("questions: 7", "number 1"),
        ("other: []", "questions"),
        ("questions: []", "write 30"),
        (yaml.safe_dump({"questions": [first | {"sign": "no_such_sign"}]}), f"{first['id']}: sign"),
        (yaml.safe_dump({"questions": [first | {"text": "word " * 60}]}), "shorten it to 40"),
        (yaml.safe_dump({"questions": [first | {"sources": ["nobody"]}]}), "content/sources.yml"),
        (yaml.safe_dump({"questions": [first | {"options": first["options"][:2] * 2}]}), f"{first['id']}: options"),
        ("questions: [", "questions.yml"),
    ]


@pytest.mark.parametrize("number", range(8))
def test_a_fault_is_named_with_its_place(tmp_path: Path, number: int) -> None:
    text, named = faults()[number]
    path = tmp_path / "questions.yml"
    path.write_text(text, "utf-8")
    with pytest.raises(ScenariosError, match=named):
        read_questions(path)


def test_a_question_that_stands_twice_is_refused(tmp_path: Path) -> None:
    records = yaml.safe_load(QUESTIONS_FILE.read_text("utf-8"))["questions"]
    path = tmp_path / "questions.yml"
    path.write_text(yaml.safe_dump({"questions": [*records, records[0]]}), "utf-8")
    with pytest.raises(ScenariosError, match=f"{records[0]['id']}: id: stands twice"):
        read_questions(path)


def test_the_sources_are_read_once_for_all_questions(monkeypatch: pytest.MonkeyPatch) -> None:
    reads, read = [], sources.read_sources
    monkeypatch.setattr(sources, "read_sources", lambda: reads.append(1) or read())
    sources.known_sources.cache_clear()
    assert read_questions()
    assert len(reads) == 1
