"""Servers that tests share; each is started once and always ended."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.e2e.servers import ROOT, Rasa, Server, start_actions, start_rasa

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks every test of this folder."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.e2e)


@dataclass
class Assistant:
    """Both servers as `make run` starts them."""

    rasa: Rasa
    actions: Server


@pytest.fixture(scope="session")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the servers' output goes."""
    return tmp_path_factory.mktemp("logs")


@pytest.fixture(scope="session")
def assistant(logs: Path) -> Iterator[Assistant]:
    """The assistant in fair weather."""
    actions = start_actions(logs / "actions.log")
    try:
        rasa = start_rasa(logs / "rasa.log", ACTIONS_PORT=actions.port)
        try:
            yield Assistant(rasa, actions)
        finally:
            rasa.stop()
    finally:
        actions.stop()


@pytest.fixture(scope="session")
def rasa(assistant: Assistant) -> Rasa:
    """The Rasa server of the assistant in fair weather."""
    return assistant.rasa


@pytest.fixture(scope="session")
def odd(assistant: Assistant, logs: Path) -> Iterator[Rasa]:
    """A Rasa server whose understanding fails, or finds given signs, when the text says so."""
    server = start_rasa(logs / "odd.log", module="tests.e2e.odd_understanding", ACTIONS_PORT=assistant.actions.port)
    yield server
    server.stop()


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of what the two servers run from, for tests that edit it."""
    copy = tmp_path / "tree"
    copy.mkdir()
    for path in ROOT.iterdir():
        if path.name.startswith(".") or path.name in ("benchmarks", "docs", "models", "results", "tests"):
            continue
        if path.is_dir():
            shutil.copytree(path, copy / path.name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(path, copy)
    return copy
