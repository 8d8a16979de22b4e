"""Every case has a guide and a handout; the handout gives nothing away, and the numbers come from the directory."""

import re
from html import unescape
from pathlib import Path

import pytest
import textstat

from conch.contacts import CONTACTS_FILE, read_contacts
from conch.noticing import numbered
from conch.referrals import Referrals, read_referrals
from conch.scenarios import Kind, Scenario, ScenariosError, scenarios
from scripts import guides
from tests.channels.conftest import NUMBERS, names_all
from tests.test_words import FORBIDDEN

CASES = [pytest.param(case, id=name) for name, case in scenarios().items()]
HIGHEST_GRADE = 6.0
HOSTILE = '<script>alert("x")</script> & $title'


@pytest.fixture(scope="module")
def referrals() -> Referrals:
    return read_referrals(read_contacts())


def in_one_line(text: str) -> str:
    """A text as the files hold it, without line breaks."""
    return " ".join(text.split())


def words_of(page: str) -> str:
    """What a page says."""
    body = page[page.index("<body") :]
    return in_one_line(unescape(re.sub(r"<[^>]*>", "", body)))


def test_every_case_gets_both_pages_and_old_ones_go(tmp_path: Path, referrals: Referrals) -> None:
    folder = tmp_path / "guides"
    folder.mkdir()
    (folder / "gone-handout.html").write_text("old")
    (folder / "mine.txt").write_text("kept")
    guides.write_guides(folder, scenarios(), referrals)
    wanted = {f"{name}-{kind}.html" for name in scenarios() for kind in ("facilitator", "handout")}
    assert {path.name for path in folder.iterdir()} == wanted | {"mine.txt"}


@pytest.mark.parametrize("case", CASES)
def test_the_facilitators_guide_tells_everything(case: Scenario, referrals: Referrals) -> None:
    page = guides.facilitator(case, referrals)
    said = words_of(page)
    for text in (case.title, case.introduction, case.debrief, case.tomorrow, case.reviewed.isoformat()):
        assert in_one_line(text) in said
    for option in case.choice:
        assert option.text in said
        assert option.feedback in said
    for beat in case.beats:
        assert all(in_one_line(hint) in said for hint in beat.hints)
        assert all(one.feedback in said and one.answers[0] in said for one in beat.signs)
        assert all(one.why in said for one in beat.look_alikes)
        for number, one in enumerate(numbered(beat), 1):
            assert f"{one.words} [{number}]" in said
    assert names_all(said)


@pytest.mark.parametrize("case", CASES)
def test_the_handout_gives_nothing_away(case: Scenario, referrals: Referrals) -> None:
    page = guides.handout(case, referrals)
    said = words_of(page)
    answers = [case.debrief, *(option.feedback for option in case.choice)]
    for beat in case.beats:
        answers += [*beat.hints, *(one.feedback for one in beat.signs), *(one.why for one in beat.look_alikes)]
        answers += [answer for one in beat.signs for answer in one.answers]
    assert [answer for answer in answers if in_one_line(answer) in said] == []
    assert guides.KINDS[case.kind] not in said
    for beat in case.beats:  # no mark in the story shows where a sign stands
        assert f'<p class="story">{guides.escape(beat.text.strip())}</p>' in page
    assert all(option.text in said for option in case.choice)
    assert case.tomorrow in said
    assert names_all(said)


def test_a_case_of_nothing_looks_like_any_other_to_learners(referrals: Referrals) -> None:
    case = next(case for case in scenarios().values() if case.kind is Kind.NOTHING)
    said = words_of(guides.handout(case, referrals))
    assert "nothing" not in said.replace("One thing alone may be nothing.", "").replace(case.tomorrow, "").lower()


def test_numbers_come_from_the_directory(tmp_path: Path) -> None:
    changed = tmp_path / "contacts.yml"
    changed.write_text(CONTACTS_FILE.read_text("utf-8").replace(NUMBERS[1], "340-773-9273"), "utf-8")
    edited = read_referrals(read_contacts(changed))
    case = next(iter(scenarios().values()))
    for page in (guides.facilitator(case, edited), guides.handout(case, edited)):
        assert "340-773-9273" in page
        assert NUMBERS[1] not in page
    for template in guides.WORDS.iterdir():
        assert not re.search(r"\d{3}-\d{3}-\d{4}", template.read_text("utf-8"))


def test_what_a_file_says_is_text_and_no_markup(referrals: Referrals) -> None:
    case = next(case for case in scenarios().values() if case.kind is not Kind.NOTHING)
    (beat, *others) = case.beats
    sign = beat.signs[0].copy(update={"words": HOSTILE, "feedback": HOSTILE, "answers": [HOSTILE] * 3})
    look = beat.look_alikes[0].copy(update={"words": "cash <b>", "why": HOSTILE})
    update = {"text": f"{HOSTILE} then cash <b>.", "signs": [sign], "look_alikes": [look], "hints": [HOSTILE] * 2}
    texts = dict.fromkeys(("title", "introduction", "debrief", "tomorrow"), HOSTILE)
    options = [option.copy(update={"text": HOSTILE, "feedback": HOSTILE}) for option in case.choice]
    hostile = case.copy(
        update=texts | {"beats": [beat.copy(update=update), *others], "choice": options, "audiences": [HOSTILE]}
    )
    for page in (guides.facilitator(hostile, referrals), guides.handout(hostile, referrals)):
        assert "<script" not in page
        assert "cash <b>" not in page
        assert HOSTILE in words_of(page), "a dollar sign is no placeholder"


def test_a_bad_case_is_named_with_its_file(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails() -> None:
        raise ScenariosError("bar.yml: title: 9 words; shorten it to 6")

    monkeypatch.setattr(guides, "read_scenarios", fails)
    with pytest.raises(SystemExit, match=r"conch: bar\.yml: title: 9 words"):
        guides.main()


@pytest.mark.parametrize("name", ["facilitator.html", "handout.html"])
def test_the_words_around_a_case_are_plain_and_vetted(name: str) -> None:
    page = (guides.WORDS / name).read_text("utf-8")
    lines = re.sub(r"</(?:li|p|td|h[1-3])>", ".\n", page[page.index("<body") :])
    said = in_one_line(re.sub(r"<[^>]*>|\$\w+", "", lines)).replace("..", ".")
    assert textstat.flesch_kincaid_grade(said) <= HIGHEST_GRADE
    assert FORBIDDEN.search(said) is None


def test_no_page_asks_for_anything_from_elsewhere(referrals: Referrals) -> None:
    case = next(iter(scenarios().values()))
    for page in (guides.facilitator(case, referrals), guides.handout(case, referrals)):
        assert not re.search(r"<(?:link|script|img|iframe)|url\(|@import|https?:", page)


def test_the_presenter_page_and_the_guide_plan_the_same_time() -> None:
    words = (guides.ROOT / "widget" / "present" / "words.mjs").read_text("utf-8")
    assert f"parts, about {guides.MINUTES_A_PART} minutes each" in words
