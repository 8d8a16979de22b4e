"""Starts real servers on free ports, talks to them over HTTP, and always ends them."""

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.e2e.referrals import Replies, assert_ends_with_referrals

ROOT = Path(__file__).resolve().parents[2]
LONGEST_START = 90.0
LONGEST_ANSWER = 30.0


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def model_file() -> Path:
    """The model under test: MODEL, else what `make train` left."""
    model = Path(os.environ.get("MODEL", ROOT / "models"))
    if model.is_dir():
        model = max(model.glob("*.tar.gz"), key=lambda path: path.stat().st_mtime, default=model / "conch.tar.gz")
    assert model.exists(), f"no model at {model}: run `make train`"
    return model


@dataclass
class Answer:
    """An HTTP answer and how long it took."""

    status: int
    body: bytes
    seconds: float

    def json(self) -> Any:
        """The body, read."""
        return json.loads(self.body)


class Server:
    """A process in a group of its own, its output in a file."""

    def __init__(self, arguments: list[str], log: Path, port: int, cwd: Path = ROOT, **environment: Any) -> None:
        self.arguments, self.log, self.port, self.cwd = arguments, log, port, cwd
        self.environment = os.environ | {
            "PYTHONPATH": str(cwd),
            "SANIC_HOST": "127.0.0.1",
            "RASA_TELEMETRY_ENABLED": "false",
            "TF_CPP_MIN_LOG_LEVEL": "3",
            "PYTHONWARNINGS": "ignore",
        }
        self.environment |= {name: str(value) for name, value in environment.items()}
        self.start()

    def start(self) -> None:
        """Starts the process; its output is added to the log."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", *self.arguments],
                cwd=self.cwd,
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def stop(self) -> None:
        """Ends the process group at once; it has nothing to save."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)

    def output(self) -> str:
        """What the process printed so far."""
        return self.log.read_text("utf-8", "replace")

    def request(self, path: str, body: bytes | None = None, method: str | None = None) -> Answer:
        """Sends one request as it is."""
        start = time.monotonic()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=LONGEST_ANSWER)
        try:
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # refused before all was sent
                connection.request(method or ("GET" if body is None else "POST"), path, body)
            reply = connection.getresponse()
            return Answer(reply.status, reply.read(), time.monotonic() - start)
        finally:
            connection.close()

    def wait_until(self, path: str, statuses: tuple[int, ...] = (200,)) -> "Server":
        """Waits until a path answers with one of these statuses."""
        end = time.monotonic() + LONGEST_START
        while time.monotonic() < end:
            assert self.process.poll() is None, f"ended while starting:\n{self.output()[-3000:]}"
            try:
                if self.request(path).status in statuses:
                    return self
            except OSError:
                pass
            time.sleep(0.1)
        raise AssertionError(f"no answer from {path} in {LONGEST_START} s:\n{self.output()[-3000:]}")


class Rasa(Server):
    """The Rasa server; whatever is said to it, the reply must end with the referrals."""

    def post(self, body: bytes) -> Answer:
        """Sends a raw body to the REST channel."""
        return self.request("/webhooks/rest/webhook", body)

    def turn(self, message: Any, sender: Any = None) -> Answer:
        """Sends one message, from a new sender unless one is named."""
        body = {"sender": sender or uuid.uuid4().hex, "message": message}
        return self.post(json.dumps(body).encode())

    def say(self, message: Any, sender: Any = None) -> Replies:
        """Sends one message, checks the guarantee and returns the replies."""
        answer = self.turn(message, sender)
        assert answer.status == 200, answer.body[:500]
        return assert_ends_with_referrals(answer.json())

    def parse(self, text: Any) -> dict[str, Any]:
        """What the assistant understands of a text."""
        answer = self.request("/model/parse", json.dumps({"text": text}).encode())
        assert answer.status == 200, answer.body[:500]
        return answer.json()


def start_rasa(
    log: Path,
    *arguments: str,
    module: str = "addons.server",
    cwd: Path = ROOT,
    ready: bool = True,
    **environment: Any,
) -> Rasa:
    """Starts the Rasa server and waits until it is ready, or until it says that it is not."""
    port = free_port()
    settings = {"PORT": port, "ACTIONS_PORT": 9, "MODEL": model_file(), "LOG_LEVEL": "WARNING"} | environment
    server = Rasa([module, *arguments], log, port, cwd, **settings)
    try:
        server.wait_until("/webhooks/rest/ready", (200,) if ready else (503,))
    except BaseException:
        server.stop()
        raise
    return server


def start_actions(log: Path, port: int | None = None, cwd: Path = ROOT, **environment: Any) -> Server:
    """Starts the real action server and waits until it answers."""
    port = port or free_port()
    server = Server(["rasa_sdk", "--actions", "actions", "--port", str(port)], log, port, cwd, **environment)
    try:
        server.wait_until("/health")
    except BaseException:
        server.stop()
        raise
    return server
