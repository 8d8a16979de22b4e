"""Nothing stays in the browser, nothing goes elsewhere, and little is sent at all."""

from pathlib import Path

from playwright.sync_api import Playwright

from scripts.browser import CHROMIUM, FLAGS
from tests.browser.conftest import PHONE, Chat, Visit

CANARY, DRAFT = "xylophone quixotic marmalade", "zephyr kumquat obelisk"
MOST_BYTES, MOST_REQUESTS = 10_000, 4


def encodings(text: str) -> list[bytes]:
    """A text as a file may hold it."""
    return [text.encode(), text.encode("utf-16-le")]


def test_nothing_of_the_talk_is_on_disk_after_closing(playwright: Playwright, address: str, tmp_path: Path) -> None:
    settings = {"executable_path": CHROMIUM, "args": FLAGS, "viewport": PHONE}
    context = playwright.chromium.launch_persistent_context(str(tmp_path / "profile"), **settings)
    chat = Chat(context.new_page()).open(address)
    chat.say(CANARY)
    chat.say("/immediate_danger")
    chat.box.fill(DRAFT)
    chat.page.wait_for_timeout(1000)
    context.close()
    files = [path for path in (tmp_path / "profile").rglob("*") if path.is_file()]
    assert len(files) > 20
    wanted = [CANARY, DRAFT, "911 first. Call if you can", "quixotic", "kumquat"]
    for path in files:
        content = path.read_bytes()
        for text in wanted:
            assert not any(each in content for each in encodings(text)), f"{text!r} in {path}"
    history = b"".join(path.read_bytes() for path in files if path.name in ("History", "History-journal"))
    assert b"/webhooks/chat/" in history  # the search does find what is there; the page says so itself


def test_nothing_is_stored_and_nobody_else_is_asked(chat: Chat, address: str) -> None:
    chat.say("/ask_signs")
    stored = chat.page.evaluate(
        """async () => [
          document.cookie, localStorage.length, sessionStorage.length, (await indexedDB.databases()).length,
          (await caches.keys()).length, (await navigator.serviceWorker.getRegistrations()).length, history.length,
        ]"""
    )
    assert stored == ["", 0, 0, 0, 0, 0, 2]
    assert chat.page.context.cookies() == []
    assert all(url.startswith(address) for url in chat.requests), chat.requests
    assert chat.complaints == []


def test_page_script_style_and_first_turn_are_light(visit: Visit, address: str) -> None:
    chat = visit(None)
    session = chat.page.context.new_cdp_session(chat.page)
    session.send("Network.enable")
    received: list[float] = []  # bytes of each answer, headers included
    session.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
    chat.open(address).say("/ask_signs")
    print(f"{sum(received):.0f} bytes in {len(received)} requests: {[round(each) for each in received]}")
    assert sum(received) <= MOST_BYTES
    assert len(received) <= MOST_REQUESTS
