"""Every system learns from the same messages, with the labels that it can use."""

from collections import Counter
from pathlib import Path

import pytest
from rasa.shared.nlu.training_data.message import Message

from addons.nlu.examples import read_example
from benchmarks.understanding.training_files import (
    TooManyMessages,
    named_by_sign,
    part,
    perspective,
    read_data,
    write_file,
)

TEXT = 'He "keeps" my passport (and visa), says: [old] rule, don\'t go'
MARK = {"entity": "indicator", "value": "document_confiscation", "start": 3, "end": 22}


def message(text: str, intent: str, teller: str | None = None, entities: list | None = None) -> Message:
    metadata = {"metadata": {"intent": {"perspective": teller}}} if teller else {}
    return Message({"text": text, "intent": intent, "entities": entities or []} | metadata)


def many() -> list[Message]:
    return [message(f"a{n}", "often", "self" if n % 4 else "other") for n in range(80)] + [
        message(f"b{n}", "seldom") for n in range(20)
    ]


@pytest.mark.parametrize("count", [0, -1, 101])
def test_a_number_that_cannot_be_had_is_refused(count: int) -> None:
    with pytest.raises(TooManyMessages, match="there are 100"):
        part(many(), count)


def test_a_part_has_the_shares_of_the_whole() -> None:
    counts = Counter((m.get("intent"), perspective(m)) for m in part(many(), 20))
    assert counts == {("often", "self"): 12, ("often", "other"): 4, ("seldom", None): 4}


def test_a_smaller_part_lies_within_a_larger_one() -> None:
    texts = [{m.get("text") for m in part(many(), count)} for count in (13, 50, 100)]
    assert texts[0] < texts[1] < texts[2]


def test_a_part_is_the_same_each_time_and_another_with_another_seed() -> None:
    drawn = [[m.get("text") for m in part(many(), 30, seed)] for seed in (0, 0, 1)]
    assert drawn[0] == drawn[1]
    assert set(drawn[0]) != set(drawn[2])


@pytest.fixture(scope="module")
def word_lists(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("data") / "nlu.yml"
    path.write_text('version: "3.1"\nnlu:\n- lookup: need\n  examples: |\n    - a lawyer\n')
    return path


def test_a_written_file_holds_what_was_read(word_lists: Path, tmp_path: Path) -> None:
    messages = [message(TEXT, "indicator_document_confiscation", "self", [MARK]), message("hello", "greet")]
    back = read_data(write_file(tmp_path / "training.yml", read_data(word_lists), messages))
    assert {read_example(m) for m in back.intent_examples} == {read_example(m) for m in messages}
    assert back.lookup_tables[0]["name"] == "need"


def test_for_entity_recognition_words_are_named_by_their_sign(word_lists: Path, tmp_path: Path) -> None:
    named = named_by_sign(message(TEXT, "indicator_debt_bondage", "self", [MARK]))
    back = read_data(write_file(tmp_path / "training.yml", read_data(word_lists), [named]))
    (entity,) = back.intent_examples[0].get("entities")
    assert (entity["entity"], entity["start"], entity["end"]) == ("document_confiscation", 3, 22)


def test_naming_by_sign_leaves_the_message_itself_alone() -> None:
    own = message(TEXT, "indicator_debt_bondage", "self", [dict(MARK)])
    named_by_sign(own)
    assert own.get("entities") == [MARK]
