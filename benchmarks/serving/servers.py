"""Starts a system as its users do, waits for its first reply, and always ends all of it."""

from __future__ import annotations

import contextlib
import os
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

import psutil

from benchmarks.serving.processes import tree
from benchmarks.serving.systems import System
from benchmarks.understanding.running import HEARTBEAT, QUIET, last_line
from scripts.local_stores import free_port

LONGEST_START = 300.0  # seconds; stock Rasa traces its networks at start
PATIENCE = 60.0  # seconds that a system has to end in order
SECONDS_BETWEEN_LOOKS = 0.1


class NotServing(RuntimeError):
    """A system that does not start; the message has the last line of its log."""


def environment() -> dict[str, str]:
    """What every system inherits: compiled modules are used and kept, no settings of another deployment."""
    dropped = {"PYTHONDONTWRITEBYTECODE", "DATABASE_URL", "REDIS_URL", "STORE_KEY", "ENDPOINTS", "CREDENTIALS", "MODEL"}
    kept = {name: value for name, value in os.environ.items() if name not in dropped}
    return kept | QUIET | {"SANIC_HOST": "127.0.0.1", "HOST": "127.0.0.1"}


def answers(url: str) -> bool:
    """Whether an address answers with success."""
    try:
        with urllib.request.urlopen(url, timeout=2) as reply:
            return reply.status == 200
    except (urllib.error.URLError, OSError):
        return False


class Running:
    """One running system; leaving the context ends it with everything that it started."""

    def __init__(self, system: System, folder: Path, say: Callable[[str], None]) -> None:
        self.system, self.say = system, say
        self.port, self.log = free_port(), folder / "server.log"
        self.base = f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Running:
        own = {"PORT": str(self.port), "ACTIONS_PORT": str(free_port())} | self.system.environment
        self.started = time.monotonic()
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                self.system.command(self.port),
                cwd=self.system.folder,
                env=environment() | own,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        return self

    def is_ready(self) -> bool:
        """Whether it says that it is ready: in its log, or by its health check."""
        if self.system.ready_line:
            return self.system.ready_line in self.log.read_text("utf-8", "replace")
        return answers(self.base + self.system.ready_path)

    def wait(self) -> None:
        """Waits until it is ready, telling now and then how long it takes."""
        told = self.started
        while not self.is_ready():
            now = time.monotonic()
            if self.process.poll() is not None:
                raise NotServing(f"ended with {self.process.returncode} while starting: {last_line(self.log)[:200]}")
            if now - self.started > LONGEST_START:
                raise NotServing(f"not ready within {LONGEST_START:.0f} s: {last_line(self.log)[:200]}")
            if now - told > HEARTBEAT:
                told = now
                self.say(f"waiting for its start ({now - self.started:.0f} s)")
            time.sleep(SECONDS_BETWEEN_LOOKS)

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        started = tree(self.process.pid)
        self.process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(PATIENCE)
        for process in started:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()  # psutil does not kill another process that has got the same number
        self.process.wait()
