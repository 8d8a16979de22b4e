"""For everybody: no axe violation in any state, keyboard, small and large screens, another direction."""

import json
import shutil
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from addons.channels.chat_page import WIDGET, Widget
from conch.directory import Directory
from tests.browser.conftest import Chat, Visit

OPTIONS = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
}
SIGHTS = {
    "light": {},
    "dark": {"color_scheme": "dark"},
    "forced colours": {"forced_colors": "active"},
    "320 px": {"viewport": {"width": 320, "height": 568}},
    "kiosk": {"viewport": {"width": 1080, "height": 1920}},
    "desk": {"viewport": {"width": 1280, "height": 720}},
}


def check(page: Page, state: str) -> None:
    """axe finds nothing, and nothing has to be scrolled sideways.

    The window is made as high as the page meanwhile: axe takes a link that is scrolled half under
    a bar for a small one.
    """
    size = page.viewport_size
    page.set_viewport_size({"width": size["width"], "height": page.evaluate("document.documentElement.scrollHeight")})
    report = Axe().run(page, options=OPTIONS)
    page.set_viewport_size(size)
    found = [(each["id"], each["nodes"][0]["html"][:200]) for each in report.response["violations"]]
    assert not found, f"{state}: {found}"
    width, inner = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert width <= inner, f"{state}: scrolls sideways, {width} > {inner}"


@pytest.mark.parametrize("sight", SIGHTS)
def test_no_violation_in_any_state(visit: Visit, sight: str) -> None:
    chat = visit(**SIGHTS[sight])
    check(chat.page, "opening")
    chat.say("/ask_signs").get_by_text("Where this comes from").click()
    check(chat.page, "reply, buttons and sources")
    chat.say("/immediate_danger")
    check(chat.page, "safety")
    chat.page.route("**/messages", lambda route: route.fulfill(status=500))
    chat.write("hello")
    chat.notice.wait_for()
    check(chat.page, "error")
    chat.page.context.set_offline(True)
    chat.notice.nth(1).wait_for()
    check(chat.page, "offline")


def test_no_violation_while_waiting_nor_without_scripts(visit: Visit, address: str) -> None:
    chat = visit()
    chat.page.route("**/messages", lambda route: None)
    chat.write("hello")
    check(chat.page, "waiting")
    chat.page.goto(f"{address}numbers")
    check(chat.page, "numbers")
    chat.page.route("**/w.js", lambda route: route.abort())
    chat.page.goto(address)
    check(chat.page, "script missing")


def test_text_twice_as_large(visit: Visit) -> None:
    chat = visit()
    session = chat.page.context.new_cdp_session(chat.page)
    halved = {"width": 180, "height": 320, "deviceScaleFactor": 2, "mobile": True}
    session.send("Emulation.setDeviceMetricsOverride", halved)
    chat.say("/ask_contacts")
    check(chat.page, "zoom 200 %")
    expect(chat.exit).to_be_in_viewport(ratio=1)


def test_text_twice_as_large_by_the_browsers_setting(visit: Visit) -> None:
    chat = visit()
    chat.page.evaluate("document.documentElement.style.fontSize = '200%'")
    chat.say("/ask_contacts")
    check(chat.page, "text 200 %")
    expect(chat.exit).to_be_in_viewport(ratio=1)
    expect(chat.box).to_be_in_viewport(ratio=1)


def test_every_target_is_large_enough(chat: Chat) -> None:
    chat.say("/ask_contacts")
    sizes = chat.page.evaluate(
        """() => {
          const root = document.querySelector('info-panel').shadowRoot;
          const inside = root.querySelectorAll('button, textarea, .numbers a');
          return [...document.querySelectorAll('a'), ...inside].filter((each) => each.checkVisibility()).map((each) => {
            const { width, height } = each.getBoundingClientRect();
            return [each.textContent, width, height];
          });
        }"""
    )
    assert len(sizes) > 8
    assert [size for size in sizes if min(size[1:]) < 43.9] == []


def test_there_is_one_polite_live_region(chat: Chat) -> None:
    regions = chat.page.locator("[aria-live], [role=status], [role=alert], [role=log]")
    expect(regions).to_have_count(1)
    expect(regions).to_have_attribute("aria-live", "polite")


def test_a_whole_talk_by_keyboard(chat: Chat) -> None:
    keys = chat.page.keyboard
    keys.press("Tab")
    expect(chat.exit).to_be_focused()
    for _ in range(6):  # four numbers, the one in the opening, the first button
        keys.press("Tab")
    expect(chat.log.get_by_role("button", name="Yes")).to_be_focused()
    keys.press("Tab")
    keys.press("Space")
    chat.blocks.first.wait_for()
    while chat.log.locator("summary:focus").count() == 0:
        keys.press("Tab")
    keys.press("Enter")
    expect(chat.log.locator("details[open]")).to_have_count(1)
    chat.box.focus()
    keys.type("/ask_signs")
    keys.press("Tab")
    keys.press("Enter")
    chat.blocks.nth(1).wait_for()
    expect(chat.box).to_be_focused()


def test_focus_is_never_under_the_bars(chat: Chat) -> None:
    chat.say("/ask_signs")
    chat.say("/ask_contacts")
    chat.page.evaluate("scrollTo(0, 0)")
    bottom = chat.page.locator("form").bounding_box()["y"]
    bar = chat.page.locator("header").bounding_box()["height"]
    for _ in range(25):
        chat.page.keyboard.press("Tab")
        box = chat.page.evaluate(
            """() => {
              let at = document.activeElement;
              while (at.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
              const { top, bottom } = at.getBoundingClientRect();
              return { tag: at.tagName, text: at.textContent, inForm: !!at.closest('form, header'), top, bottom };
            }"""
        )
        if box["tag"] != "BODY" and not box["inForm"]:
            assert box["bottom"] > bar
            assert box["top"] < bottom, box


def test_nothing_moves(visit: Visit) -> None:
    chat = visit(reduced_motion="reduce")
    chat.say("/ask_signs")
    assert chat.page.evaluate("document.getAnimations().length") == 0


def test_paper_gets_the_numbers_and_not_the_talk(chat: Chat) -> None:
    chat.say("/ask_signs")
    chat.page.emulate_media(media="print")
    expect(chat.log).to_be_hidden()
    expect(chat.box).to_be_hidden()
    expect(chat.page.locator("info-panel > .numbers")).to_be_visible()


def test_another_language_and_direction(visit: Visit, address: str, tmp_path: Path) -> None:
    shutil.copytree(WIDGET, tmp_path, dirs_exist_ok=True)
    words = json.loads((WIDGET / "strings.en.json").read_text("utf-8"))
    words |= {
        "lang": "ar",
        "dir": "rtl",
        "send": "إرسال",
        "leave": "غادر الآن",
        "opening": ["مرحبا. هل يرى أحد شاشتك؟"],
    }
    (tmp_path / "strings.ar.json").write_text(json.dumps(words), "utf-8")
    widget, referrals = Widget("https://weather.example/", tmp_path), Directory().referrals
    chat = visit(None)
    page, script = widget.page("page.html", referrals, "ar"), widget.script(referrals, "ar")
    chat.page.route("**/?lang=ar", lambda route: route.fulfill(body=page, content_type="text/html"))
    chat.page.route("**/w.js?lang=ar", lambda route: route.fulfill(body=script, content_type="text/javascript"))
    chat.open(f"{address}?lang=ar")
    chat.say("/ask_contacts")
    check(chat.page, "right to left")
    send, box = chat.page.locator("form button").bounding_box(), chat.box.bounding_box()
    assert send["x"] < box["x"]
    assert chat.exit.bounding_box()["x"] < 100
