"""The guides on paper: Letter size, few pages, and nothing cut off."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from conch.contacts import read_contacts
from conch.referrals import read_referrals
from conch.scenarios import scenarios
from scripts.guides import write_guides
from tests.browser.test_everybody import check

MOST_PAGES = {"facilitator": 4, "handout": 2}
INSIDE = 682  # pixels between the margins of a Letter page, 7.1 inches
LETTER = rb"/MediaBox \[0 0 612 792\]"
CUT = """() => [...document.querySelectorAll('body, body *')].filter(each =>
  getComputedStyle(each).overflow !== 'visible' || each.scrollWidth > each.clientWidth + 1 && each.clientWidth
).map(each => each.outerHTML.slice(0, 200))"""
SMALLEST = """() => Math.min(...[...document.querySelectorAll('body *')].filter(each => each.textContent.trim())
  .map(each => parseFloat(getComputedStyle(each).fontSize)))"""
PAGES = [f"{name}-{kind}" for name in scenarios() for kind in MOST_PAGES]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("written") / "guides"
    write_guides(folder, scenarios(), read_referrals(read_contacts()))
    return folder


@pytest.fixture(scope="module")
def sheet(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": INSIDE, "height": 900})
    page.emulate_media(media="print")
    yield page
    page.close()


@pytest.mark.parametrize("name", PAGES)
def test_a_guide_prints_on_few_pages_with_nothing_cut(sheet: Page, folder: Path, name: str) -> None:
    sheet.goto((folder / f"{name}.html").as_uri())
    assert sheet.evaluate(CUT) == []
    assert sheet.evaluate(SMALLEST) >= 10 * 96 / 72 - 0.01  # 10 points
    pdf = sheet.pdf(prefer_css_page_size=True)
    pages = len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf))
    assert 1 <= pages <= MOST_PAGES[name.rsplit("-", 1)[1]]
    assert len(re.findall(LETTER, pdf)) == pages


@pytest.mark.parametrize("name", [name for name in PAGES if name.startswith("hotel_front_desk")])
@pytest.mark.parametrize("width", [360, 1280])
def test_a_guide_can_be_read_on_a_screen(sheet: Page, folder: Path, name: str, width: int) -> None:
    sheet.emulate_media(media="screen")
    sheet.set_viewport_size({"width": width, "height": 800})
    sheet.goto((folder / f"{name}.html").as_uri())
    check(sheet, name)
    sheet.set_viewport_size({"width": INSIDE, "height": 900})
    sheet.emulate_media(media="print")
