"""Memory and processor time are those of a whole tree of processes."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from benchmarks.serving.processes import Moment, cpu_seconds, pss_mb, tree

MEGABYTES = 60
HOLD = f"held = bytearray(b'x' * {MEGABYTES} * 10**6); print('ready', flush=True); input()"
WITH_A_CHILD = f"""
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", {HOLD!r}], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
child.stdout.readline()
print("ready", flush=True)
input()
child.kill()
child.wait()
"""


@contextmanager
def running(code: str) -> Iterator[int]:
    """A Python program that has said something, by its process number."""
    command = [sys.executable, "-c", code]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout.readline() == "ready\n"
        yield process.pid
    finally:
        process.communicate("\n", timeout=20)


def test_memory_counts_what_a_child_holds() -> None:
    with running("print('ready', flush=True); input()") as alone, running(WITH_A_CHILD) as parent:
        assert len(tree(alone)) == 1
        assert len(tree(parent)) == 2
        assert MEGABYTES <= pss_mb(parent) - pss_mb(alone) < 2 * MEGABYTES


def test_pages_that_processes_share_count_once() -> None:
    fork = f"import os, time; held = bytearray(b'x' * {MEGABYTES} * 10**6)\n"
    fork += (
        "pid = os.fork()\nif pid == 0: time.sleep(60)\nprint('ready', flush=True); input(); os.kill(pid, 9); os.wait()"
    )
    with running(fork) as parent:
        assert len(tree(parent)) == 2
        assert MEGABYTES <= pss_mb(parent) < 2 * MEGABYTES


def test_processor_time_counts_a_child_that_works() -> None:
    work = "import time\nwhile time.process_time() < 0.3: pass\nprint('ready', flush=True); input()"
    with running(work) as busy:
        assert cpu_seconds(busy) >= 0.25


def test_a_tree_that_is_gone_holds_nothing() -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    assert tree(ended.pid) == []
    assert pss_mb(ended.pid) == cpu_seconds(ended.pid) == 0.0


def test_what_others_used_is_what_is_left() -> None:
    before = Moment(clock=100.0, busy=1000.0, tree=10.0, own=1.0)
    after = Moment(clock=110.0, busy=1014.0, tree=17.0, own=2.0)
    assert after.others_since(before, cores=2) == pytest.approx((14 - 7 - 1) / 20)


def test_clocks_that_disagree_a_little_stay_a_share() -> None:
    before = Moment(clock=0.0, busy=0.0, tree=0.0, own=0.0)
    assert Moment(clock=1.0, busy=0.9, tree=1.0, own=0.0).others_since(before, cores=2) == 0.0
    assert Moment(clock=1.0, busy=9.0, tree=0.0, own=0.0).others_since(before, cores=2) == 1.0


def test_a_moment_reads_this_machine() -> None:
    before = Moment.now(os.getpid())
    while time.process_time() < before.own + 0.1:
        pass
    after = Moment.now(os.getpid())
    assert after.busy > before.busy
    assert after.own > before.own
    assert after.tree > before.tree
