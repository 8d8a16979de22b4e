"""Makes pictures of the presenter page's steps; `python -m scripts.pictures` takes them with its own."""

from pathlib import Path

from playwright.sync_api import Browser, Page

SCREENS = {
    "projector": {"viewport": {"width": 1280, "height": 720}},
    "projector-4-3": {"viewport": {"width": 1024, "height": 768}},
    "projector-hd": {"viewport": {"width": 1920, "height": 1080}},
    "present-phone": {"viewport": {"width": 360, "height": 640}, "device_scale_factor": 2},
}


def notice(page: Page, text: str) -> None:
    """Types what a team says and waits for what it finds."""
    page.keyboard.press("Enter")
    page.keyboard.type(text)
    page.keyboard.press("Enter")
    page.get_by_text("One moment").wait_for(state="detached")


def take(browser: Browser, address: str, folder: Path) -> None:
    """Plays a case on every screen."""
    for screen, settings in SCREENS.items():
        context = browser.new_context(**settings)
        page = context.new_page()

        def picture(state: str, page: Page = page, screen: str = screen) -> None:
            page.screenshot(path=folder / f"{screen}-{state}.png")

        page.goto(address)
        page.locator(".cases").wait_for()
        picture("1-list")
        page.keyboard.press("?")
        picture("2-keys")
        page.keyboard.press("Escape")
        page.goto(f"{address}/hotel_front_desk")
        page.get_by_text("parts, about").wait_for()
        picture("3-introduction")
        page.keyboard.press("ArrowRight")
        for key in ("+", "+", "t", "Shift+T"):
            page.keyboard.press(key)
        picture("4-part")
        notice(page, "he keeps her ID card with his")
        picture("5-found")
        page.keyboard.press("r")
        picture("6-revealed")
        page.route("**/notice", lambda route: route.fulfill(status=503))
        page.keyboard.press("ArrowRight")
        notice(page, "men come and he takes the money")
        picture("7-no-answer")
        page.keyboard.press("1")
        page.keyboard.press("r")
        picture("8-by-number")
        page.unroute("**/notice")
        notice(page, "help, he is at my door with a knife")
        picture("9-real")
        for _ in range(3):
            page.keyboard.press("ArrowRight")
        for key in "aaab":
            page.keyboard.press(key)
        page.keyboard.press("r")
        picture("a-choice")
        page.keyboard.press("ArrowRight")
        picture("b-debrief")
        page.keyboard.press("ArrowRight")
        picture("c-tomorrow")
        context.close()
