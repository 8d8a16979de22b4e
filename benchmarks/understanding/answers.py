"""What a system made of the held-out texts, and what that cost: the file that every system leaves."""

from __future__ import annotations

import json
import resource
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from addons.nlu.examples import SIGN_INTENT
from scripts.scoring import Understood

OUT_OF_SCOPE = "out_of_scope"


def sign_of(intent: str) -> set[str]:
    """The sign that an intent names, if it names one."""
    return {intent.removeprefix(SIGN_INTENT)} if intent.startswith(SIGN_INTENT) else set()


@dataclass(frozen=True)
class Answer:
    """One text understood; `unsure` is the best intent where the system said that it understood nothing."""

    intent: str
    indicators: list[str]
    perspective: str | None = None
    unsure: str | None = None
    ms: float = 0.0
    cpu_ms: float = 0.0

    def understood(self, with_fallback: bool = True) -> Understood:
        """The part that is scored; without the fallback, the best intent and its sign count after all."""
        if with_fallback or self.unsure is None:
            return Understood(self.intent, self.indicators, self.perspective)
        return Understood(self.unsure, sorted({*self.indicators, *sign_of(self.unsure)}), self.perspective)


@dataclass(frozen=True)
class Training:
    """What training took: seconds on the clock and of the processor, megabytes at the most."""

    seconds: float
    cpu_seconds: float
    peak_mb: float


@dataclass(frozen=True)
class Reading:
    """Every answer, and the megabytes of the process when it had given them."""

    answers: list[Answer]
    rss_mb: float


def rss_mb() -> float:
    """Memory that this process holds now, in megabytes."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


def timed_training(train: Callable[[], None]) -> Training:
    """Trains and tells what it took."""
    clock, cpu = time.perf_counter(), time.process_time()
    train()
    used = time.perf_counter() - clock, time.process_time() - cpu
    return Training(*used, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6)


def timed_reading(read: Callable[[str], Answer], texts: list[str]) -> Reading:
    """Reads the texts one by one; the first ones twice, so that nothing is measured cold."""
    for text in texts[:20]:
        read(text)
    answers = []
    for text in texts:
        clock, cpu = time.perf_counter(), time.process_time()
        found = read(text)
        cost = (time.perf_counter() - clock) * 1000, (time.process_time() - cpu) * 1000
        answers.append(Answer(found.intent, found.indicators, found.perspective, found.unsure, *cost))
    return Reading(answers, rss_mb())


def write(path: Path, result: Training | Reading) -> None:
    """Leaves a result for the process that compares."""
    path.write_text(json.dumps(asdict(result)), "utf-8")


def read_training(path: Path) -> Training:
    """Reads what `write` left of a training."""
    return Training(**json.loads(path.read_text("utf-8")))


def read_reading(path: Path) -> Reading:
    """Reads what `write` left of a reading."""
    content = json.loads(path.read_text("utf-8"))
    return Reading([Answer(**answer) for answer in content["answers"]], content["rss_mb"])
