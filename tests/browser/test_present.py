"""The presenter page by keyboard only: a whole case, teams, votes, faults, the counts as a file, and its size."""

import csv
import io
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from conch.noticing import numbered
from conch.scenarios import Beat, Kind, Scenario, scenarios
from tests.browser.conftest import Chat, StartRasa, Visit
from tests.browser.test_everybody import check
from tests.browser.test_faults import has_numbers
from tests.e2e.servers import Rasa

CASE = scenarios()["hotel_front_desk"]
NOTHING = next(case for case in scenarios().values() if case.kind is Kind.NOTHING)
SCREENS = [(1280, 720), (1024, 768), (1920, 1080), (360, 640)]
SMALLEST = 28.0  # pixels on a projector, to be read at 8 m
SMALL_TEXTS = """least => [...document.querySelectorAll('body *')].filter(each => {
  const own = [...each.childNodes].some(node => node.nodeType === 3 && node.data.trim());
  return own && each.checkVisibility() && parseFloat(getComputedStyle(each).fontSize) < least;
}).map(each => each.outerHTML)"""


class Room:
    """The page on a projector, and what a facilitator does by keyboard."""

    def __init__(self, chat: Chat, address: str) -> None:
        self.chat, self.page, self.keys = chat, chat.page, chat.page.keyboard
        self.page.goto(address)
        self.panel, self.alert = self.page.get_by_role("status"), self.page.get_by_role("alert")
        self.box, self.heading = self.page.get_by_label("They say:"), self.page.locator("h1")
        self.story, self.marks = self.page.locator(".story"), self.page.locator("mark")
        self.page.locator(".stage > *").first.wait_for()

    def press(self, *keys: str) -> None:
        """Presses keys one after the other."""
        for key in keys:
            self.keys.press(key)

    def say(self, text: str) -> Locator:
        """Types what a team says and waits for what the page says to it."""
        self.press("Enter")
        expect(self.box).to_be_focused()
        self.keys.type(text)
        self.press("Enter")
        expect(self.panel).not_to_contain_text("One moment")
        return self.panel

    def score(self, team: int) -> int:
        """What a team's count says."""
        shown = self.page.locator(".teams li").nth(team - 1).inner_text()
        return int(shown.removeprefix(f"Team {team}:"))

    def save(self, tmp_path: Path) -> list[dict[str, str]]:
        """Saves the counts and reads the file."""
        with self.page.expect_download() as downloading:
            self.press("s")
        assert downloading.value.suggested_filename.startswith("conch-session-")
        downloading.value.save_as(tmp_path / "session.csv")
        return list(csv.DictReader(io.StringIO((tmp_path / "session.csv").read_text("utf-8"))))


Enter = Callable[..., Room]


@pytest.fixture
def enter(visit: Visit, address: str) -> Enter:
    """Opens the presenter page on a projector, at a case if there is one."""

    def enters(case: Scenario | None = None, base: str = address, **settings: object) -> Room:
        chat = visit(None, **{"viewport": {"width": 1280, "height": 720}} | settings)
        return Room(chat, f"{base}present" + (f"/{case.id}" if case else ""))

    return enters


@pytest.fixture(scope="module")
def own_rasa(start: StartRasa) -> Iterator[Rasa]:
    """A Rasa server that a test may kill."""
    rasa = start("present_killed")
    yield rasa
    rasa.stop()


def is_lit(room: Room, beat: Beat, number: int) -> None:
    """The words of a sign or look-alike are marked with their number, within the story as it is."""
    one = numbered(beat)[number - 1]
    expect(room.marks.filter(has_text=one.words).locator("b")).to_have_text(str(number))


def test_a_whole_case_by_keyboard_with_teams_that_speak_in_their_own_words(enter: Enter, tmp_path: Path) -> None:
    room = enter()
    expect(room.heading).to_have_text("Practice cases")
    room.press("Enter")
    expect(room.page.get_by_role("heading", name=CASE.title, level=2)).to_be_visible()
    expect(room.page.locator("main")).to_contain_text(CASE.introduction.strip())
    room.press("+", "ArrowRight")
    expect(room.page.locator(".teams li")).to_have_count(3)
    expect(room.heading).to_contain_text("part 1/4")
    expect(room.story).to_have_text(CASE.beats[0].text.strip())
    expect(room.marks).to_have_count(0)
    said = "he keeps her ID card with his"
    room.press("ArrowDown")
    expect(room.say(said)).to_contain_text("Yes, Team 2: papers taken or kept.")
    is_lit(room, CASE.beats[0], 2)
    found = room.score(2)
    assert found > 0
    expect(room.box).to_have_value("")
    expect(room.say(said)).to_contain_text("Already found.")
    assert room.score(2) == found
    expect(room.say("they paid in cash")).to_contain_text("no sign by itself. Many guests pay cash")
    for beat in CASE.beats:
        room.press(*"rrrrr")
        expect(room.marks).to_have_count(len(numbered(beat)))
        expect(room.panel).to_have_text("That is all.")
        room.press("Space")
    expect(room.page.get_by_role("heading", name="What would you do?")).to_be_visible()
    room.press("a", "a", "b", "c", "Shift+C", "f")
    options = room.page.locator(".options li")
    expect(options.nth(0)).to_contain_text("2")
    expect(room.page.locator(".options")).not_to_contain_text("Right.")
    for at, option in enumerate(CASE.choice):
        room.press("r")
        expect(room.panel).to_contain_text(option.feedback)
        expect(options.nth(at)).to_contain_text("Right." if option.is_right else "Better not.")
    room.press("PageDown")
    expect(room.page.locator(".stage")).to_contain_text(CASE.debrief.strip())
    room.press("ArrowRight", "ArrowRight")
    expect(room.page.locator(".stage")).to_contain_text(CASE.tomorrow)
    rows = room.save(tmp_path)
    signs = [row for row in rows if row["kind"] == "sign"]
    wanted = {(str(part), one.sign) for part, beat in enumerate(CASE.beats, 1) for one in beat.signs}
    assert sorted((row["part"], row["item"]) for row in signs) == sorted(wanted)
    assert sum(row["result"] == "found" and row["team"] == "Team 2" for row in signs) == found
    assert {row["team"] for row in signs if row["result"] == "shown"} == {""}
    assert [(row["team"], row["result"]) for row in rows if row["item"] == "cash"] == [("Team 2", "named")]
    votes = {row["item"]: row["count"] for row in rows if row["result"] == "voted"}
    assert votes == {"A call": "2", "B notice": "1"}
    assert said not in (tmp_path / "session.csv").read_text("utf-8")
    assert room.chat.complaints == []


def test_a_case_of_nothing_shows_that_nothing_was_there(enter: Enter) -> None:
    room = enter(NOTHING)
    for beat in NOTHING.beats:
        room.press("ArrowRight", "1")
        expect(room.panel).to_contain_text(beat.look_alikes[0].why)
        is_lit(room, beat, 1)
    assert room.score(1) == 0


def test_hints_timer_undo_and_the_list(enter: Enter) -> None:
    room = enter(CASE)
    room.press("ArrowRight", "h")
    expect(room.panel).to_have_text(CASE.beats[0].hints[0])
    room.press("h", "h")
    expect(room.panel).to_have_text(CASE.beats[0].hints[1])
    room.press("1")
    assert room.score(1) == 1
    room.press("u")
    assert room.score(1) == 0
    expect(room.marks).to_have_count(0)
    timer = room.page.get_by_role("timer")
    room.press("t")
    expect(timer).to_contain_text(":")
    room.press("t")
    expect(timer).to_have_text("")
    room.press("?")
    expect(room.page.get_by_role("dialog")).to_contain_text("reveal the next thing")
    room.press("1", "?")
    expect(room.page.get_by_role("dialog")).to_be_hidden()
    assert room.score(1) == 0
    room.press("l", "ArrowDown", "Enter")
    expect(room.heading).to_have_text(list(scenarios().values())[1].title)
    room.press("ArrowLeft")
    expect(room.heading).to_have_text("Practice cases")


def test_words_in_the_box_are_no_commands(enter: Enter) -> None:
    room = enter(CASE)
    room.press("ArrowRight", "Enter", "r", "1", "l", "Space")
    expect(room.box).to_have_value("r1l ")
    expect(room.marks).to_have_count(0)
    room.press("ArrowDown")
    expect(room.page.locator("[aria-current]")).to_contain_text("Team 2")
    room.press("Escape", "1")
    assert room.score(2) == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("help he is outside my door with a knife", "If this is real, not the story: call 911 now."),
        ("i want to kill myself", "call or text 988 now"),
        ("he is watching my screen i cannot talk", "it is all right to stop now. In danger, call 911."),
    ],
)
def test_what_may_be_real_gets_the_numbers_at_once(enter: Enter, text: str, said: str) -> None:
    room = enter(CASE)
    room.press("ArrowRight")
    room.say(text)
    expect(room.alert).to_contain_text(said)
    has_numbers(room.alert)
    expect(room.alert).to_be_in_viewport(ratio=0.9)
    room.press("Escape")
    expect(room.alert).to_be_empty()


def test_what_may_be_real_is_neither_judged_nor_counted(enter: Enter) -> None:
    room = enter(CASE)
    room.press("ArrowRight")
    expect(room.say("help he is outside my door with a knife")).to_be_empty()
    room.press("s")
    expect(room.panel).to_have_text("There is nothing to save yet.")


def play_by_number(room: Room, tmp_path: Path) -> None:
    """A case to its end with nothing but the keys: every sign for the first team."""
    total = 0
    for beat in CASE.beats:
        for number in range(1, len(beat.signs) + 1):
            room.press(str(number))
            is_lit(room, beat, number)
        total += len(beat.signs)
        assert room.score(1) == total
        room.press("ArrowRight")
    room.press("a", "r", "ArrowRight", "ArrowRight")
    expect(room.page.locator(".stage")).to_contain_text(CASE.tomorrow)
    rows = room.save(tmp_path)
    assert sum(row["result"] == "found" for row in rows) == total


def test_a_server_that_is_killed_costs_nothing(enter: Enter, own_rasa: Rasa, tmp_path: Path) -> None:
    room = enter(CASE, base=f"http://127.0.0.1:{own_rasa.port}/webhooks/chat/")
    room.press("ArrowRight")
    os.killpg(own_rasa.process.pid, signal.SIGKILL)
    own_rasa.process.wait(10)
    expect(room.say("she never gets to speak")).to_contain_text("Mark what the team found by its number")
    expect(room.box).to_have_value("she never gets to speak")
    expect(room.box).not_to_be_focused()
    has_numbers(room.page.locator("aside"))
    play_by_number(room, tmp_path)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"status": 429, "body": "{}"}, "That was a lot at once"),
        ({"status": 503, "body": '{"error": "x"}'}, "No answer came"),
        ({"status": 200, "body": "<html>"}, "No answer came"),
        ({"status": 200, "body": "null"}, "No answer came"),
        ({"status": 200, "body": '{"found": "all"}'}, "No answer came"),
    ],
)
def test_an_answer_that_is_none_is_said(enter: Enter, answer: dict, said: str) -> None:
    room = enter(CASE)
    room.press("ArrowRight")
    room.page.route("**/present/notice", lambda route: route.fulfill(**answer))
    expect(room.say("he keeps her ID card with his")).to_contain_text(said)
    room.page.unroute_all()
    room.press("Enter", "Enter")
    expect(room.panel).to_contain_text("papers taken or kept")


def test_an_answer_that_comes_late_counts_for_its_own_part_and_team(enter: Enter) -> None:
    room = enter(CASE)
    room.press("ArrowRight")
    held = []
    room.page.route("**/present/notice", lambda route: held.append(route))
    room.press("Enter")
    room.keys.type("he keeps her ID card with his")
    room.press("Enter", "ArrowRight", "ArrowDown")
    expect(room.heading).to_contain_text("part 2/4")
    sign = CASE.beats[0].signs[1].sign
    held[0].fulfill(json={"found": [sign], "look_alike": None, "alarm": None, "real": None})
    expect(room.page.locator(".teams li").first).to_have_text("Team 1: 1")
    expect(room.panel).to_be_empty()
    room.press("ArrowLeft")
    is_lit(room, CASE.beats[0], 2)


def test_without_scripts_the_numbers_stand(visit: Visit, address: str) -> None:
    chat = visit(None, java_script_enabled=False)
    chat.page.goto(f"{address}present/{CASE.id}")
    has_numbers(chat.page.locator("aside"))
    expect(chat.page.locator("main")).to_contain_text("the guide on paper has it all")


def walk(room: Room) -> Iterator[str]:
    """Every kind of step, with as much on it as there can be."""
    yield "list"
    room.press("?")
    yield "keys"
    room.press("Escape", "Enter", "+", "+", "+", "+")
    yield "introduction"
    room.press("ArrowRight", "t")
    room.say("he keeps her ID card with his")
    yield "found"
    room.press("r")
    yield "look-alike"
    room.say("help he is outside my door with a knife")
    yield "real"
    room.press(*["ArrowRight"] * len(CASE.beats), "a", "r")
    yield "choice"
    room.press("ArrowRight")
    yield "debrief"
    room.press("ArrowRight", "s")
    yield "tomorrow"


@pytest.mark.parametrize(("width", "height"), SCREENS)
def test_no_violation_and_nothing_too_small_at_any_step(enter: Enter, width: int, height: int) -> None:
    room = enter(viewport={"width": width, "height": height})
    for step in walk(room):
        check(room.page, step)
        has_numbers(room.page.locator("aside"))
        if width > 1000:
            assert room.page.evaluate(SMALL_TEXTS, SMALLEST) == [], step


@pytest.mark.parametrize("case", [pytest.param(case, id=name) for name, case in scenarios().items()])
def test_story_feedback_teams_and_numbers_fit_on_one_screen(enter: Enter, case: Scenario) -> None:
    room = enter(case)
    for beat in case.beats:
        room.press("ArrowRight")
        for number in range(1, len(numbered(beat)) + 1):
            room.press(str(number))
            is_lit(room, beat, number)
            for part in (room.story, room.panel, room.page.locator(".teams"), room.page.locator("aside .numbers")):
                expect(part).to_be_in_viewport(ratio=0.99)


def test_nothing_is_stored_and_nobody_else_is_asked(enter: Enter, address: str) -> None:
    room = enter(CASE)
    room.press("ArrowRight")
    room.say("he keeps her ID card with his")
    stored = room.page.evaluate(
        """async () => [
          document.cookie, localStorage.length, sessionStorage.length, (await indexedDB.databases()).length,
          (await caches.keys()).length, (await navigator.serviceWorker.getRegistrations()).length,
        ]"""
    )
    assert stored == ["", 0, 0, 0, 0, 0]
    assert room.page.context.cookies() == []
    assert all(url.startswith(address) for url in room.chat.requests), room.chat.requests
    assert room.chat.complaints == []


def test_leaving_with_counts_that_are_not_saved_is_asked_about(enter: Enter, tmp_path: Path) -> None:
    room = enter(CASE)
    asked: list[str] = []

    def answer(page: Page = room.page) -> None:
        page.once("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
        page.close(run_before_unload=True)
        page.wait_for_timeout(500)

    room.press("ArrowRight", "1")
    answer()
    assert asked == ["beforeunload"]
    assert room.score(1) == 1
    assert len(room.save(tmp_path)) == 1
