"""`scripts.cluster` starts as many assistants as it is told."""

import contextlib
import signal

import pytest

from conch.settings import Settings
from scripts import cluster


@pytest.mark.parametrize(("told", "started"), [("1", 1), ("3", 3), ("", 2)])
def test_as_many_assistants_are_started_as_are_asked_for(
    told: str, started: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def serve(settings: Settings, number: int, stack: contextlib.ExitStack) -> int:
        asked.append(number)
        return 0

    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    monkeypatch.setenv("ASSISTANTS", told)
    monkeypatch.setenv("MODEL", "a model, so that nothing is trained")
    monkeypatch.setattr(cluster, "is_taken", lambda port: False)
    monkeypatch.setattr(cluster, "serve", serve)
    try:
        assert cluster.main() == 0
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    assert asked == [started]
