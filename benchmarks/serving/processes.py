"""Memory and processor time of a server with all that it started, and of everybody else on the machine."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import psutil


def tree(pid: int) -> list[psutil.Process]:
    """A process and all that it started, as long as they live."""
    try:
        first = psutil.Process(pid)
        return [first, *first.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def total(processes: Iterable[psutil.Process], of: Callable[[psutil.Process], float]) -> float:
    """The sum over those that still live; what ends meanwhile holds nothing."""
    added = 0.0
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            added += of(process)
    return added


def pss_mb(pid: int) -> float:
    """Memory of the whole tree in megabytes, pages that several share counted once (PSS)."""
    return total(tree(pid), lambda process: process.memory_full_info().pss) / 1e6


def cpu_seconds(pid: int) -> float:
    """Processor time that the living processes of the tree have used."""
    return total(tree(pid), lambda process: sum(process.cpu_times()[:2]))


def busy_seconds() -> float:
    """Processor time that the whole machine has used, and what its host took away."""
    times = psutil.cpu_times()
    return times.user + times.system + times.nice + times.irq + times.softirq + times.steal


@dataclass(frozen=True)
class Moment:
    """The clocks of the machine, of one tree and of this process at one moment, in seconds."""

    clock: float
    busy: float
    tree: float
    own: float

    @classmethod
    def now(cls, pid: int) -> Moment:
        """Reads all of them."""
        return cls(time.monotonic(), busy_seconds(), cpu_seconds(pid), time.process_time())

    def others_since(self, before: Moment, cores: int | None = None) -> float:
        """The share of the machine, 0 to 1, that neither the tree nor this process used."""
        span = (self.clock - before.clock) * (cores or os.cpu_count() or 1)
        used = (self.busy - before.busy) - (self.tree - before.tree) - (self.own - before.own)
        return min(max(used / span, 0.0), 1.0)
