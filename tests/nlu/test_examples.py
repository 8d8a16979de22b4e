"""Training messages are read with every label that data/nlu gives them."""

from pathlib import Path

import pytest
from rasa.shared.nlu.training_data.loading import load_data

from addons.nlu.examples import Example, Span, has_perspective, join, joined, read_example

CONTENT = """
version: "3.1"
nlu:
- intent: indicator_grooming
  metadata: {perspective: self}
  examples: |
    - he buys me shoes and says dont tell
    - [he buys me shoes](indicator:grooming) and [keeps my phone](indicator:controlled_communication)
- intent: ask_local_services
  examples: |
    - help on [st croix](island:st_croix)
- intent: report_concern
  metadata: {perspective: other}
  examples: |
    - my neighbor is not free
"""


@pytest.fixture
def examples(tmp_path: Path) -> list[Example]:
    """The messages above, read."""
    path = tmp_path / "nlu.yml"
    path.write_text(CONTENT, "utf-8")
    return [read_example(message) for message in load_data(str(path)).intent_examples]


def find(examples: list[Example], start: str) -> Example:
    """The message that begins so."""
    return next(example for example in examples if example.text.startswith(start))


def test_a_sign_without_marks_is_the_intents(examples: list[Example]) -> None:
    example = find(examples, "he buys me shoes and says")
    assert example.intent == "indicator_grooming"
    assert example.signs == {"grooming"}
    assert example.spans == ()
    assert example.perspective == "self"


def test_every_marked_sign_is_read_with_its_words(examples: list[Example]) -> None:
    example = find(examples, "he buys me shoes and keeps")
    assert example.signs == {"grooming", "controlled_communication"}
    assert example.spans == (Span(0, 16, "grooming"), Span(21, 35, "controlled_communication"))
    assert [example.text[span.start : span.end] for span in example.spans] == ["he buys me shoes", "keeps my phone"]


def test_other_entities_are_no_signs(examples: list[Example]) -> None:
    example = find(examples, "help on")
    assert example.signs == frozenset()
    assert example.spans == ()
    assert example.perspective is None


def test_a_message_without_a_sign_may_have_a_perspective(examples: list[Example]) -> None:
    assert find(examples, "my neighbor").perspective == "other"


@pytest.mark.parametrize(
    ("intent", "wanted"),
    [
        ("indicator_grooming", True),
        ("disclose_own_situation", True),
        ("report_concern", True),
        ("immediate_danger", True),
        ("unsafe_to_talk", False),
        ("self_harm", False),
        ("ask_signs", False),
        ("out_of_scope", False),
    ],
)
def test_which_intents_have_a_perspective(intent: str, wanted: bool) -> None:
    assert has_perspective(intent) is wanted


def test_two_tellings_joined_keep_their_signs_and_the_words_that_carry_them() -> None:
    first = Example(
        "he took my papers", "indicator_document_confiscation", frozenset({"document_confiscation"}), (), "self"
    )
    span = Span(0, 6, "wage_withholding")
    second = Example("no pay since may", "indicator_wage_withholding", frozenset({"wage_withholding"}), (span,), "self")
    both = join(first, second)
    assert both.signs == {"document_confiscation", "wage_withholding"}
    assert both.intent == first.intent
    assert [both.text[s.start : s.end] for s in both.spans] == [second.text[0:6]]


def test_only_tellings_by_the_same_kind_of_teller_are_joined() -> None:
    tellings = [
        Example(f"{who} telling {n}", "indicator_grooming", frozenset({"grooming"}), (), who)
        for who in ("self", "other")
        for n in range(3)
    ]
    pairs = joined([*tellings, Example("hello", "greet", frozenset(), (), None)], 20, seed=0)
    assert len(pairs) == 20
    assert all(pair.text.count(pair.perspective) == 2 for pair in pairs)


def test_nothing_is_joined_where_nobody_tells() -> None:
    assert joined([Example("hello", "greet", frozenset(), (), None)], 5, seed=0) == []
