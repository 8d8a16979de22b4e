"""`python -m scripts.cluster`: two assistants behind the real nginx, and what is said when they are killed."""

import contextlib
import http.client
import json
import os
import signal
import subprocess
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest

from addons.stores.rows import TABLE, Rows
from conch.settings import StoreSettings
from tests.e2e.referrals import assert_ends_with_referrals, core_numbers
from tests.e2e.servers import ROOT, Answer, Server, free_port, model_file
from tests.fake_graph import FakeGraph
from tests.messenger import SECRETS, delivery, encoded, said, signed

PATIENCE = 240.0  # seconds; a busy machine starts two assistants slowly
MESSAGES = "/webhooks/chat/messages"
pytestmark = pytest.mark.cluster


def wait_until(holds: Callable[[], object], what: str) -> None:
    """Waits for something to become true."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, what
        time.sleep(0.1)


def kill_all_of(process: psutil.Process) -> None:
    """Kills a server and what it started."""
    with contextlib.suppress(psutil.NoSuchProcess):
        for one in [*process.children(recursive=True), process]:
            with contextlib.suppress(psutil.NoSuchProcess):
                one.kill()


@dataclass
class Cluster:
    """The script, running, and all that it ever started."""

    server: Server
    seen: dict[int, psutil.Process] = field(default_factory=dict)

    def parts(self, word: str = "") -> list[psutil.Process]:
        """The servers that run now and have a word in their command; remembered, so that none is left behind."""
        found = []
        for process in psutil.Process(self.server.process.pid).children():
            with contextlib.suppress(psutil.NoSuchProcess):
                self.seen[process.pid] = process
                if process.status() != psutil.STATUS_ZOMBIE and word in " ".join(process.cmdline()):
                    found.append(process)
        return found

    def chat(self, message: str = "hello", sender: str | None = None) -> Answer:
        """Says something in the web chat; the answer is a reply that ends with the referrals, whatever its status."""
        body = {"sender": sender or uuid.uuid4().hex, "message": message}
        answer = self.server.request(MESSAGES, json.dumps(body).encode())
        assert_ends_with_referrals(answer.json())
        return answer

    def turns_kept(self, sender: str) -> int:
        """How many turns of a conversation in the web chat the database has."""
        settings = self.parts("addons.server")[0].environ()
        rows = Rows(settings["DATABASE_URL"], 1, limit=20)
        person = StoreSettings(key=settings["STORE_KEY"]).keyed(f"chat-{sender}")
        found = rows.run(f"SELECT version FROM {TABLE} WHERE id = :id", id=person)
        rows.engine.dispose()
        return found[0][0] if found else 0

    def nginx(self) -> psutil.Process:
        """The balancer."""
        (found,) = self.parts("daemon off")
        return found

    def workers(self) -> set[int]:
        """The processes of nginx that take requests; after a reload, all are others."""
        return {one.pid for one in self.nginx().children() if "shutting down" not in " ".join(one.cmdline())}

    def sent_to(self) -> str:
        """What nginx has been told of the assistants."""
        command = self.nginx().cmdline()
        return (Path(command[command.index("-p") + 1]) / "assistants.conf").read_text()

    def stop(self) -> None:
        """Ends the script, and by force what it should have ended."""
        if self.server.process.poll() is None:
            self.parts()
            self.server.process.send_signal(signal.SIGCONT)
            self.server.process.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.server.process.wait(60)
        self.server.stop()
        for process in self.seen.values():
            kill_all_of(process)


def names_all(text: str) -> bool:
    """Whether a message on Messenger ends a turn."""
    return all(number in text for number in core_numbers())


@pytest.fixture(scope="module")
def graph() -> Iterator[FakeGraph]:
    """Meta's side of Messenger; each call takes a while, so that turns can be cut off."""
    with FakeGraph(seconds=0.2) as fake:
        yield fake


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory, graph: FakeGraph) -> Iterator[Cluster]:
    """Two assistants and all that belongs to them, ready."""
    log, port = tmp_path_factory.mktemp("cluster") / "log", free_port()
    given = {"PORT": port, "ASSISTANTS": 2, "MODEL": model_file(), "LOG_LEVEL": "WARNING"}
    given |= SECRETS | {"MESSENGER_GRAPH_URL": graph.url}
    made = Cluster(Server(["scripts.cluster"], log, port, ROOT, **given))
    try:
        wait_until(lambda: "ready: 2 assistants" in log.read_text() or made.server.process.poll() is not None, "ready")
        assert made.server.process.poll() is None, log.read_text()[-3000:]
        yield made
    finally:
        made.stop()


def test_ten_messages_of_one_sender_at_once_are_answered(cluster: Cluster) -> None:
    sender = uuid.uuid4().hex
    with ThreadPoolExecutor(10) as threads:
        answers = list(threads.map(lambda _: cluster.chat(sender=sender), range(10)))
    assert [answer.status for answer in answers] == [200] * 10


def test_a_page_comes_through_and_what_is_not_public_does_not(cluster: Cluster) -> None:
    assert b"<title>" in cluster.server.request("/webhooks/chat/").body
    assert cluster.server.request("/webhooks/rest/ready").json() == {"ready": True}
    for path in ("/model/parse", "/conversations/you/tracker"):
        answer = cluster.server.request(path, b"{}")
        assert answer.status == 404
        assert all(number in answer.body.decode() for number in core_numbers())


def test_a_message_that_is_too_large_is_answered_by_nginx(cluster: Cluster) -> None:
    answer = cluster.server.request(MESSAGES, b"x" * 40_000)
    assert answer.status == 413
    assert_ends_with_referrals(answer.json())


def test_a_flood_from_one_address_is_told_the_numbers(cluster: Cluster) -> None:
    body = b'{"sender": "nobody", "message": ""}'  # answered 400: no turn is spent on it
    flooding = {"X-Forwarded-For": "203.0.113.9"}

    def send(_: int) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", cluster.server.port, timeout=30)
        with contextlib.closing(connection):
            connection.request("POST", MESSAGES, body, flooding)
            answer = connection.getresponse()
            return answer.status, answer.read()

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(send, range(200)))
    assert {status for status, _ in answers} == {400, 429}
    for _, body in answers:
        assert_ends_with_referrals(json.loads(body))
    assert cluster.chat().status == 200, "another address is not held up"


def test_one_that_hangs_gets_no_traffic_until_it_is_back(cluster: Cluster) -> None:
    hung, before = cluster.parts("addons.server")[0], cluster.workers()
    hung.suspend()
    try:
        wait_until(lambda: " down;" in cluster.sent_to(), "nginx was told")
        wait_until(lambda: not before & cluster.workers(), "nginx has read what it was told")
        assert [cluster.chat().status for _ in range(6)] == [200] * 6
    finally:
        hung.resume()
    wait_until(lambda: " down;" not in cluster.sent_to(), "nginx was told that it is back")


def test_one_is_killed_in_the_middle_of_traffic(cluster: Cluster) -> None:
    first, second = cluster.parts("addons.server")
    answered: dict[str, list[int]] = {uuid.uuid4().hex: [] for _ in range(4)}

    def talk(sender: str) -> None:
        for turn in range(8):
            answered[sender].append(cluster.chat("is there help on St. John", sender).status)
            if turn == 2 and first.is_running():
                first.kill()

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(talk, answered))
    statuses = [status for of_one in answered.values() for status in of_one]
    assert len(statuses) == 32
    assert set(statuses) <= {200, 502}
    assert statuses.count(200) >= 24, "what was under way in the one that was killed is all that may be lost"
    for sender, of_one in answered.items():
        assert cluster.turns_kept(sender) >= of_one.count(200), "what was answered is in the database"
    assert [cluster.chat().status for _ in range(4)] == [200] * 4
    assert second.is_running()
    wait_until(lambda: len(cluster.parts("addons.server")) == 2, "started again")


def test_what_a_killed_assistant_held_on_messenger_is_answered_by_the_other(cluster: Cluster, graph: FakeGraph) -> None:
    people = [f"{number:016d}" for number in range(8)]
    graph.wrote |= dict.fromkeys(people, time.time())
    statuses: list[int] = []

    def deliver(psid: str) -> None:
        """Delivers as Meta does: again until it is accepted."""
        body = encoded(delivery(said(psid, "what are the signs of trafficking")))
        for pause in (0.5, 1, 2, 4, 8, 16, 16):
            connection = http.client.HTTPConnection("127.0.0.1", cluster.server.port, timeout=30)
            with contextlib.closing(connection):
                connection.request("POST", "/webhooks/messenger/webhook", body, signed(body))
                statuses.append(connection.getresponse().status)
            if statuses[-1] == 200:
                return
            time.sleep(pause)

    with ThreadPoolExecutor(len(people)) as threads:
        delivered = [threads.submit(deliver, psid) for psid in people]
        time.sleep(0.5)
        kill_all_of(cluster.parts("addons.server")[0])
        for one in delivered:
            one.result()
    assert set(statuses) > {200}, "nothing was under way in the one that was killed"
    for psid in people:
        wait_until(lambda psid=psid: any(names_all(call.text) for call in graph.accepted(psid)), f"{psid} is answered")
    wait_until(lambda: len(cluster.parts("addons.server")) == 2, "started again")


def test_everything_behind_nginx_is_killed(cluster: Cluster) -> None:
    cluster.server.process.send_signal(signal.SIGSTOP)  # nothing is started again meanwhile
    for process in cluster.parts():
        if "daemon off" not in " ".join(process.cmdline()):
            kill_all_of(process)
    try:
        assert cluster.chat().status in (502, 503, 504)
        rest = cluster.server.request("/webhooks/rest/webhook", b'{"sender": "you", "message": "hello"}')
        assert rest.status in (502, 503, 504)
        assert_ends_with_referrals(rest.json())
        page = cluster.server.request("/webhooks/chat/")
        assert page.status in (502, 503, 504)
        assert page.body.startswith(b"<!doctype html>")
        assert all(number in page.body.decode() for number in core_numbers())
    finally:
        cluster.server.process.send_signal(signal.SIGCONT)


def test_an_end_leaves_nothing_behind(cluster: Cluster) -> None:
    cluster.parts()
    os.kill(cluster.server.process.pid, signal.SIGINT)
    assert cluster.server.process.wait(60) == 0
    assert [process for process in cluster.seen.values() if process.is_running()] == []
    assert "Traceback" not in cluster.server.output()


@pytest.mark.parametrize("value", ["0", "two", "99"])
def test_a_number_of_assistants_that_cannot_be_is_named(tmp_path: Path, value: str) -> None:
    server = Server(["scripts.cluster"], tmp_path / "log", 0, ROOT, PORT=free_port(), ASSISTANTS=value)
    assert server.process.wait(60) != 0
    assert f"ASSISTANTS='{value}'" in server.output()
