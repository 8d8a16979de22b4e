"""Runs every system one after another, tells how far it is, and keeps the reason when one fails."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from rasa.shared.nlu.constants import INTENT, TEXT

from benchmarks.understanding.answers import Reading, Training, read_reading, read_training
from benchmarks.understanding.systems import BY_SIGN, PLAIN, SYSTEMS, command
from benchmarks.understanding.training_files import named_by_sign, part, read_data, write_file

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS")
HEARTBEAT = 15.0  # seconds between two lines of progress
ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"), "1"
)
QUIET = {"RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONWARNINGS": "ignore"}


@dataclass(frozen=True)
class Outcome:
    """What came of a system: both results, or the reason why not."""

    training: Training | None = None
    reading: Reading | None = None
    failure: str = ""


class OtherMessages(ValueError):
    """A folder holds systems that learned from other messages."""


class StepFailed(RuntimeError):
    """A system's process ended badly; the message is the last line of its log."""


def prepare(folder: Path, count: int, texts: list[str]) -> None:
    """Writes what every system learns from and reads."""
    data = read_data()
    messages = part(data.intent_examples, count)
    path = folder / PLAIN
    before = path.read_bytes() if path.exists() else None
    write_file(path, data, messages)
    if before not in (None, path.read_bytes()):
        path.write_bytes(before)
        raise OtherMessages(f"{folder}: its systems learned from other messages: give another --folder or delete it")
    write_file(folder / BY_SIGN, data, [named_by_sign(message) for message in messages])
    examples = [{"text": message.get(TEXT), "intent": message.get(INTENT)} for message in messages]
    (folder / "examples.json").write_text(json.dumps(examples), "utf-8")
    (folder / "texts.json").write_text(json.dumps(texts), "utf-8")


def last_line(log: Path) -> str:
    """The last thing that a process said."""
    lines = log.read_text("utf-8", errors="replace").replace("\r", "\n").split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "it said nothing")


def run_to_end(
    command: list[str],
    log: Path,
    environment: dict[str, str],
    label: str,
    say: Callable[[str], None],
    folder: Path | None = None,
) -> None:
    """Runs a program to its end, saying the last line of its log now and then; raises StepFailed."""
    start = time.monotonic()
    with log.open("w") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, env=environment, cwd=folder)
        try:
            while True:
                try:
                    process.wait(HEARTBEAT)
                    break
                except subprocess.TimeoutExpired:
                    say(f"{label}: {time.monotonic() - start:.0f} s: {last_line(log)[:100]}")
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
    if process.returncode != 0:
        raise StepFailed(f"{label.split(': ')[-1]} ended with {process.returncode}: {last_line(log)[:200]}")
    say(f"{label}: done in {time.monotonic() - start:.0f} s")


def run_step(name: str, step: str, folder: Path, say: Callable[[str], None]) -> None:
    """Runs one step of a system to its end."""
    environment = os.environ | QUIET | {"RASA_CACHE_DIRECTORY": str(folder / "cache")}
    if step == "read":
        environment |= dict.fromkeys(THREADS, "1")
    elif name == "e5":
        environment |= {"OMP_NUM_THREADS": "1"}  # with two, its threads wait for each other
    run_to_end(command(name, step, folder), folder / f"{step}.log", environment, f"{name}: {step}", say)


def run_system(name: str, folder: Path, say: Callable[[str], None]) -> Outcome:
    """Trains, unless the folder holds it trained, and reads; a failure is an outcome as well."""
    system, training = SYSTEMS[name], None
    folder.mkdir(parents=True, exist_ok=True)
    try:
        system.prepare()
        if system.trained:
            if not (folder / "train.json").exists():
                run_step(name, "train", folder, say)
            training = read_training(folder / "train.json")
        run_step(name, "read", folder, say)
        return Outcome(training, read_reading(folder / "read.json"))
    except (OSError, RuntimeError, ValueError) as error:
        say(f"{name}: failed: {error}")
        return Outcome(training, failure=str(error))
