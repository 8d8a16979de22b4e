"""Renews the lock files from pyproject.toml: `python3 -m scripts.lock` (hashes, no registry host)."""

import subprocess

from scripts.bootstrap import ROOT, find_python, uv

TARGETS = {"requirements.lock": [], "requirements-test.lock": ["--extra", "test"]}


def lock() -> None:
    """Resolves each list for Python 3.10, keeping versions that still fit."""
    compile_lock = [uv(), "pip", "compile", "--generate-hashes", "--no-emit-index-url", "--no-header", "--quiet"]
    python = ["--python", find_python() or "3.10"]
    for target, extra in TARGETS.items():
        subprocess.run([*compile_lock, *python, *extra, "pyproject.toml", "-o", target], cwd=ROOT, check=True)


if __name__ == "__main__":
    lock()
