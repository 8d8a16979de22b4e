"""Writes a facilitator's guide and a handout for each practice case, to print: `python -m scripts.guides`.

The words around the cases are in content/guides/.
"""

from __future__ import annotations

import sys
from functools import lru_cache
from html import escape
from pathlib import Path
from string import Template

from addons.channels.chat_replies import citation
from conch.contacts import read_contacts
from conch.noticing import numbered
from conch.referrals import Referrals, read_referrals
from conch.scenarios import Beat, Kind, LookAlike, Option, Scenario, SignShown, read_scenarios
from conch.settings import ROOT
from conch.signs import signs
from conch.sources import read_sources

WORDS, FOLDER = ROOT / "content" / "guides", ROOT / "guides"
MINUTES_A_PART, MINUTES_BEFORE, MINUTES_AFTER = 3, 2, 5
SAFETY_SOURCES = ["askllp_2026", "legalclarity_report", "watc_communicate", "cpafa_support", "childwelfare_2023"]
KINDS = {
    Kind.SEX_TRAFFICKING: "a story of sex trafficking",
    Kind.FORCED_LABOR: "a story of forced labor",
    Kind.BOTH: "a story of sex trafficking and forced labor",
    Kind.NOTHING: "a story that turns out to be nothing",
}
LETTERS = "ABCDEF"
MOST_EXAMPLES = 2  # of what a team may say
WRITING_LINE = '<div class="write"></div>'
WRITING_LINES = 13  # on the first page, over all parts


def item(*parts: str) -> str:
    """A line of a list."""
    return f"<li>{''.join(parts)}</li>"


def marked(beat: Beat) -> str:
    """A part's text with its signs and look-alikes marked and numbered."""
    text, pieces, end = beat.text.strip(), [], 0
    for number, one in sorted(enumerate(numbered(beat), 1), key=lambda pair: text.index(pair[1].words)):
        start = text.index(one.words)
        if start < end:  # inside of another one's words
            continue
        tag = "b" if isinstance(one, SignShown) else "i"
        pieces.append(f"{escape(text[end:start])}<{tag}>{escape(one.words)}</{tag}> [{number}]")
        end = start + len(one.words)
    return "".join(pieces) + escape(text[end:])


def explained(number: int, one: SignShown | LookAlike) -> str:
    """A sign with how a team may put it, or why something is none."""
    if isinstance(one, LookAlike):
        words = one.words.replace('"', "")
        told = f"\u201c{escape(words)}\u201d is no sign by itself. {escape(one.why)}"
    else:
        name = signs().indicators[one.sign].name
        examples = "\u201d or \u201c".join(escape(answer) for answer in one.answers[:MOST_EXAMPLES])
        told = f"<b>{escape(name.capitalize())}</b>: {escape(one.feedback)} A team may say: \u201c{examples}\u201d."
    return item(f'<b class="number">{number}</b> ', told)


def part_with_answers(number: int, beat: Beat) -> str:
    """A part for the facilitator."""
    found = "".join(explained(at, one) for at, one in enumerate(numbered(beat), 1))
    hints = " ".join(escape(hint) for hint in beat.hints)
    none = "" if beat.signs else "<p>This part shows no sign.</p>"
    return (
        f'<h3>Part {number}</h3>\n<p class="story keep">{marked(beat)}</p>\n{none}'
        f'<ul class="found">{found}</ul>\n<p class="small"><b>Hints:</b> {hints}</p>'
    )


def part_to_read(number: int, beat: Beat, lines: int) -> str:
    """A part for learners, with lines to write on."""
    return (
        f'<section><h2 class="part">Part {number}. What do you notice?</h2>\n'
        f'<p class="story">{escape(beat.text.strip())}</p>\n{WRITING_LINE * lines}</section>'
    )


def answered(letter: str, option: Option) -> str:
    """An option with its feedback."""
    verdict = "Right." if option.is_right else "Better not."
    return item(f"<b>{letter}. {escape(option.text)}.</b> {verdict} {escape(option.feedback)}")


def sign_list() -> str:
    """Every sign there is, by what signs of a kind have in common."""
    groups = []
    for means, kind in signs().means.items():
        names = "".join(item(escape(sign.name)) for sign in signs().indicators.values() if sign.means == means)
        groups.append(f"<div><p>{escape(kind.name.capitalize())}</p><ul>{names}</ul></div>")
    return "".join(groups)


def numbers(referrals: Referrals) -> str:
    """The referral block."""
    lines = referrals.lines()
    return "".join(item(f"{escape(line.name)}: <strong>{escape(line.number)}</strong>") for line in lines)


every_source = lru_cache(maxsize=1)(read_sources)


def cited(ids: list[str]) -> str:
    """Sources in words."""
    return "; ".join(escape(citation(every_source()[name])) for name in ids)


def fill(name: str, case: Scenario, referrals: Referrals, **fills: object) -> str:
    """One of the templates with what both pages have."""
    plain = {"title": case.title, "introduction": case.introduction.strip(), "tomorrow": case.tomorrow.strip()}
    plain["heading"] = referrals.words["en"].heading.rstrip(":")
    style = (WORDS / "print.css").read_text("utf-8")
    shared = {key: escape(text) for key, text in plain.items()} | {"style": style, "numbers": numbers(referrals)}
    return Template((WORDS / name).read_text("utf-8")).substitute(shared | fills)


def facilitator(case: Scenario, referrals: Referrals) -> str:
    """The guide for whoever leads the session: answers, safety, sources."""
    reading = MINUTES_A_PART * len(case.beats)
    return fill(
        "facilitator.html",
        case,
        referrals,
        number=case.number,
        audiences=escape(", ".join(case.audiences)),
        kind=KINDS[case.kind],
        parts=len(case.beats),
        reading=reading,
        whole=MINUTES_BEFORE + reading + MINUTES_AFTER,
        story="\n".join(part_with_answers(number, beat) for number, beat in enumerate(case.beats, 1)),
        choice="".join(answered(letter, option) for letter, option in zip(LETTERS, case.choice)),
        debrief=escape(case.debrief.strip()),
        sources=cited(case.sources),
        safety_sources=cited(SAFETY_SOURCES),
        reviewed=case.reviewed.isoformat(),
    )


def handout(case: Scenario, referrals: Referrals) -> str:
    """The pages for learners: the story with room to write, and no answers."""
    lines = WRITING_LINES // len(case.beats)
    return fill(
        "handout.html",
        case,
        referrals,
        story="\n".join(part_to_read(number, beat, lines) for number, beat in enumerate(case.beats, 1)),
        choice="".join(item(f"&#9744; {escape(option.text)}") for option in case.choice),
        signs=sign_list(),
    )


def write_guides(folder: Path, cases: dict[str, Scenario], referrals: Referrals) -> list[Path]:
    """Writes both pages of every case; pages of cases that are gone are removed."""
    folder.mkdir(exist_ok=True)
    for old in (*folder.glob("*-facilitator.html"), *folder.glob("*-handout.html")):
        old.unlink()
    written = []
    for name, case in cases.items():
        for kind, page in (("facilitator", facilitator), ("handout", handout)):
            written.append(folder / f"{name}-{kind}.html")
            written[-1].write_text(page(case, referrals), "utf-8")
    return written


def main() -> None:
    """Writes the guides, or says which content is at fault."""
    try:
        written = write_guides(FOLDER, read_scenarios(), read_referrals(read_contacts()))
    except (ValueError, KeyError, OSError) as error:
        sys.exit(f"conch: {error}")
    print(f"conch: {len(written)} pages in {FOLDER.relative_to(ROOT)}/; open one in a browser and print it")


if __name__ == "__main__":
    main()
