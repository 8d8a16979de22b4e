"""Looks for words and ids that nobody may keep in the files of the stores and in all logs."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import psutil
import psycopg2
import redis

from benchmarks.soak.faults import processes

LARGEST = 512 * 1024 * 1024


class NothingToSearch(RuntimeError):
    """A store's files could not be written out, so that finding nothing would mean nothing."""


def write_out(cluster: psutil.Process) -> None:
    """Makes PostgreSQL and Redis write what they hold into their files."""
    settings = processes(cluster, "assistant")[0].environ()
    with contextlib.closing(psycopg2.connect(settings["DATABASE_URL"])) as database:
        database.autocommit = True
        with database.cursor() as cursor:
            cursor.execute("CHECKPOINT")
    if not redis.Redis.from_url(settings["REDIS_URL"]).save():
        raise NothingToSearch("Redis wrote no file")


def files(folder: Path) -> Iterator[Path]:
    """The files that can be read, by size bounded."""
    for path in folder.rglob("*"):
        with contextlib.suppress(OSError):
            if path.is_file() and not path.is_symlink() and path.stat().st_size < LARGEST:
                yield path


def search(folder: Path, words: Iterable[str]) -> list[str]:
    """The files of a folder that hold one of the words, in any letter case, and which."""
    wanted, found = [word.lower().encode() for word in words], []
    for path in files(folder):
        try:
            content = path.read_bytes().lower()
        except OSError:
            continue  # gone again
        found += [f"{path}: {word.decode()}" for word in wanted if word in content]
    return found
