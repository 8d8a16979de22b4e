"""deploy/nginx.conf with the real nginx: TLS, limits, logs without traces, the numbers on every fault."""

import os
import re
import signal
import ssl
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import StartRasa, Visit
from tests.e2e.servers import ROOT, Rasa, free_port

CANARY = "marzipan"


@dataclass
class Proxy:
    """A running nginx before a Rasa server."""

    port: int
    folder: Path
    rasa: Rasa

    @property
    def origin(self) -> str:
        """Where it is reached."""
        return f"https://localhost:{self.port}"

    def ask(self, path: str, body: bytes | None = None) -> tuple[int, str]:
        """One request over TLS."""
        trusted = ssl.create_default_context(cafile=str(self.folder / "fullchain.pem"))
        try:
            with urllib.request.urlopen(self.origin + path, body, timeout=30, context=trusted) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()


@pytest.fixture(scope="module")
def proxy(start: StartRasa, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    """The example with other ports and paths, a throwaway certificate and a Rasa server of its own."""
    folder, port = tmp_path_factory.mktemp("nginx"), free_port()
    folder.chmod(0o755)
    rasa = start("nginx", CHAT_PROXIES=1)
    config = (ROOT / "deploy" / "nginx.conf").read_text("utf-8")
    changes = {"listen 443": f"listen 127.0.0.1:{port}", "listen 80": f"listen 127.0.0.1:{free_port()}"}
    changes |= {
        "server 127.0.0.1:5005": f"server 127.0.0.1:{rasa.port}",
        "server_name chat.example.org": "server_name localhost",
    }
    changes |= {"/etc/conch": str(folder), "/run/nginx.pid": f"{folder}/pid", "/var/log/nginx": str(folder)}
    for old, new in changes.items():
        assert old in config
        config = config.replace(old, new)
    (folder / "nginx.conf").write_text("user root;\n" + config if os.geteuid() == 0 else config)
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    keys = ["-keyout", str(folder / "privkey.pem"), "-out", str(folder / "fullchain.pem")]
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", *names, *keys],
        check=True,
        capture_output=True,
    )
    (folder / "numbers.html").write_bytes(rasa.request("/webhooks/chat/numbers").body)
    command = ["/usr/sbin/nginx", "-p", str(folder), "-c", str(folder / "nginx.conf"), "-g", "daemon off;"]
    server = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        end = time.monotonic() + 10
        found = Proxy(port, folder, rasa)
        while time.monotonic() < end:
            try:
                found.ask("/webhooks/chat/")
                break
            except OSError:
                time.sleep(0.1)
        yield found
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(10)
        rasa.stop()


def test_a_talk_over_tls(visit: Visit, proxy: Proxy) -> None:
    chat = visit(f"{proxy.origin}/webhooks/chat/", ignore_https_errors=True)
    chat.say(CANARY)
    expect(chat.log.locator("> .numbers")).to_be_visible()
    assert chat.complaints == []


def test_nothing_else_is_public(proxy: Proxy) -> None:
    for path in ("/model/parse", "/webhooks/rest/webhook", "/conversations", "/webhooks/chat/nothing"):
        status, body = proxy.ask(path, b"{}")
        assert status in (404, 405)
        assert "340-773-9272" in body


def test_a_body_that_is_too_large(proxy: Proxy) -> None:
    status, body = proxy.ask("/webhooks/chat/messages", b"x" * 40_000)
    assert (status, "340-773-9272" in body) == (413, True)


def test_a_flood_is_slowed_and_told_the_numbers(proxy: Proxy) -> None:
    body = f'{{"sender": "{"0" * 32}", "message": ""}}'.encode()
    answers = [proxy.ask("/webhooks/chat/messages", body) for _ in range(40)]
    refused = [text for status, text in answers if status == 429]
    assert refused
    assert all("340-773-9272" in text for text in refused)
    time.sleep(1.5)
    assert proxy.ask("/webhooks/chat/messages", body)[0] == 400


def test_logs_hold_no_trace(proxy: Proxy) -> None:
    proxy.ask(f"/webhooks/chat/?{CANARY}")
    time.sleep(0.2)
    log = (proxy.folder / "conch.log").read_text()
    assert "/webhooks/chat/messages 200" in log
    assert "127.0.0.1" not in log
    assert not re.search("Mozilla|python", log, re.IGNORECASE)
    for path in proxy.folder.rglob("*"):
        if path.is_file():
            assert CANARY.encode() not in path.read_bytes(), path


def test_with_rasa_gone_the_numbers_are_served(visit: Visit, proxy: Proxy) -> None:
    os.killpg(proxy.rasa.process.pid, signal.SIGKILL)
    proxy.rasa.process.wait(10)
    for path in ("/webhooks/chat/", "/webhooks/chat/frame"):
        status, body = proxy.ask(path)
        assert status == 502
        assert 'href="tel:+13407739272"' in body
    chat = visit(None, ignore_https_errors=True)
    chat.page.goto(f"{proxy.origin}/webhooks/chat/")
    link = chat.page.get_by_role("link", name="1-888-373-7888")
    expect(link).to_be_visible()
