"""The one table: a row a conversation, in PostgreSQL. Blocking calls, each within a time limit of its own."""

import select
import threading
import time
from collections.abc import Iterable
from typing import Any

import psycopg2
import sqlalchemy
from psycopg2 import extensions
from sqlalchemy import text

LIMIT = 1.0  # seconds for connecting, asking and answering together
TABLE = "conch_conversations"
MAKE = f"""
CREATE TABLE IF NOT EXISTS {TABLE} (
    id text PRIMARY KEY,
    state text NOT NULL,
    version bigint NOT NULL,
    used timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05)
"""
READ = f"SELECT state, version, extract(epoch FROM now() - used) FROM {TABLE} WHERE id = :id"
# Both say yes to a row that is there already as asked: the answer to a first try may have been lost.
INSERT = f"""
INSERT INTO {TABLE} (id, state, version) VALUES (:id, :state, :version)
ON CONFLICT (id) DO UPDATE SET used = now()
WHERE ({TABLE}.version, {TABLE}.state) = (excluded.version, excluded.state)
"""
UPDATE = f"""
UPDATE {TABLE} SET state = :state, version = :version, used = now()
WHERE id = :id AND (version = :follows OR (version, state) = (:version, :state))
"""
DELETE = f"DELETE FROM {TABLE} WHERE id = :id"
FIND = f"SELECT id FROM {TABLE} WHERE id = ANY(:ids)"
DELETE_OLD = f"""
DELETE FROM {TABLE} WHERE id IN (
    SELECT id FROM {TABLE} WHERE used <= now() - :seconds * interval '1 second' LIMIT :most FOR UPDATE SKIP LOCKED
)
"""
AT_ONCE = 1000  # rows deleted by one statement, so that each stays within the limit
NO_TABLE = "42P01"
operation = threading.local()


def wait(connection: Any) -> None:
    """Waits for PostgreSQL until the operation's time is up; psycopg2 calls this in place of blocking.

    A server that is frozen, or unplugged, keeps a connection open and answers nothing: only
    the client can tell that it takes too long.
    """
    until = getattr(operation, "until", 0.0) or time.monotonic() + LIMIT
    while True:
        state = connection.poll()
        if state == extensions.POLL_OK:
            return
        poll = select.poll()
        poll.register(connection.fileno(), select.POLLIN if state == extensions.POLL_READ else select.POLLOUT)
        left = until - time.monotonic()
        if left <= 0 or not poll.poll(left * 1000):
            raise psycopg2.OperationalError("time limit")


class Rows:
    """Reads and writes rows; makes the table when it is first asked, and again if it was dropped."""

    def __init__(self, url: str, connections: int, limit: float = LIMIT) -> None:
        extensions.set_wait_callback(wait)
        self.limit = limit
        self.is_made = False
        self.engine = sqlalchemy.create_engine(
            url,
            future=True,
            isolation_level="AUTOCOMMIT",  # one statement an operation: one journey
            hide_parameters=True,
            pool_pre_ping=True,
            pool_size=connections,
            max_overflow=0,
            pool_timeout=limit,
            pool_recycle=1800,
            connect_args={
                "application_name": "conch",
                "options": f"-c statement_timeout={int(limit * 1000)}",
                "keepalives_idle": 30,
            },
        )

    def run(self, statement: str, **values: Any) -> Any:
        """Runs one statement and returns its rows, or how many it changed."""
        operation.until = time.monotonic() + self.limit
        try:
            with self.engine.connect() as connection:
                if not self.is_made:
                    self.make(connection)
                result = connection.execute(text(statement), values)
                return result.all() if result.returns_rows else result.rowcount
        except sqlalchemy.exc.ProgrammingError as error:
            self.is_made = self.is_made and getattr(error.orig, "pgcode", None) != NO_TABLE
            raise
        finally:
            operation.until = 0.0

    def make(self, connection: Any) -> None:
        """Makes the table unless it is there; two processes that start together may collide once."""
        connection.execute(text(MAKE))
        self.is_made = True

    def read(self, key: str) -> tuple[str, int, float] | None:
        """A conversation's state, version and age in seconds."""
        rows = self.run(READ, id=key)
        return (rows[0][0], rows[0][1], float(rows[0][2])) if rows else None

    def write(self, key: str, state: str, version: int, follows: int) -> bool:
        """Keeps a state that follows a version, 0 if it is the first; False if another is kept, or none any more."""
        if follows == 0:
            return self.run(INSERT, id=key, state=state, version=version) > 0
        return self.run(UPDATE, id=key, state=state, version=version, follows=follows) > 0

    def delete(self, key: str) -> bool:
        """Deletes a conversation; tells whether there was one."""
        return self.run(DELETE, id=key) > 0

    def find(self, keys: Iterable[str]) -> set[str]:
        """Those of the keys that have a row."""
        return {row[0] for row in self.run(FIND, ids=list(keys))}

    def delete_old(self, seconds: float) -> int:
        """Deletes conversations that were last used so long ago, some at a time; returns how many."""
        return self.run(DELETE_OLD, seconds=seconds, most=AT_ONCE)
