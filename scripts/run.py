"""Starts the assistant: `python -m scripts.run [--production]`.

Trains if training inputs changed, starts the action server and the Rasa server, waits until
both answer, and prints where to talk. An action server that dies is started again while Rasa
goes on serving; if Rasa ends, everything ends. Ctrl-C stops all of it.
"""

import argparse
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from types import FrameType

from conch.messenger_settings import MessengerSettings
from conch.settings import ROOT, Settings, SettingsError
from scripts import train

LONGEST_START = 180.0  # seconds; a cold disk reads 2 GB of packages
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 10.0  # seconds between restarts of the action server
LIVED_LONG = 30.0  # seconds after which a restart counts as the first one again


def say(text: str) -> None:
    """Prints a progress line at once."""
    print(f"conch: {text}", flush=True)


def environment(settings: Settings) -> dict[str, str]:
    """What both servers inherit: quiet, no telemetry, loopback."""
    return os.environ | {
        "PYTHONPATH": str(ROOT),
        "PORT": str(settings.port),
        "ACTIONS_PORT": str(settings.actions_port),
        "SANIC_HOST": "127.0.0.1",
        "RASA_TELEMETRY_ENABLED": "false",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "PYTHONWARNINGS": "ignore",
        "LOG_LEVEL": settings.log_level,
    }


class Process:
    """A server in a process group of its own, so that Ctrl-C reaches it once, from here."""

    def __init__(self, arguments: list[str], settings: Settings) -> None:
        self.arguments = [sys.executable, *arguments]
        self.environment = environment(settings)
        self.start()

    def start(self) -> None:
        """Starts the server."""
        self.started = time.monotonic()
        self.process = subprocess.Popen(self.arguments, cwd=ROOT, env=self.environment, start_new_session=True)

    def is_alive(self) -> bool:
        """Whether the server still runs."""
        return self.process.poll() is None

    def stop(self) -> None:
        """Ends the server and whatever it started: politely, then firmly."""
        for kind, patience in ((signal.SIGTERM, 5.0), (signal.SIGKILL, 5.0)):
            try:
                os.killpg(self.process.pid, kind)
                self.process.wait(patience)
                return
            except ProcessLookupError:
                return
            except subprocess.TimeoutExpired:
                continue


def is_taken(port: int) -> bool:
    """Whether somebody listens on a port already."""
    with socket.socket() as probe:
        probe.settimeout(2)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def answers(url: str) -> bool:
    """Whether a server answers with success."""
    try:
        with urllib.request.urlopen(url, timeout=2) as reply:
            return reply.status == 200
    except (urllib.error.URLError, OSError):
        return False


def wait_for(name: str, is_ready: Callable[[], bool], process: Process) -> None:
    """Waits until a server answers, showing that time passes."""
    start = shown = time.monotonic()
    while not is_ready():
        if not process.is_alive():
            raise SystemExit(f"conch: the {name} ended while starting; the lines above say why")
        if time.monotonic() - start > LONGEST_START:
            raise SystemExit(f"conch: the {name} did not answer within {LONGEST_START:.0f} seconds")
        if time.monotonic() - shown > 5:
            shown = time.monotonic()
            say(f"waiting for the {name} ({shown - start:.0f} s)")
        time.sleep(0.2)


def watch(rasa: Process, actions: Process) -> int:
    """Keeps the action server alive until Rasa ends; returns Rasa's exit code."""
    pause = FIRST_PAUSE
    while rasa.is_alive():
        if not actions.is_alive():
            lived = time.monotonic() - actions.started
            pause = FIRST_PAUSE if lived > LIVED_LONG else min(pause * 2, LONGEST_PAUSE)
            say(f"the action server ended after {lived:.0f} s; starting it again")
            time.sleep(pause)
            actions.start()
        time.sleep(0.2)
    return rasa.process.returncode


def interrupt(number: int, frame: FrameType | None) -> None:
    """Ends politely, as Ctrl-C does."""
    raise KeyboardInterrupt


def main() -> int:
    """Runs both servers until they are stopped."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--production", action="store_true", help="no /model/parse; listens on HOST")
    production = parser.parse_args().production
    try:
        settings = Settings.from_environment(production)
        MessengerSettings.from_environment()  # half of its secrets is better found now than after a training
    except SettingsError as error:
        sys.exit(f"conch: {error}")
    for name, port in (("PORT", settings.port), ("ACTIONS_PORT", settings.actions_port)):
        if is_taken(port):
            sys.exit(f"conch: {name}={port} is in use: stop what listens there, or set {name} to another port")
    for number in (
        signal.SIGINT,
        signal.SIGTERM,
    ):  # a shell ignores the first in the background
        signal.signal(number, interrupt)
    base = f"http://127.0.0.1:{settings.port}"
    servers: list[Process] = []
    try:
        if not train.is_current():
            train.train()
        say("starting the action server and the Rasa server")
        actions = Process(["-m", "rasa_sdk", "--actions", "actions", "--port", str(settings.actions_port)], settings)
        servers.append(actions)
        rasa = Process(["-m", "addons.server", *(["--production"] if production else [])], settings)
        servers.append(rasa)
        wait_for("action server", lambda: answers(f"http://127.0.0.1:{settings.actions_port}/health"), actions)
        wait_for("Rasa server", lambda: answers(f"{base}/webhooks/rest/ready"), rasa)
        say("ready. Talk to it:")
        say(f"  in a browser      {base}/webhooks/chat/")
        say("  in a terminal     make talk")
        say(f"  over REST         POST {base}/webhooks/rest/webhook  " + '{"sender": "you", "message": "hello"}')
        say("Ctrl-C stops everything")
        return watch(rasa, actions)
    except KeyboardInterrupt:
        say("stopping")
        return 0
    finally:
        # A second Ctrl-C must not leave a server behind.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        for server in reversed(servers):
            server.stop()


if __name__ == "__main__":
    sys.exit(main())
