"""Builds the environment in .venv from a lock file: `python3 -m scripts.bootstrap run|test`.

Needs nothing but a Python with pip on PATH. Does nothing when the environment already
matches the lock, so every command may call it first.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
TOOLS = ROOT / ".venv-tools"
STAMP = VENV / "lock.sha256"
LOCKS = {"run": "requirements.lock", "test": "requirements-test.lock"}
WANTED = (3, 10)
# Modules that a hand-built Python often lacks.
PROBE = f"import sys, ssl, sqlite3, ctypes, bz2, lzma; sys.exit(sys.version_info[:2] != {WANTED})"
REMEDY = (
    "Conch needs Python 3.10 (Rasa 3.6.21 allows no newer): install it "
    "(for instance `uv python install 3.10` or `pyenv install 3.10`), "
    "or name it: PYTHON310=/path/to/python3.10 make run"
)


def say(text: str) -> None:
    """Prints a progress line at once."""
    print(f"conch: {text}", flush=True)


def fail(text: str) -> None:
    """Ends the set-up with one line that says what to do."""
    sys.exit(f"conch: {text}")


def is_wanted(python: str) -> bool:
    """Runs a candidate: a pyenv shim exists without answering, so looking is not enough."""
    try:
        return subprocess.run([python, "-c", PROBE], capture_output=True, timeout=30).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def find_python() -> str | None:
    """Finds a Python 3.10 in $PYTHON310, on PATH, under pyenv or in the usual places."""
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    on_path = [shutil.which(name) for name in ("python3.10", "python3", "python")]
    candidates = [
        os.environ.get("PYTHON310"),
        *on_path,
        *sorted(map(str, pyenv.glob("versions/3.10.*/bin/python")), reverse=True),
        "/usr/bin/python3.10",
        "/usr/local/bin/python3.10",
        "/opt/homebrew/bin/python3.10",
    ]
    return next((found for found in candidates if found and is_wanted(found)), None)


def run(command: list[str], what: str) -> None:
    """Runs one set-up step, showing its output, and stops with its name if it fails."""
    # Byte-compiled packages start three times faster: do not let the shell forbid it.
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    if subprocess.run(command, cwd=ROOT, env=environment).returncode != 0:
        fail(f"{what} failed: {' '.join(command)}")


def uv() -> str:
    """Installs the pinned uv into its own small environment once, and returns its path."""
    lock = ROOT / "requirements-tools.lock"
    stamp = TOOLS / "lock.sha256"
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    program = TOOLS / "bin" / "uv"
    if not (program.exists() and stamp.exists() and stamp.read_text() == wanted):
        say("installing the package installer")
        run(
            [sys.executable, "-m", "venv", "--clear", str(TOOLS)],
            "making .venv-tools (Debian: apt-get install python3-venv)",
        )
        pip = [str(TOOLS / "bin" / "python"), "-m", "pip", "install", "--quiet"]
        run([*pip, "--require-hashes", "-r", str(lock)], "installing uv")
        stamp.write_text(wanted)
    return str(program)


def python_for_venv(installer: str) -> str:
    """Finds Python 3.10, or lets uv bring one."""
    found = find_python()
    if found:
        return found
    say("no Python 3.10 found; asking uv for one")
    subprocess.run([installer, "python", "install", "3.10"], cwd=ROOT)
    managed = subprocess.run(
        [installer, "python", "find", "--managed-python", "3.10"], capture_output=True, text=True
    ).stdout.strip()
    if not (managed and is_wanted(managed)):
        fail(REMEDY)
    return managed


def wanted_stamp(kind: str) -> str:
    """Names the content of a lock file."""
    return f"{kind} {hashlib.sha256((ROOT / LOCKS[kind]).read_bytes()).hexdigest()}"


def is_current(kind: str) -> bool:
    """Says whether .venv holds the lock's packages; the test environment serves to run as well."""
    if not STAMP.exists() or not is_wanted(str(VENV / "bin" / "python")):
        return False
    return STAMP.read_text() in {wanted_stamp(kind), wanted_stamp("test")}


def bootstrap(kind: str) -> None:
    """Makes .venv hold exactly what the lock of this kind lists."""
    if is_current(kind):
        return
    installer = uv()
    python = python_for_venv(installer)
    say(f"installing Rasa and what it needs with {python} (about 2 GB; a few minutes the first time)")
    STAMP.unlink(missing_ok=True)
    run([installer, "venv", "--clear", "--quiet", "--python", python, str(VENV)], "making .venv")
    sync = [installer, "pip", "sync", "--require-hashes", "--compile-bytecode"]
    run([*sync, "--python", str(VENV / "bin" / "python"), LOCKS[kind]], "installing packages")
    STAMP.write_text(wanted_stamp(kind))
    say("environment ready")


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in LOCKS:
        fail("usage: python3 -m scripts.bootstrap run|test")
    bootstrap(sys.argv[1])
