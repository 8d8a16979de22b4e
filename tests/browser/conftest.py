"""The assistant, a headless Chromium and a phone's page; each is started once and always ended."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Playwright, sync_playwright

from scripts.browser import CHROMIUM, FLAGS
from tests.browser.sites import Site
from tests.e2e.servers import Rasa, Server, start_actions, start_rasa

HERE = Path(__file__).parent
PHONE = {"width": 360, "height": 640}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks every test of this folder."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


@dataclass
class Chat:
    """A page with the chat on it, and what a person does there."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        self.page.on("request", lambda request: self.requests.append(request.url))

    @property
    def box(self) -> Locator:
        """The text box."""
        return self.page.locator("textarea")

    @property
    def log(self) -> Locator:
        """The conversation."""
        return self.page.get_by_role("log")

    @property
    def blocks(self) -> Locator:
        """The referral blocks within the conversation."""
        return self.log.locator(".numbers")

    @property
    def notice(self) -> Locator:
        """What is said about a fault."""
        return self.log.locator(".notice")

    @property
    def exit(self) -> Locator:
        """The way out."""
        return self.page.locator("[data-exit]")

    def open(self, address: str) -> "Chat":
        """Opens a page and waits until one can write."""
        self.page.goto(address)
        self.box.wait_for()
        return self

    def write(self, text: str) -> None:
        """Writes a message and sends it with Enter."""
        self.box.fill(text)
        self.box.press("Enter")

    def say(self, text: str) -> Locator:
        """Writes a message, waits for the answer and returns its last bubble."""
        answers = self.log.locator(".bubble:not(.mine)")
        before = answers.count()
        self.write(text)
        answers.nth(before).wait_for()
        return answers.last


@pytest.fixture(scope="session")
def weather() -> Iterator[Site]:
    """The neutral site that exit leads to."""
    site = Site(name="127.0.0.1")
    yield site
    site.stop()


@pytest.fixture(scope="session")
def host() -> Iterator[Site]:
    """A site that may embed the chat; another origin than the chat's."""
    site = Site(name="localhost")
    yield site
    site.stop()


@pytest.fixture(autouse=True)
def fresh_sites(weather: Site, host: Site) -> None:
    """Each test begins with empty sites."""
    weather.reset()
    host.reset()


@pytest.fixture(scope="session")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the servers' output goes."""
    return tmp_path_factory.mktemp("logs")


@pytest.fixture(scope="session")
def actions(logs: Path) -> Iterator[Server]:
    """The action server."""
    server = start_actions(logs / "actions.log")
    yield server
    server.stop()


StartRasa = Callable[..., Rasa]


@pytest.fixture(scope="session")
def start(logs: Path, weather: Site, host: Site, actions: Server) -> StartRasa:
    """Starts a Rasa server that knows the sites; it also tells which conversations it holds."""

    def starts(name: str = "rasa", **environment: Any) -> Rasa:
        settings = {
            "CHAT_EXIT_URL": f"{weather.origin}/",
            "CHAT_ORIGINS": host.origin,
            "CHAT_FRAME_ANCESTORS": host.origin,
            "ACTIONS_PORT": actions.port,
        }
        return start_rasa(logs / f"{name}.log", module="tests.browser.watched_server", **settings | environment)

    return starts


@pytest.fixture(scope="session")
def rasa(start: StartRasa) -> Iterator[Rasa]:
    """The Rasa server in fair weather."""
    server = start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def address(rasa: Rasa) -> str:
    """The page's address."""
    return f"http://127.0.0.1:{rasa.port}/webhooks/chat/"


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """The driver."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Debian's Chromium, without a window."""
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
    yield browser
    browser.close()


Visit = Callable[..., Chat]


@pytest.fixture
def visit(browser: Browser, address: str) -> Iterator[Visit]:
    """Opens the chat on a phone, with the settings of a browser context if there are any."""
    contexts: list[BrowserContext] = []

    def visits(where: str | None = address, **settings: Any) -> Chat:
        context = browser.new_context(**{"viewport": PHONE} | settings)
        context.set_default_timeout(15000)
        contexts.append(context)
        chat = Chat(context.new_page())
        return chat.open(where) if where else chat

    yield visits
    for context in contexts:
        context.close()


@pytest.fixture
def chat(visit: Visit) -> Chat:
    """The chat on a phone."""
    return visit()
