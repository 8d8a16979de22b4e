"""How soon the web chat is of use on a bad link: `python -m benchmarks.chat_on_a_bad_link`.

Opens the page in Chromium as a cheap phone on a bad link would (360x640, 400 ms latency, 50 kB/s each
way, a processor six times slower), says one thing, and leaves. Beside it, in the same run and before
the same assistant, deep-chat: the best of the libraries that could have been used.
"""

import argparse
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, Page, sync_playwright

from addons.channels.chat_page import DEFAULT_LANGUAGE, Widget
from benchmarks.chat_peer import PACKAGE, Peer, fetch_bundle
from conch.directory import Directory
from conch.settings import WEATHER
from scripts.browser import CHROMIUM, FLAGS
from tests.browser.sites import Site
from tests.e2e.referrals import core_numbers
from tests.e2e.servers import Rasa, start_actions, start_rasa

SCREEN = {"width": 360, "height": 640}
LINK = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
SLOWER = 6
MESSAGE = "what are the signs of trafficking?"
BOX = "textarea, [contenteditable=true]"
ROWS = {
    "numbers": ("numbers visible", "s"),
    "box": ("text box usable", "s"),
    "answer": ("Enter to the first answer", "s"),
    "bytes": ("page and first turn, on the wire", "bytes"),
    "requests": ("requests", ""),
    "elsewhere": ("requests to others", ""),
    "cover": ("tap on exit to the covered screen", "s"),
}
# Runs in the page before anything else, and looks at every frame whether what is waited for is drawn.
WATCH = """
  const all = (root, seek) => [...root.querySelectorAll('*')].flatMap(each => [
    ...(each.matches(seek) ? [each] : []), ...(each.shadowRoot ? all(each.shadowRoot, seek) : [])]);
  const isDrawn = each => each.checkVisibility() && each.getBoundingClientRect().height > 0;
  const text = root => [...root.querySelectorAll('*')].reduce(
    (found, each) => found + (each.shadowRoot ? text(each.shadowRoot) : ''), root.textContent ?? root.body.textContent);
  const until = (isSeen, since = 0) => new Promise((tell, fail) => {
    const look = () => {
      const took = (performance.now() - since) / 1000;
      if (isSeen()) tell(took);
      else if (took > 60) fail(Error('not seen in 60 seconds: ' + isSeen));
      else requestAnimationFrame(look);
    };
    look();
  });
  window.numbers = until(() => all(document, "a[href='tel:911']").some(isDrawn));
  window.box = until(() => all(document, '%BOX%').some(isDrawn));
  addEventListener('keydown', ({ key, timeStamp }) => {
    const count = () => text(document).split('%NUMBER%').length;
    const before = count();
    if (key === 'Enter') window.answer = until(() => count() > before, timeStamp);
  }, true);
  addEventListener('click', ({ timeStamp }) => {
    const root = document.querySelector('info-panel').shadowRoot;
    until(() => root.elementFromPoint(180, 320)?.className === 'cover', timeStamp).then(took => console.log(took));
  }, true);
"""


def visit(browser: Browser, address: str, leave: Callable[[Page], float] | None) -> dict[str, float]:
    """One visit: open, write, read, leave."""
    context = browser.new_context(viewport=SCREEN)
    try:
        page = context.new_page()
        session = context.new_cdp_session(page)
        session.send("Network.enable")
        session.send("Network.emulateNetworkConditions", LINK)
        session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        received: list[float] = []
        asked: list[str] = []
        session.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
        page.on("request", lambda request: asked.append(request.url))
        page.add_init_script(WATCH.replace("%BOX%", BOX).replace("%NUMBER%", core_numbers()[-1]))
        page.goto(address, wait_until="commit")
        found = {name: page.evaluate(name) for name in ("numbers", "box")}
        page.locator(BOX).first.fill(MESSAGE)
        page.locator(BOX).first.press("Enter")
        found["answer"] = page.evaluate("answer")
        asked = [url for url in asked if not url.startswith("data:")]
        elsewhere = sum(not url.startswith(address) and "/turn" not in url for url in asked)
        found |= {"bytes": sum(received), "requests": len(asked), "elsewhere": elsewhere}
        return found | ({"cover": leave(page)} if leave else {})
    finally:
        context.close()


def leave(page: Page) -> float:
    """Taps the way out; seconds until the screen is covered."""
    with page.expect_console_message() as said:
        page.locator("[data-exit]").click(no_wait_after=True)
    return float(said.value.text)


def table(columns: dict[str, list[dict[str, float]]]) -> str:
    """Median and worst of each measure, one chat beside the other."""
    lines = [" " * 40 + "".join(f"{name:>26}" for name in columns)]
    lines.append(" " * 40 + f"{'median':>14}{'worst':>12}" * len(columns))
    for key, (label, unit) in ROWS.items():
        line = f"{f'{label}, {unit}' if unit else label:<40}"
        for runs in columns.values():
            values = [run[key] for run in runs if key in run]
            digits = 2 if unit == "s" else 0
            shown = [f"{pick(values):,.{digits}f}" for pick in (median, max)] if values else ["none", "none"]
            line += f"{shown[0]:>14}{shown[1]:>12}"
        lines.append(line)
    return "\n".join(lines)


def measure(rasa: Rasa, runs: int, folder: Path) -> None:
    """Visits both chats in turn and prints the table."""
    numbers = Widget(WEATHER).numbers(Directory().referrals, DEFAULT_LANGUAGE)
    bundle = fetch_bundle(folder)
    peer = Peer(bundle, numbers, rasa) if bundle else None
    columns: dict[str, list[dict[str, float]]] = {"this chat": []}
    try:
        with sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            for _ in range(runs):
                address = f"http://127.0.0.1:{rasa.port}/webhooks/chat/"
                columns["this chat"].append(visit(browser, address, leave))
                if peer:
                    columns.setdefault(PACKAGE, []).append(visit(browser, peer.address, None))
            browser.close()
    finally:
        if peer:
            peer.stop()
    print(f"{SCREEN['width']}x{SCREEN['height']}, {LINK['latency']} ms, 50 kB/s, processor x{SLOWER}; {runs} runs each")
    print(table(columns))


def main() -> None:
    """Starts everything, measures, and ends everything."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=7)
    runs = parser.parse_args().runs
    weather = Site(name="127.0.0.1", delay=1.0)
    with tempfile.TemporaryDirectory() as folder:
        actions = start_actions(Path(folder) / "actions.log")
        try:
            settings = {"ACTIONS_PORT": actions.port, "CHAT_EXIT_URL": f"{weather.origin}/"}
            rasa = start_rasa(Path(folder) / "rasa.log", **settings)
            try:
                measure(rasa, runs, Path(folder))
            finally:
                rasa.stop()
        finally:
            actions.stop()
            weather.stop()


if __name__ == "__main__":
    main()
