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


def write_out_redis(url: str) -> None:
    """Makes Redis write what it holds into its file, uncompressed, so that words can be found in it."""
    client = redis.Redis.from_url(url)
    client.config_set("rdbcompression", "no")
    if not client.save():
        raise NothingToSearch("Redis wrote no file")


def in_rows(url: str, words: Iterable[str]) -> list[str]:
    """The tables of PostgreSQL whose rows hold one of the words; its files hold long values compressed."""
    found = []
    with contextlib.closing(psycopg2.connect(url)) as database, database.cursor() as cursor:
        database.autocommit = True
        cursor.execute("CHECKPOINT")
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT row::text FROM "{table}" AS row')
            rows = "\n".join(row for (row,) in cursor.fetchall()).lower()
            found += [f"table {table}: {word}" for word in words if word.lower() in rows]
    return found


def look_into_redis(cluster: psutil.Process, folder: Path, words: list[str]) -> list[str]:
    """What Redis holds of the words, before it is killed and forgets."""
    write_out_redis(processes(cluster, "assistant")[0].environ()["REDIS_URL"])
    return search(folder, words)


def look_everywhere(cluster: psutil.Process, folder: Path, words: list[str]) -> list[str]:
    """What rows, files of both stores and logs hold of the words."""
    settings = processes(cluster, "assistant")[0].environ()
    write_out_redis(settings["REDIS_URL"])
    return in_rows(settings["DATABASE_URL"], words) + search(folder, words)


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
