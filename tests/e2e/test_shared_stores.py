"""Two real Rasa servers on one real PostgreSQL and one real Redis: they act as one, and go on without either."""

import contextlib
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import redis

from addons.stores.rows import TABLE, Rows
from conch.settings import StoreSettings
from scripts.local_stores import LocalServer, Postgres, Redis
from tests.e2e.referrals import assert_ends_with_referrals
from tests.e2e.servers import Rasa, Server, start_actions, start_rasa

KEY = "a key of the tests, longer than 32 characters"
CANARY = "xq" + uuid.uuid4().hex[:12]


@dataclass
class Cluster:
    """Two assistants that share their stores."""

    database: Postgres
    redis: Redis
    actions: Server
    folder: Path
    servers: list[Rasa] = field(default_factory=list)

    def start(self, name: str) -> Rasa:
        """Starts one more assistant."""
        stores = {"DATABASE_URL": self.database.url, "REDIS_URL": self.redis.url, "STORE_KEY": KEY}
        return start_rasa(self.folder / f"{name}.log", ACTIONS_PORT=self.actions.port, **stores)

    def row(self, sender: str) -> tuple[str, int] | None:
        """What the database has of a sender."""
        rows = Rows(self.database.url, 1, limit=20)
        found = rows.run(f"SELECT state, version FROM {TABLE} WHERE id = :id", id=StoreSettings(key=KEY).keyed(sender))
        rows.engine.dispose()
        return tuple(found[0]) if found else None

    def chat(self, server: int, sender: str, message: str) -> int:
        """Says something in the web chat; the status of the answer, which ends with the referrals in any case."""
        body = f'{{"sender": "{sender}", "message": "{message}"}}'.encode()
        answer = self.servers[server].request("/webhooks/chat/messages", body)
        assert_ends_with_referrals(answer.json())
        return answer.status


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Two assistants, PostgreSQL and Redis."""
    folder = tmp_path_factory.mktemp("cluster")
    with contextlib.ExitStack() as stack:
        database, shared = stack.enter_context(Postgres()), stack.enter_context(Redis())
        actions = start_actions(folder / "actions.log")
        stack.callback(actions.stop)
        made = Cluster(database, shared, actions, folder)
        for name in ("first", "second"):
            made.servers.append(made.start(name))
            stack.callback(made.servers[-1].stop)
        yield made


@pytest.fixture(autouse=True)
def running(cluster: Cluster) -> Iterator[None]:
    """Lets PostgreSQL and Redis run again after a test."""
    yield
    for server in (cluster.database, cluster.redis):
        server.thaw()
        if server.process.poll() is not None:
            server.start()
    for assistant in cluster.servers:
        until_kept(cluster, assistant, "hello")


def until_kept(cluster: Cluster, server: Rasa, message: str) -> str:
    """Says something until the database has it; returns what it has."""
    sender = uuid.uuid4().hex
    server.say(message, sender)
    for _ in range(200):
        row = cluster.row(f"rest-{sender}")
        if row is not None:
            return row[0]
        time.sleep(0.1)
        server.say("hello", sender)
    raise AssertionError("the database never got it")


def test_what_one_learns_the_other_knows(cluster: Cluster) -> None:
    first, second = cluster.servers
    sender = uuid.uuid4().hex
    first.say("is there help on St. John", sender)
    state, version = cluster.row(f"rest-{sender}")
    assert version == 1
    assert "st_john" in state
    second.say("thank you", sender)
    state, version = cluster.row(f"rest-{sender}")
    assert version == 2
    assert "st_john" in state


def test_ten_messages_at_once_to_two_servers_are_all_kept(cluster: Cluster) -> None:
    sender = uuid.uuid4().hex
    with ThreadPoolExecutor(10) as threads:
        list(threads.map(lambda n: cluster.servers[n % 2].say("hello", sender), range(10)))
    assert cluster.row(f"rest-{sender}")[1] == 10


def test_who_leaves_one_has_left_both(cluster: Cluster) -> None:
    sender = uuid.uuid4().hex
    assert cluster.chat(0, sender, "is there help on St. John") == 200
    assert cluster.row(f"chat-{sender}") is not None
    left = cluster.servers[1].request("/webhooks/chat/leave", f'{{"sender": "{sender}"}}'.encode())
    assert left.status == 204
    assert cluster.row(f"chat-{sender}") is None
    assert [cluster.chat(server, sender, "hello") for server in (0, 1)] == [410, 410]
    assert cluster.row(f"chat-{sender}") is None


def test_a_flood_is_counted_over_both(cluster: Cluster) -> None:
    sender = uuid.uuid4().hex
    statuses = [cluster.chat(number % 2, sender, "hello") for number in range(20)]
    assert statuses.count(429) >= 4
    assert statuses[:10] == [200] * 10


@pytest.mark.parametrize("fault", ["freeze", "kill"])
@pytest.mark.parametrize("which", ["database", "redis"])
def test_everybody_is_answered_while_a_store_is_away(cluster: Cluster, which: str, fault: str) -> None:
    senders = [uuid.uuid4().hex for _ in range(6)]
    for sender in senders:
        cluster.servers[0].say("is there help on St. John", sender)
    getattr(getattr(cluster, which), fault)()
    with ThreadPoolExecutor(6) as threads:
        for server in cluster.servers:
            said = list(threads.map(lambda sender, server=server: server.say("hello", sender), senders))
            assert all("went wrong" not in replies[0]["text"] for replies in said)


@pytest.mark.parametrize("which", ["database", "redis"])
def test_a_server_starts_while_a_store_is_down_and_uses_it_later(cluster: Cluster, which: str) -> None:
    store: LocalServer = getattr(cluster, which)
    store.kill()
    server = cluster.start(f"without-{which}")
    try:
        server.say("is there help on St. John")
        store.start()
        assert "st_john" in until_kept(cluster, server, "is there help on St. John")
        for _ in range(200):
            if f"{store_name(which)} is back" in server.output():
                return
            time.sleep(0.1)
            server.say("hello")
        raise AssertionError("it was not asked again")
    finally:
        server.stop()


def store_name(which: str) -> str:
    """What the log calls a store."""
    return {"database": "PostgreSQL", "redis": "Redis"}[which]


def test_no_word_and_no_name_is_in_a_store_or_a_log(cluster: Cluster) -> None:
    sender = f"{CANARY}-sender"
    for server in cluster.servers:
        for message in (f"my boss {CANARY} took my passport", f"/{CANARY}", f"I am {CANARY} from St. John {CANARY}"):
            server.say(message, sender)
    assert cluster.row(f"rest-{sender}") is not None
    Rows(cluster.database.url, 1, limit=20).run("CHECKPOINT")
    redis.Redis.from_url(cluster.redis.url).save()
    folders = (cluster.database.folder, cluster.redis.folder, cluster.folder)
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    assert any(path.name == "dump.rdb" for path in files)
    assert [path for path in files if CANARY.encode() in path.read_bytes().lower()] == []
