"""A talk on a phone: what is said, how it looks, what one can press."""

import json
import re

from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Chat, Visit
from tests.e2e.referrals import core_numbers

EVIL = '<img src=x onerror="document.title=`owned`"><script>document.title="owned"</script>'


def answer_with(page: Page, *replies: object) -> None:
    """Answers every message with these replies, in place of the server."""
    page.route("**/messages", lambda route: route.fulfill(json=list(replies)))


def test_the_opening_needs_no_round_trip(chat: Chat) -> None:
    expect(chat.log).to_contain_text("Can somebody see your screen?")
    expect(chat.log).to_contain_text("It does not erase your browser history.")
    expect(chat.log.get_by_role("button")).to_have_text(["Yes", "No"])
    assert [url.rsplit("/", 1)[1] for url in chat.requests if "icon" not in url] == ["", "w.js"]
    assert chat.complaints == []


def test_the_first_screen_of_a_phone_holds_exit_numbers_question_and_box(chat: Chat) -> None:
    for part in (chat.exit, chat.page.locator(".numbers").first, chat.box, chat.log.get_by_role("button", name="Yes")):
        expect(part).to_be_in_viewport(ratio=1)
    button, form = (chat.page.locator(each).first.bounding_box() for each in (".buttons", "form"))
    assert button["y"] + button["height"] <= form["y"]


def test_a_watched_person_is_told_to_stop(chat: Chat) -> None:
    chat.log.get_by_role("button", name="Yes").click()
    expect(chat.log.locator(".safety")).to_contain_text("It is all right to stop now")
    expect(chat.log.locator(".safety .label")).to_have_text("Safety first")
    assert chat.page.evaluate("document.activeElement.shadowRoot.activeElement.textContent").endswith("Yes")


def test_a_question_gets_a_lesson_its_sources_and_the_numbers(chat: Chat) -> None:
    answer = chat.say("what are the signs of trafficking?")
    expect(answer).not_to_have_class(re.compile("safety"))
    expect(answer.locator("li").first).to_be_hidden()
    answer.get_by_text("Where this comes from").click()
    expect(answer.locator("li").first).to_be_visible()
    block = chat.log.locator("> *").last
    for number in core_numbers():
        expect(block).to_contain_text(number)
    hrefs = block.locator("a").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    assert hrefs == ["tel:911", "tel:+13407739272", "tel:+13407767867", "tel:+18883737888"]


def test_several_signs_are_a_list(chat: Chat) -> None:
    text = "Things that can be signs:\n\u2022 a debt that never ends\n\u2022 papers taken\nThey are no proof."
    answer_with(chat.page, {"text": text})
    chat.write("two signs")
    expect(chat.log.locator(".bubble ul > li")).to_have_text(["a debt that never ends", "papers taken"])
    expect(chat.log.locator(".bubble p").last).to_have_text("They are no proof.")


def test_a_button_continues_the_talk_and_leaves_no_old_buttons(chat: Chat) -> None:
    chat.say("/greet")
    chat.log.get_by_role("button", name="No").click()
    chat.blocks.nth(1).wait_for()
    expect(chat.log).to_contain_text("I can explain the signs")
    expect(chat.log.locator(".buttons")).to_have_count(1)
    expect(chat.log.locator(".mine").last).to_contain_text("No")


def test_enter_sends_and_shift_enter_does_not(chat: Chat) -> None:
    chat.box.fill("one")
    chat.box.press("Shift+Enter")
    chat.box.press_sequentially("two")
    expect(chat.box).to_have_value("one\ntwo")
    chat.box.press("Enter")
    expect(chat.log.locator(".mine")).to_contain_text("one\ntwo", use_inner_text=True)
    expect(chat.box).to_be_focused()
    expect(chat.box).to_have_value("")


def test_the_person_sees_that_an_answer_is_coming(chat: Chat) -> None:
    waiting: list[Route] = []
    chat.page.route("**/messages", lambda route: waiting.append(route))
    chat.write("hello")
    expect(chat.log.get_by_text("Conch is writing")).to_be_visible()
    chat.box.fill("a draft")
    chat.box.press("Enter")
    expect(chat.box).to_have_value("a draft")
    waiting[0].continue_()
    chat.blocks.first.wait_for()
    expect(chat.log.get_by_text("Conch is writing")).to_have_count(0)
    expect(chat.box).to_have_value("a draft")


def test_a_long_reply_is_scrolled_to_its_beginning(chat: Chat) -> None:
    answer_with(chat.page, {"text": "\n".join(f"Line {n} of a long reply." for n in range(80))}, {"text": "Call 911."})
    chat.write("hello")
    expect(chat.log.get_by_text("Line 0 of")).to_be_in_viewport()
    expect(chat.log.get_by_text("Line 79 of")).not_to_be_in_viewport()
    top = chat.log.get_by_text("Line 0 of").bounding_box()["y"]
    bar = chat.page.locator("header").bounding_box()
    assert top >= bar["y"] + bar["height"]
    expect(chat.exit).to_be_in_viewport(ratio=1)


def test_markup_stays_text_in_both_directions(chat: Chat) -> None:
    source, name = f"source {EVIL}", f"name {EVIL}"
    line = {"name": name, "number": "911", "dial": "911"}
    buttons = [{"title": EVIL, "payload": "/affirm"}, {"title": 1, "payload": {}}]
    reply = {"text": f"{EVIL} javascript:alert(1) [x](javascript:alert(1))", "buttons": buttons, "sources": [source]}
    answer_with(chat.page, reply | {"kind": EVIL, "lang": EVIL}, {"text": EVIL, "referrals": [line]})
    chat.write(EVIL)
    chat.blocks.first.wait_for()
    assert chat.log.inner_text().count(EVIL) == 4 + 1
    assert chat.page.title() == "Conch"
    assert chat.log.locator("img, script").count() == 0
    assert chat.log.locator("a[href^='javascript']").count() == 0


def test_what_a_person_writes_comes_back_as_text_from_the_real_server(chat: Chat) -> None:
    chat.say(EVIL)
    assert chat.page.title() == "Conch"
    assert chat.log.locator("img, script").count() == 0
    assert chat.complaints == []


def test_links_and_numbers_are_real(chat: Chat) -> None:
    text = (
        "See https://example.org/help. Call 1-888-373-7888, 340-773-9272 or 911; text 988, text 233733. "
        "Mail help@example.org. Not 51,667 nor 20201 nor 340-772-91111."
    )
    answer_with(chat.page, {"text": text})
    chat.write("hello")
    links = chat.log.locator(".bubble:not(.mine) a")
    expect(links.last).to_have_text("help@example.org")
    found = links.evaluate_all("links => links.map(link => link.getAttribute('href'))")[1:]
    assert found == [
        "https://example.org/help",
        "tel:+18883737888",
        "tel:+13407739272",
        "tel:911",
        "sms:988",
        "sms:233733",
        "mailto:help@example.org",
    ]
    page_link = chat.log.locator("a[href^=https]")
    assert page_link.get_attribute("rel") == "noreferrer"


def test_a_reply_in_another_language_says_so(chat: Chat) -> None:
    chat.say("ayúdame por favor, mi jefe me quitó el pasaporte y no puedo salir")
    expect(chat.log.locator("[lang=es]").last).to_be_attached()


def test_nothing_but_the_message_and_the_id_is_sent(visit: Visit) -> None:
    chat = visit()
    with chat.page.expect_request("**/messages") as sent:
        chat.say("hello")
    request = sent.value
    body = json.loads(request.post_data)
    assert set(body) == {"sender", "message"}
    assert re.fullmatch("[0-9a-f]{32}", body["sender"])
    assert "cookie" not in request.headers
    assert not request.headers.get("referer")
