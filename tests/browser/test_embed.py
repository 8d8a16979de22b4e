"""On other sites: the tag and the frame as scripts/embed.py prints them, under a host's own policy."""

from playwright.sync_api import expect

from scripts.embed import snippets
from tests.browser.conftest import Visit
from tests.browser.sites import Site
from tests.browser.test_faults import has_numbers
from tests.e2e.servers import Rasa, free_port

HEAD = "<!doctype html><html lang=en><title>Host</title><h1>Host</h1>"


def both(port: int) -> tuple[str, str]:
    """The tag's page and the frame's page."""
    tag, frame = snippets(f"http://127.0.0.1:{port}").split("<!-- Or")
    return HEAD + tag, HEAD + "<!-- Or" + frame


def test_the_tag_works_under_a_strict_policy(visit: Visit, rasa: Rasa, host: Site) -> None:
    site = f"http://127.0.0.1:{rasa.port}"
    policy = f"default-src 'none'; script-src {site}; connect-src {site}; require-trusted-types-for 'script'"
    host.headers["Content-Security-Policy"] = f"{policy}; trusted-types 'none'"
    host.pages["/"] = both(rasa.port)[0]
    chat = visit(f"{host.origin}/")
    chat.say("/ask_signs")
    has_numbers(chat.page.locator("info-panel > .numbers"))
    has_numbers(chat.blocks.last)
    chat.page.wait_for_timeout(200)
    assert [said for said in chat.complaints if "favicon" not in said] == []


def test_the_one_line_tag_brings_the_numbers_itself(visit: Visit, rasa: Rasa, host: Site) -> None:
    host.pages["/"] = f"{HEAD}<script src='http://127.0.0.1:{rasa.port}/webhooks/chat/w.js' async></script>"
    chat = visit(f"{host.origin}/")
    has_numbers(chat.page.locator("info-panel .numbers"))
    expect(chat.exit).to_be_in_viewport(ratio=1)


def test_a_site_that_is_not_named_gets_the_numbers_and_no_talk(visit: Visit, rasa: Rasa, weather: Site) -> None:
    weather.pages["/host"] = both(rasa.port)[0]
    chat = visit(f"{weather.origin}/host")
    chat.write("hello")
    has_numbers(chat.notice)


def test_the_frame_works_in_its_sandbox(visit: Visit, rasa: Rasa, host: Site) -> None:
    host.pages["/"] = both(rasa.port)[1]
    chat = visit(None)
    chat.page.goto(f"{host.origin}/")
    inside = chat.page.frame_locator("iframe")
    inside.locator("textarea").fill("/ask_signs")
    inside.locator("textarea").press("Enter")
    has_numbers(inside.locator(".log .numbers"))
    has_numbers(chat.page.locator("body > .numbers"))


def test_a_frame_on_a_site_that_is_not_named_stays_empty(visit: Visit, rasa: Rasa, weather: Site) -> None:
    weather.pages["/host"] = both(rasa.port)[1]
    chat = visit(None)
    chat.page.goto(f"{weather.origin}/host")
    chat.page.wait_for_timeout(500)
    expect(chat.page.frame_locator("iframe").locator("textarea")).to_have_count(0)
    has_numbers(chat.page.locator("body > .numbers"))


def test_with_the_server_gone_the_hosts_page_keeps_the_numbers(visit: Visit, host: Site) -> None:
    for page in both(free_port()):
        host.pages["/"] = page
        chat = visit(None)
        chat.page.goto(f"{host.origin}/")
        has_numbers(chat.page.locator("body"))
