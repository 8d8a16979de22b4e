"""Makes pictures of the web chat's main states, into pictures/: `python -m scripts.pictures`."""

import os
import socket
import sys
from dataclasses import replace
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from conch.settings import ROOT, Settings
from scripts import pictures_of_presenter
from scripts.browser import CHROMIUM, FLAGS
from scripts.run import Process, answers, say, wait_for

FOLDER = ROOT / "pictures"
SCREENS = {
    "phone": {"viewport": {"width": 360, "height": 640}, "device_scale_factor": 2},
    "phone-dark": {"viewport": {"width": 360, "height": 640}, "device_scale_factor": 2, "color_scheme": "dark"},
    "small-320": {"viewport": {"width": 320, "height": 568}},
    "contrast": {"viewport": {"width": 360, "height": 640}, "forced_colors": "active"},
    "kiosk": {"viewport": {"width": 1080, "height": 1920}},
    "desk": {"viewport": {"width": 1280, "height": 800}},
}


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def write(page: Page, text: str) -> None:
    """Sends a message and waits until its answer, or what is said instead of one, is there."""
    page.locator("textarea").fill(text)
    page.locator("textarea").press("Enter")
    page.get_by_text("Conch is writing").wait_for(state="detached")
    page.wait_for_timeout(200)


def take(browser: Browser, address: str, screen: str, folder: Path) -> None:
    """Walks through the main states on one screen."""
    context = browser.new_context(**SCREENS[screen])
    page = context.new_page()

    def picture(state: str) -> None:
        page.screenshot(path=folder / f"{screen}-{state}.png")

    page.goto(address)
    page.locator("textarea").wait_for()
    picture("1-opening")
    write(page, "what are the signs of trafficking?")
    picture("2-lesson")
    page.locator("summary").last.click()
    picture("3-sources")
    write(page, "/immediate_danger")
    picture("4-safety")
    write(page, "/ask_contacts")
    picture("5-contacts")
    page.evaluate("scrollTo(0, 1e6)")
    picture("6-end")
    page.route("**/messages", lambda route: route.fulfill(status=500))
    write(page, "are you there?")
    picture("7-error")
    context.set_offline(True)
    page.wait_for_timeout(200)
    picture("8-offline")
    context.close()


def main() -> int:
    """Starts both servers on free ports and takes all pictures."""
    port, actions_port = free_port(), free_port()
    os.environ["ACTIONS_PORT"] = str(actions_port)
    settings = replace(Settings.from_environment(), port=port, actions_port=actions_port)
    FOLDER.mkdir(exist_ok=True)
    servers: list[Process] = []
    try:
        servers.append(Process(["-m", "rasa_sdk", "--actions", "actions", "--port", str(actions_port)], settings))
        servers.append(Process(["-m", "addons.server"], settings))
        site = f"http://127.0.0.1:{port}/webhooks"
        wait_for("action server", lambda: answers(f"http://127.0.0.1:{actions_port}/health"), servers[0])
        wait_for("Rasa server", lambda: answers(f"{site}/rest/ready"), servers[1])
        with sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            for screen in SCREENS:
                take(browser, f"{site}/chat/", screen, FOLDER)
            pictures_of_presenter.take(browser, f"{site}/chat/present", FOLDER)
            browser.close()
        say(f"{len(list(FOLDER.glob('*.png')))} pictures in {FOLDER.relative_to(ROOT)}/")
        return 0
    finally:
        for server in reversed(servers):
            server.stop()


if __name__ == "__main__":
    sys.exit(main())
