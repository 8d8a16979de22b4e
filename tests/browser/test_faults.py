"""Whatever is gone - action server, Rasa, network, script - the numbers stay and the draft is kept."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Route, expect

from tests.browser.conftest import Chat, StartRasa, Visit
from tests.e2e.referrals import core_numbers
from tests.e2e.servers import Rasa, start_actions


def has_numbers(part: Locator) -> None:
    """A part of the page names the four numbers as links that dial."""
    for number in core_numbers():
        expect(part.locator("a[href^='tel:']", has_text=number)).to_be_visible()


def can_be_tried_again(chat: Chat, text: str = "hello") -> None:
    """The fault is told, points at the numbers, and the same message can be sent once more."""
    chat.notice.wait_for(timeout=30_000)
    has_numbers(chat.notice)
    expect(chat.log.locator(".mine")).to_contain_text(text)
    chat.page.unroute_all()
    chat.box.fill("a new draft")
    chat.notice.get_by_role("button", name="Try again").click()
    chat.log.locator("> .numbers").wait_for()
    expect(chat.notice).to_have_count(0)
    expect(chat.log.locator(".mine")).to_have_count(1)
    expect(chat.box).to_have_value("a new draft")
    expect(chat.box).to_be_focused()


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 500, "body": "Internal Server Error"},
        {"status": 502, "body": "<html><h1>Bad Gateway", "content_type": "text/html"},
        {"status": 429, "body": ""},
        {"status": 200, "body": "[]"},
        {"status": 200, "body": "<html>", "content_type": "text/html"},
        {"status": 200, "body": '[{"text": ""}]'},
        {"status": 200, "body": "[null]"},
        {"status": 200, "body": '{"text": "no list"}'},
        {"status": 302, "headers": {"Location": "/elsewhere"}},
    ],
    ids=lambda answer: f"{answer['status']} {answer.get('body', '')[:9]}",
)
def test_an_answer_that_is_none(chat: Chat, answer: dict) -> None:
    chat.page.route("**/messages", lambda route: route.fulfill(**answer))
    chat.write("hello")
    can_be_tried_again(chat)


def test_the_network_drops_the_message(chat: Chat) -> None:
    chat.page.route("**/messages", lambda route: route.abort())
    chat.write("hello")
    can_be_tried_again(chat)


def test_a_server_that_hangs(visit: Visit, address: str) -> None:
    chat = visit(None)
    chat.page.clock.install()
    chat.open(address)
    hanging: list[Route] = []
    chat.page.route("**/messages", lambda route: hanging.append(route))
    chat.write("hello")
    expect(chat.log.get_by_text("Conch is writing")).to_be_visible()
    chat.page.clock.fast_forward(21_000)
    can_be_tried_again(chat)


def test_the_phone_goes_offline_and_comes_back(chat: Chat) -> None:
    chat.page.context.set_offline(True)
    expect(chat.notice).to_contain_text("You are offline. You may still be able to call")
    has_numbers(chat.notice)
    chat.page.context.set_offline(False)
    expect(chat.notice).to_have_count(0)
    chat.page.context.set_offline(True)
    chat.write("hello")
    expect(chat.notice).to_have_count(2)
    chat.page.context.set_offline(False)
    can_be_tried_again(chat)


def test_focus_is_not_lost_with_the_notice_that_held_it(chat: Chat) -> None:
    chat.page.context.set_offline(True)
    chat.notice.get_by_role("link").first.focus()
    chat.page.context.set_offline(False)
    expect(chat.notice).to_have_count(0)
    expect(chat.box).to_be_focused()


def test_a_broken_block_of_numbers_leaves_the_words_that_name_them(chat: Chat) -> None:
    broken = [None, {"name": "x"}, 7]
    answer = [{"text": "Call 911.", "referrals": broken, "buttons": [None], "sources": [None]}]
    chat.page.route("**/messages", lambda route: route.fulfill(json=answer))
    expect(chat.say("hello").get_by_role("link", name="911")).to_be_visible()


def test_a_page_that_opened_stays_useful_offline(chat: Chat) -> None:
    chat.page.context.set_offline(True)
    has_numbers(chat.page.locator("info-panel > .numbers"))


@pytest.mark.parametrize("fault", ["no scripts", "script missing", "script broken"])
def test_without_the_script_the_numbers_work(visit: Visit, address: str, fault: str) -> None:
    chat = visit(None, java_script_enabled=fault != "no scripts")
    missing = {"status": 404} if fault == "script missing" else {"body": "(", "content_type": "text/javascript"}
    chat.page.route("**/w.js", lambda route: route.fulfill(**missing))
    chat.page.goto(address)
    has_numbers(chat.page.locator("main"))
    expect(chat.exit).to_be_in_viewport(ratio=1)
    expect(chat.page.locator("main")).to_contain_text("If it does not, you can still call")


@pytest.fixture
def own_rasa(start: StartRasa, logs: Path, request: pytest.FixtureRequest) -> Iterator[tuple[Rasa, int]]:
    """A Rasa server and an action server that a test may kill."""
    actions = start_actions(logs / f"{request.node.name}.log")
    rasa = start(request.node.name, ACTIONS_PORT=actions.port)
    yield rasa, actions.process.pid
    rasa.stop()
    actions.stop()


def test_servers_that_are_killed_in_the_middle_of_a_talk(visit: Visit, own_rasa: tuple[Rasa, int]) -> None:
    rasa, actions = own_rasa
    chat = visit(f"http://127.0.0.1:{rasa.port}/webhooks/chat/")
    chat.say("/ask_local_services")
    os.killpg(actions, signal.SIGKILL)
    chat.say("/ask_contacts")
    has_numbers(chat.blocks.last)
    os.killpg(rasa.process.pid, signal.SIGKILL)
    rasa.process.wait(10)
    chat.write("still there?")
    chat.notice.wait_for()
    has_numbers(chat.notice)
    rasa.start()
    rasa.wait_until("/webhooks/rest/ready")
    chat.notice.get_by_role("button", name="Try again").click()
    expect(chat.notice).to_have_count(0)
    expect(chat.log.locator("> .numbers").last).to_be_in_viewport()


def test_a_server_without_a_model(start: StartRasa, visit: Visit, tmp_path: Path) -> None:
    rasa = start("no_model", ready=False, MODEL=tmp_path / "none.tar.gz")
    try:
        chat = visit(f"http://127.0.0.1:{rasa.port}/webhooks/chat/")
        chat.write("hello")
        has_numbers(chat.blocks.first)
        expect(chat.log).to_contain_text("Something went wrong on our side")
    finally:
        rasa.stop()
