"""Answers of peers are scored as kindly as their kind allows."""

from pathlib import Path

from benchmarks.understanding.answers import Answer, read_reading, timed_reading, write
from benchmarks.understanding.rasa_systems import peer_answer


def parsed(intent: str | None, ranking: tuple[str, ...] = (), entities: tuple[str, ...] = ()) -> dict:
    return {
        "intent": {"name": intent},
        "intent_ranking": [{"name": name} for name in ranking],
        "entities": [{"entity": name} for name in entities],
    }


def test_a_peers_sign_is_its_intent_and_what_entity_recognition_names() -> None:
    answer = peer_answer(parsed("indicator_debt_bondage", entities=("wage_withholding", "island", "wage_withholding")))
    assert answer.indicators == ["debt_bondage", "wage_withholding"]
    assert answer.perspective is None


def test_understanding_nothing_is_out_of_scope_and_without_fallback_the_best_intent() -> None:
    answer = peer_answer(parsed("nlu_fallback", ("nlu_fallback", "indicator_debt_bondage", "greet")))
    assert (answer.understood().intent, answer.understood().indicators) == ("out_of_scope", [])
    best = answer.understood(with_fallback=False)
    assert (best.intent, best.indicators) == ("indicator_debt_bondage", ["debt_bondage"])


def test_no_intent_at_all_is_out_of_scope() -> None:
    assert peer_answer(parsed(None)).understood().intent == "out_of_scope"


def test_a_sure_answer_is_the_same_without_the_fallback() -> None:
    answer = Answer("greet", [], "self")
    assert answer.understood(with_fallback=False) == answer.understood()


def test_every_text_is_timed_and_what_is_written_can_be_read(tmp_path: Path) -> None:
    reading = timed_reading(lambda text: Answer(text, ["isolation"], unsure="greet"), ["one", "two"])
    write(tmp_path / "read.json", reading)
    assert read_reading(tmp_path / "read.json") == reading
    assert [answer.intent for answer in reading.answers] == ["one", "two"]
    assert all(answer.ms > 0 for answer in reading.answers)
    assert reading.rss_mb > 1
