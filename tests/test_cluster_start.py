"""The cluster starts as many assistants as were asked for, and does not wait for them without end."""

import contextlib
import signal
from types import SimpleNamespace

import pytest

from conch.settings import Settings
from scripts import cluster


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many assistants a start was asked for; nothing is started."""
    counts: list[int] = []

    def serve(settings: Settings, number: int, stack: contextlib.ExitStack) -> int:
        counts.append(number)
        return 0

    monkeypatch.setattr(cluster, "serve", serve)
    monkeypatch.setattr(cluster, "is_taken", lambda port: False)
    monkeypatch.setattr(cluster.train, "is_current", lambda: True)
    monkeypatch.setattr(signal, "signal", lambda *both: None)
    return counts


@pytest.mark.parametrize(("wanted", "number"), [(None, 2), ("1", 1), ("4", 4)])
def test_as_many_start_as_were_asked_for(
    monkeypatch: pytest.MonkeyPatch, asked: list[int], wanted: str | None, number: int
) -> None:
    monkeypatch.delenv("ASSISTANTS", raising=False)
    if wanted:
        monkeypatch.setenv("ASSISTANTS", wanted)
    assert cluster.main() == 0
    assert asked == [number]


@pytest.mark.parametrize("wanted", ["0", "many", "99", "-1"])
def test_a_number_that_cannot_be_is_refused(monkeypatch: pytest.MonkeyPatch, asked: list[int], wanted: str) -> None:
    monkeypatch.setenv("ASSISTANTS", wanted)
    with pytest.raises(SystemExit, match="ASSISTANTS"):
        cluster.main()
    assert asked == []


def test_an_assistant_that_is_never_ready_ends_the_start(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cluster, "LONGEST_START", 0.0)
    monkeypatch.setattr(cluster.Assistant, "look", lambda self: None)
    assistant = cluster.Assistant(Settings.from_environment(), 1)
    assistant.rasa = SimpleNamespace(is_alive=lambda: True)
    nginx = SimpleNamespace(send_to=lambda assistants: None, renew_answers=lambda: None)
    assert cluster.watch([assistant], nginx, [], "http://127.0.0.1:1") == 1
    assert "assistant 1: not ready after" in capsys.readouterr().out
