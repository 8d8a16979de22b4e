"""What is measured, in this order, and how each is started."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.serving import stock
from conch.settings import ROOT


@dataclass(frozen=True)
class System:
    """One system as its users start it.

    ready_path or ready_line tells that it serves; parse_command starts it with POST /model/parse where its
    ordinary start has none, and is None where a parse is not measured.
    """

    title: str
    command: Callable[[int], list[str]]  # from the port that it must serve on
    folder: Path = ROOT
    environment: dict[str, str] = field(default_factory=dict)
    ready_path: str = ""
    ready_line: str = "conch: ready"
    parse_command: Callable[[int], list[str]] | None = None


def conch(*arguments: str) -> Callable[[int], list[str]]:
    """One of the project's own commands; its port comes from the environment."""
    return lambda port: [sys.executable, "-m", *arguments]


def rasa_run(port: int) -> list[str]:
    """Rasa's own command."""
    where = ["--interface", "127.0.0.1", "--port", str(port)]
    return [sys.executable, "-m", "rasa", "run", "--enable-api", "--model", str(stock.MODEL), *where]


def cluster(assistants: int) -> dict[str, str]:
    """Settings of so many assistants behind nginx; nginx from where Debian puts it."""
    return {"ASSISTANTS": str(assistants), "PYTHONPATH": str(ROOT), "PATH": f"{os.environ['PATH']}:/usr/sbin"}


PEER, CONCH, ONE, TWO = "stock", "conch", "one", "two"
SYSTEMS = {
    PEER: System(
        "stock Rasa 3.6.21", rasa_run, stock.FOLDER, ready_path="/webhooks/rest/", ready_line="", parse_command=rasa_run
    ),
    CONCH: System(
        "**Conch**, as `make serve` runs it", conch("scripts.run", "--production"), parse_command=conch("scripts.run")
    ),
    ONE: System("**Conch**, PostgreSQL, Redis, nginx, one assistant", conch("scripts.cluster"), environment=cluster(1)),
    TWO: System("the same, two assistants", conch("scripts.cluster"), environment=cluster(2)),
}
