"""Understanding, model, stores or words fail: the reply ends with the four numbers all the same."""

import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from addons.channels.guarantee import DEADLINE
from tests.e2e.referrals import assert_ends_with_referrals, words_of
from tests.e2e.servers import Rasa, start_rasa

NEEDS_NO_ACTION = "/ask_definition"
PARTS = "tests.e2e.failing_parts"


def answers(rasa: Rasa, sender: str | None = None) -> None:
    """A turn without a fault, with words and not only the referrals."""
    assert "Human trafficking" in words_of(rasa.say(NEEDS_NO_ACTION, sender))


@pytest.mark.parametrize("fault", ["raise", "exit", "memory", "recursion"])
def test_understanding_raises(odd: Rasa, fault: str) -> None:
    sender = uuid.uuid4().hex
    odd.say(f"{fault} an error", sender)
    answers(odd, sender)
    assert f"{fault} an error" not in odd.output()


def test_understanding_raises_where_only_the_understanding_is_asked(odd: Rasa) -> None:
    answer = odd.request("/model/parse", b'{"text": "raise an error"}')
    assert answer.status == 500
    assert_ends_with_referrals(answer.json())
    assert odd.parse("hello")["intent"]["name"]


@pytest.fixture(scope="module", params=["a corrupt model", "no store"])
def without_model(request: pytest.FixtureRequest, logs: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator:
    """A server that could not load what it needs; for an empty folder see test_turns.py, production."""
    folder = tmp_path_factory.mktemp("models")
    settings = {"MODEL": folder}
    if request.param == "a corrupt model":
        (folder / "conch.tar.gz").write_bytes(b"\x1f\x8b\x08 not a model")
    elif request.param == "no store":
        endpoints = folder / "endpoints.yml"
        endpoints.write_text(f"tracker_store: {{type: {PARTS}.UnreachableTrackerStore}}\n")
        settings = {"ENDPOINTS": endpoints}
    server = start_rasa(logs / f"{request.param}.log", ready=False, **settings)
    yield server
    server.stop()


def test_no_model_is_loaded(without_model: Rasa) -> None:
    sender = uuid.uuid4().hex
    for message in ("hello", "", NEEDS_NO_ACTION, "/restart", {"a": [1]}):
        replies = without_model.say(message, sender)
        assert len(replies) == 2, "a sentence that says that it failed, then the referrals"
    assert "Puede llamar" in without_model.say("hola, necesito ayuda por favor")[-1]["text"]
    assert without_model.request("/model/parse", b'{"text": "hello"}').status == 503
    log = without_model.output()
    assert "no model that can be read: run `make train`" in log or "no database for a test" in log


@pytest.fixture(scope="module")
def failing(logs: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rasa]:
    """A server whose stores and words fail for the senders whose names say so."""
    endpoints = tmp_path_factory.mktemp("failing") / "endpoints.yml"
    endpoints.write_text(
        f"tracker_store: {{type: {PARTS}.FailingTrackerStore}}\n"
        f"lock_store: {{type: {PARTS}.FailingLockStore}}\n"
        f"nlg: {{type: {PARTS}.FailingWords}}\n"
    )
    server = start_rasa(logs / "failing.log", ENDPOINTS=endpoints)
    yield server
    server.stop()


@pytest.mark.parametrize("where", ["retrieve", "save", "lock", "words"])
@pytest.mark.parametrize("fault", ["gone", "ended", "full", "deep"])
def test_a_part_fails(failing: Rasa, where: str, fault: str) -> None:
    sender = f"{where}.{fault}-{uuid.uuid4().hex}"
    for message in (NEEDS_NO_ACTION, "hello", "/ask_contacts"):
        failing.say(message, sender)
    answers(failing)


def test_parts_hang(failing: Rasa) -> None:
    start = time.monotonic()
    with ThreadPoolExecutor(4) as pool:
        hung = [
            pool.submit(failing.say, NEEDS_NO_ACTION, f"{where}.hung")
            for where in ("retrieve", "save", "lock", "words")
        ]
        time.sleep(0.5)
        answers(failing)
        assert time.monotonic() - start < 3, "one person's hanging turn delays another's"
        for turn in hung:
            turn.result()
    assert time.monotonic() - start < DEADLINE + 2
