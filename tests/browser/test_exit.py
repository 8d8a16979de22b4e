"""The way out: seen everywhere, fast, nothing left behind here or on the server."""

import json
import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Chat, Visit
from tests.browser.sites import Site
from tests.e2e.servers import Rasa

CANARY = "my cousin was told to stay silent"
BANNER = "<div style='position:fixed;inset:0;z-index:2147483647;background:#ccc'>We value your privacy</div>"


def embed(rasa: Rasa, more: str = "") -> str:
    """A host's page with the script tag."""
    script = f"<script src='http://127.0.0.1:{rasa.port}/webhooks/chat/w.js' async></script>"
    return f"<!doctype html><html lang=en><title>Host</title><h1>Host</h1>{script}{more}"


def is_on_top(page: Page) -> bool:
    """Whether a tap on the middle of the exit reaches it."""
    return page.evaluate(
        """() => {
          const deep = (root, seek) => [...root.querySelectorAll('*')].flatMap(
            (each) => [...(each.matches(seek) ? [each] : []), ...(each.shadowRoot ? deep(each.shadowRoot, seek) : [])]);
          const link = deep(document, '[data-exit]')[0];
          const { x, y, width, height } = link.getBoundingClientRect();
          let hit = document.elementFromPoint(x + width / 2, y + height / 2);
          while (hit?.shadowRoot) hit = hit.shadowRoot.elementFromPoint(x + width / 2, y + height / 2);
          return hit === link || link.contains(hit);
        }"""
    )


def conversations(rasa: Rasa) -> list[str]:
    """What the tracker store holds."""
    return rasa.request("/conversations").json()


def sender_of(chat: Chat, text: str = CANARY) -> str:
    """Says something and returns the id under which it was said."""
    with chat.page.expect_request("**/messages") as sent:
        chat.say(text)
    return json.loads(sent.value.post_data)["sender"]


def waits_until_gone(chat: Chat, rasa: Rasa, sender: str) -> None:
    """The store forgets; it is asked until it has."""
    for _ in range(100):
        if not any(sender in held for held in conversations(rasa)):
            return
        chat.page.wait_for_timeout(100)
    raise AssertionError(conversations(rasa))


def test_it_is_the_first_stop_of_the_tab_key_and_large_enough(chat: Chat) -> None:
    chat.page.keyboard.press("Tab")
    expect(chat.exit).to_be_focused()
    box = chat.exit.bounding_box()
    assert box["width"] >= 44
    assert box["height"] >= 44


def test_it_never_scrolls_away(chat: Chat) -> None:
    for text in ("what are the signs of trafficking?", "who can I call?"):
        chat.say(text)
        for where in ("0", "1e6", "400"):
            chat.page.evaluate(f"scrollTo(0, {where})")
            expect(chat.exit).to_be_in_viewport(ratio=1)
            assert is_on_top(chat.page)


def test_it_lies_above_a_cookie_banner_on_a_hosts_page(visit: Visit, rasa: Rasa, host: Site) -> None:
    host.pages["/"] = embed(rasa, BANNER + "<p style='height:5000px'>")
    chat = visit(f"{host.origin}/")
    chat.page.evaluate("scrollTo(0, 3000)")
    assert is_on_top(chat.page)
    chat.page.keyboard.press("Tab")
    expect(chat.exit).to_be_focused()


@pytest.mark.parametrize("way", ["tap", "shift", "keyboard"])
def test_it_leaves_without_a_trace(chat: Chat, rasa: Rasa, weather: Site, way: str) -> None:
    sender = sender_of(chat)
    assert any(sender in held for held in conversations(rasa))
    chat.box.fill("a draft")
    if way == "tap":
        chat.exit.tap() if chat.page.evaluate("navigator.maxTouchPoints") else chat.exit.click()
    elif way == "keyboard":
        chat.exit.press("Enter")
    else:
        for _ in range(3):
            chat.page.keyboard.press("Shift")
    chat.page.wait_for_url(f"{weather.origin}/")
    assert "Referer" not in weather.visits[0]
    waits_until_gone(chat, rasa, sender)


def test_back_shows_nothing_of_it(visit: Visit, address: str, host: Site, weather: Site) -> None:
    chat = visit(None)
    chat.page.goto(f"{host.origin}/before")
    chat.open(address).say(CANARY)
    chat.exit.click()
    chat.page.wait_for_url(f"{weather.origin}/")
    chat.page.go_back()
    chat.page.wait_for_url(f"{host.origin}/before")
    assert CANARY not in chat.page.content()


def test_coming_back_is_a_new_talk_with_a_new_id(visit: Visit, address: str, rasa: Rasa, weather: Site) -> None:
    chat = visit()
    first = sender_of(chat)
    chat.page.goto(f"{weather.origin}/")
    chat.page.go_back()
    chat.box.wait_for()
    expect(chat.log).not_to_contain_text(CANARY)
    assert sender_of(chat, "hello") != first
    waits_until_gone(chat, rasa, first)


def test_the_first_frame_after_the_tap_is_covered_when_the_next_site_is_slow(chat: Chat, weather: Site) -> None:
    weather.delay = 1.5
    chat.say(CANARY)
    chat.box.fill("a draft")
    chat.page.evaluate(
        """() => document.querySelector('[data-exit]').addEventListener('click', () => requestAnimationFrame(() => {
          const root = document.querySelector('info-panel').shadowRoot;
          const middle = root.elementFromPoint(180, 320)?.className;
          const left = [document.title, root.querySelector('textarea').value, root.querySelector('.log').textContent];
          console.log(JSON.stringify([middle, ...left]));
        }), true)"""
    )
    with chat.page.expect_console_message() as seen:
        chat.exit.click(no_wait_after=True)
    assert json.loads(seen.value.text) == ["cover", "Loading", "", ""]
    chat.page.wait_for_url(f"{weather.origin}/")


def test_a_turn_that_still_runs_is_forgotten_too(chat: Chat, rasa: Rasa, weather: Site) -> None:
    with chat.page.expect_request("**/messages") as sent:
        chat.write("what are the signs of trafficking?")
    chat.exit.click()
    chat.page.wait_for_url(f"{weather.origin}/")
    chat.page.wait_for_timeout(1500)
    waits_until_gone(chat, rasa, json.loads(sent.value.post_data)["sender"])


def test_closing_the_page_forgets_as_well(chat: Chat, visit: Visit, rasa: Rasa) -> None:
    sender = sender_of(chat)
    chat.page.close(run_before_unload=False)
    waits_until_gone(visit(), rasa, sender)


def test_capitals_do_not_leave(chat: Chat) -> None:
    chat.box.press_sequentially("HELP ME")
    for _ in range(2):
        chat.page.keyboard.press("Shift")
    expect(chat.log).to_contain_text("Press Shift once more to leave.")
    chat.box.press_sequentially("A")
    chat.page.keyboard.press("Shift")
    expect(chat.box).to_have_value("HELP MEA")


def test_it_is_a_plain_link_without_scripts(visit: Visit, address: str, weather: Site) -> None:
    chat = visit(None, java_script_enabled=False)
    chat.page.goto(address)
    chat.exit.click()
    chat.page.wait_for_url(f"{weather.origin}/")
    assert "Referer" not in weather.visits[0]


@pytest.mark.parametrize(
    "sandbox",
    ["", "sandbox='allow-scripts allow-same-origin allow-forms allow-top-navigation-by-user-activation'"],
)
@pytest.mark.parametrize("way", ["tap", "shift"])
def test_it_leaves_from_a_frame(visit: Visit, rasa: Rasa, host: Site, weather: Site, sandbox: str, way: str) -> None:
    frame = f"<iframe title=Chat {sandbox} width=340 height=560 src='http://127.0.0.1:{rasa.port}/webhooks/chat/frame'>"
    host.pages["/"] = f"<!doctype html><title>Host</title>{frame}</iframe>"
    chat = visit(None)
    chat.page.goto(f"{host.origin}/before")
    chat.page.goto(f"{host.origin}/")
    inside = chat.page.frame_locator("iframe")
    inside.locator("textarea").fill("hello")
    inside.locator("textarea").press("Enter")
    inside.locator(".log .numbers").wait_for()
    if way == "tap":
        inside.locator("[data-exit]").click()
    else:
        for _ in range(3):
            inside.locator("textarea").press("Shift")
    chat.page.wait_for_url(f"{weather.origin}/")
    assert "Referer" not in weather.visits[0]
    chat.page.go_back()
    chat.page.wait_for_url(re.compile("before"))


def test_it_leaves_from_a_hosts_page(visit: Visit, rasa: Rasa, host: Site, weather: Site) -> None:
    host.pages["/"] = embed(rasa)
    chat = visit(f"{host.origin}/")
    sender = sender_of(chat)
    chat.exit.click()
    chat.page.wait_for_url(f"{weather.origin}/")
    assert "Referer" not in weather.visits[0]
    waits_until_gone(chat, rasa, sender)
