"""`python -m scripts.run`: starts both servers, keeps them alive and leaves nothing behind."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.e2e.referrals import words_of
from tests.e2e.servers import Rasa, free_port, model_file

MARK = "from scripts import train; train.STAMP.write_text(train.fingerprint())"
PATIENCE = 30.0


def wait_until(holds: Callable[[], object], what: str) -> None:
    """Waits for something to become true."""
    end = time.monotonic() + PATIENCE * 2
    while not holds():
        assert time.monotonic() < end, what
        time.sleep(0.1)


def children(parent: int) -> dict[str, int]:
    """The servers that a process started: module name to process id."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            status = (folder / "stat").read_text().rsplit(")", 1)[1].split()
            words = (folder / "cmdline").read_bytes().decode().split("\0")
        except OSError:
            continue
        if int(status[1]) == parent and status[0] != "Z" and "-m" in words:
            found[words[words.index("-m") + 1]] = int(folder.name)
    found.pop("scripts.run", None)  # about to become a server
    return found


def listens(port: int) -> bool:
    """Whether somebody listens on a port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def is_alive(process: int) -> bool:
    """Whether a process runs; one that is dead and only not yet buried does not."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


class Run(Rasa):
    """The start script in a copied tree with a model that is current there."""

    def __init__(self, tree: Path, port: int, actions_port: int) -> None:
        self.actions_port = actions_port
        self.seen: dict[str, int] = {}
        super().__init__(["scripts.run"], tree / "run.log", port, tree, PORT=port, ACTIONS_PORT=actions_port)

    def start(self) -> None:
        """Starts the script with the tree's own model and nothing of this test's environment."""
        for name in ("MODEL", "CREDENTIALS", "ENDPOINTS", "SANIC_HOST"):
            self.environment.pop(name, None)
        super().start()

    def servers(self) -> dict[str, int]:
        """The running servers; remembered, so that none is left behind."""
        now = children(self.process.pid)
        self.seen |= {f"{name} {process}": process for name, process in now.items()}
        return now

    def wait_for_both(self) -> None:
        """Waits until both servers were started."""
        wait_until(lambda: len(self.servers()) == 2, "two servers")

    def ends(self) -> int:
        """Waits for the end; nothing that was started may outlive it."""
        code = self.process.wait(PATIENCE)
        assert [name for name, process in self.seen.items() if is_alive(process)] == []
        assert not listens(self.actions_port)
        return code

    def stop(self) -> None:
        """Ends the script and everything it started."""
        self.servers()
        super().stop()
        for process in self.seen.values():
            if is_alive(process):
                os.killpg(process, signal.SIGKILL)


@pytest.fixture
def tree_with_model(tree: Path) -> Path:
    """The copied tree, with a model and the stamp that says that it is current."""
    (tree / "models").mkdir()
    shutil.copy(model_file(), tree / "models" / "conch.tar.gz")
    subprocess.run([sys.executable, "-c", MARK], cwd=tree, env=os.environ | {"PYTHONPATH": str(tree)}, check=True)
    return tree


@pytest.fixture
def run(tree_with_model: Path) -> Iterator[Run]:
    """The script, just started."""
    script = Run(tree_with_model, free_port(), free_port())
    yield script
    script.stop()


def test_it_serves_heals_and_ends(run: Run) -> None:
    wait_until(lambda: "ready. Talk to it" in run.output() or run.process.poll() is not None, "it is not ready")
    assert run.process.poll() is None, run.output()[-2000:]
    assert f"http://127.0.0.1:{run.port}/webhooks/rest/webhook" in run.output()
    assert "training" not in run.output(), "the copied stamp does not count"
    assert "people are used to such calls" in words_of(run.say("/ask_contacts"))
    for port in (run.port, run.actions_port):
        listening = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()]
        assert {at[1].split(":")[0] for at in listening if at[1].endswith(f":{port:04X}") and at[3] == "0A"} == {
            "0100007F"
        }

    first = run.servers()
    assert set(first) == {"rasa_sdk", "addons.server"}
    os.kill(first["rasa_sdk"], signal.SIGKILL)
    run.say("/ask_contacts")
    wait_until(lambda: run.servers().get("rasa_sdk", first["rasa_sdk"]) != first["rasa_sdk"], "not started again")
    wait_until(lambda: "people are used to such calls" in words_of(run.say("/ask_contacts")), "no action again")
    assert run.servers()["addons.server"] == first["addons.server"], "Rasa did not go on serving"
    assert "the action server ended" in run.output()

    start = time.monotonic()
    for _ in range(3):  # an impatient person
        os.kill(run.process.pid, signal.SIGINT)
        time.sleep(0.2)
    assert run.ends() == 0
    assert time.monotonic() - start < 12
    assert not listens(run.port)
    assert "Traceback" not in run.output()


@pytest.mark.parametrize("kind", [signal.SIGINT, signal.SIGTERM])
def test_an_end_while_starting_leaves_nothing(run: Run, kind: signal.Signals) -> None:
    run.wait_for_both()
    os.kill(run.process.pid, kind)
    assert run.ends() == 0
    assert "Traceback" not in run.output()


def test_everything_ends_when_rasa_ends(run: Run) -> None:
    run.wait_for_both()
    os.kill(run.servers()["addons.server"], signal.SIGKILL)
    assert run.ends() != 0
    assert "the Rasa server ended" in run.output()


@pytest.mark.parametrize("name", ["PORT", "ACTIONS_PORT"])
def test_a_port_in_use_is_named(tree_with_model: Path, name: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ports = (port, free_port()) if name == "PORT" else (free_port(), port)
        run = Run(tree_with_model, *ports)
        try:
            assert run.process.wait(PATIENCE) != 0
            assert f"{name}={port} is in use" in run.output()
        finally:
            run.stop()
