"""Starts several assistants on this machine: `python -m scripts.cluster` (`make cluster`; ASSISTANTS, PORT).

A real PostgreSQL and a real Redis in temporary folders, so many assistants, each with an action
server of its own, and nginx before them on PORT. Starts again what ends, keeps traffic off an
assistant that is not ready, and stops everything on Ctrl-C. For trying and measuring: what the
database holds is gone afterwards. docs/scale.md has the way to serve.
"""

import contextlib
import dataclasses
import os
import re
import secrets
import shutil
import signal
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from conch.directory import Directory
from conch.settings import Settings, SettingsError
from scripts import balancer, train
from scripts.local_stores import LocalServer, Postgres, Redis, free_port
from scripts.run import FIRST_PAUSE, LIVED_LONG, LONGEST_PAUSE, Process, answers, environment, interrupt, is_taken, say

MOST_ASSISTANTS = 16
SECONDS_BETWEEN_LOOKS = 1.0
MOST_SILENT_LOOKS = 3  # in a row; a busy machine may miss one
SECONDS_BETWEEN_WORDS = 10.0  # while they start
LONGEST_START = 600.0  # seconds until all must be ready


class Nginx(Process):
    """The balancer, with its files in a folder of its own."""

    def __init__(self, folder: Path, settings: Settings) -> None:
        program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/opt/homebrew/bin")
        if program is None:
            raise SystemExit("conch: nginx is not installed: `apt-get install nginx-light`, or as your system has it")
        self.folder, self.exit_url = folder, settings.chat.exit_url
        self.directory = Directory()
        self.shown = self.directory.referrals
        listen = f"{settings.host}:{settings.port}"
        text = balancer.configuration(folder, listen, log=str(folder / "access.log"))
        balancer.replace(folder / "nginx.conf", text)
        balancer.write_answers(folder, self.shown, self.exit_url)
        self.arguments = [program, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-g", "daemon off;"]
        self.environment = environment(settings)

    def renew_answers(self) -> None:
        """Takes over an edit of the directory; nginx reads the files for every answer."""
        if self.directory.refreshed().referrals is not self.shown:
            self.shown = self.directory.referrals
            balancer.write_answers(self.folder, self.shown, self.exit_url)

    def send_to(self, assistants: "list[Assistant]") -> None:
        """Tells nginx who is ready; requests under way are not disturbed."""
        servers = {assistant.address: assistant.is_ready for assistant in assistants}
        path, text = self.folder / "assistants.conf", balancer.assistants(servers)
        if not path.exists() or path.read_text("utf-8") != text:
            balancer.replace(path, text)
            if hasattr(self, "process") and self.is_alive():
                self.process.send_signal(signal.SIGHUP)


class Assistant:
    """A Rasa server and its action server."""

    def __init__(self, settings: Settings, number: int) -> None:
        self.name = f"assistant {number}"
        self.settings = dataclasses.replace(settings, port=free_port(), actions_port=free_port())
        self.address, self.is_ready, self.silent = f"127.0.0.1:{self.settings.port}", False, MOST_SILENT_LOOKS

    def start(self, stack: contextlib.ExitStack) -> list["Kept"]:
        """Starts both, to be stopped with the stack."""
        own = self.settings
        self.actions = Process(["-m", "rasa_sdk", "--actions", "actions", "--port", str(own.actions_port)], own)
        stack.callback(self.actions.stop)
        self.rasa = Process(["-m", "addons.server"], own)
        stack.callback(self.rasa.stop)
        return [Kept(f"action server of {self.name}", self.actions), Kept(self.name, self.rasa)]

    def look(self) -> None:
        """Notes whether the assistant is ready; silence counts when it lasts, an end at once."""
        if answers(f"http://{self.address}/webhooks/rest/ready"):
            self.is_ready, self.silent = True, 0
            return
        self.silent += 1
        if self.silent >= MOST_SILENT_LOOKS or not self.rasa.is_alive():
            self.is_ready = False


class Kept:
    """A process that is started again when it ends, later each time that it ends soon."""

    def __init__(self, name: str, server: Process | LocalServer) -> None:
        self.name, self.server = name, server
        self.started, self.pause, self.again_at = time.monotonic(), FIRST_PAUSE, 0.0

    def keep(self) -> None:
        """Looks whether it runs; starts it once its pause is over."""
        now = time.monotonic()
        if self.server.process.poll() is None:
            return
        if not self.again_at:
            lived = now - self.started
            self.pause = FIRST_PAUSE if lived > LIVED_LONG else min(self.pause * 2, LONGEST_PAUSE)
            self.again_at = now + self.pause
            say(f"the {self.name} ended after {lived:.0f} s; starting it again")
        elif now >= self.again_at:
            self.again_at, self.started = 0.0, now
            try:
                self.server.start()
            except SystemExit as error:
                say(str(error))


def number_of_assistants() -> int:
    """Reads ASSISTANTS."""
    value = os.environ.get("ASSISTANTS") or "2"
    if not re.fullmatch("[0-9]{1,2}", value) or not 1 <= int(value) <= MOST_ASSISTANTS:
        raise SettingsError(f"ASSISTANTS={value!r}: must be how many to start, 1 to {MOST_ASSISTANTS}")
    return int(value)


def watch(assistants: list[Assistant], nginx: Nginx, kept: list[Kept], address: str) -> int:
    """Keeps everything running until Ctrl-C; returns an exit code if an assistant cannot start."""
    start = shown = time.monotonic()
    looked, is_announced = 0.0, False
    with ThreadPoolExecutor(len(assistants)) as threads:
        while True:
            for one in kept if is_announced else ():
                one.keep()
            now = time.monotonic()
            if now - looked >= SECONDS_BETWEEN_LOOKS:
                looked = now
                list(threads.map(Assistant.look, assistants))
                nginx.send_to(assistants)
                nginx.renew_answers()
            if not is_announced:
                if all(assistant.is_ready for assistant in assistants):
                    is_announced = True
                    say(f"ready: {len(assistants)} assistants. Talk to them:")
                    say(f"  in a browser      {address}/webhooks/chat/")
                    say(f"  over REST         POST {address}/webhooks/rest/webhook")
                    say("Ctrl-C stops everything")
                elif not all(assistant.rasa.is_alive() for assistant in assistants):
                    say("an assistant ended while starting; the lines above say why")
                    return 1
                elif now - start > LONGEST_START:
                    late = ", ".join(assistant.name for assistant in assistants if not assistant.is_ready)
                    say(f"{late}: not ready after {LONGEST_START:.0f} s: start fewer, or stop what else runs here")
                    return 1
                elif now - shown > SECONDS_BETWEEN_WORDS:
                    shown = now
                    say(f"waiting for the assistants ({now - start:.0f} s)")
            time.sleep(0.2)


def serve(settings: Settings, number: int, stack: contextlib.ExitStack) -> int:
    """Starts everything, nginx first: it has the numbers from the first second on."""
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="conch-cluster-")))
    folder.chmod(0o755)  # nginx's workers are another user when it is started as root
    nginx, assistants = Nginx(folder, settings), [Assistant(settings, one) for one in range(1, number + 1)]
    nginx.send_to(assistants)
    nginx.start()
    stack.callback(nginx.stop)
    say("starting nginx, PostgreSQL and Redis")
    database, redis = stack.enter_context(Postgres()), stack.enter_context(Redis())
    kept = [Kept("nginx", nginx), Kept("PostgreSQL", database), Kept("Redis", redis)]
    os.environ |= {"DATABASE_URL": database.url, "REDIS_URL": redis.url, "STORE_KEY": secrets.token_hex(32)}
    os.environ["CHAT_PROXIES"] = "1"
    say(f"starting {number} assistants")
    for assistant in assistants:
        kept += assistant.start(stack)
    return watch(assistants, nginx, kept, f"http://{settings.host}:{settings.port}")


def main() -> int:
    """Runs the cluster until it is stopped."""
    try:
        number, settings = number_of_assistants(), Settings.from_environment()
    except SettingsError as error:
        sys.exit(f"conch: {error}")
    settings = dataclasses.replace(settings, host="127.0.0.1")
    if is_taken(settings.port):
        sys.exit(f"conch: PORT={settings.port} is in use: stop what listens there, or set PORT to another port")
    for wanted in (signal.SIGINT, signal.SIGTERM):  # a shell ignores the first in the background
        signal.signal(wanted, interrupt)
    with contextlib.ExitStack() as stack:
        try:
            if not os.environ.get("MODEL") and not train.is_current():
                train.train()
            return serve(settings, number, stack)
        except KeyboardInterrupt:
            say("stopping")
            return 0
        finally:
            # A second Ctrl-C must not leave a server behind.
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            signal.signal(signal.SIGTERM, signal.SIG_IGN)


if __name__ == "__main__":
    sys.exit(main())
