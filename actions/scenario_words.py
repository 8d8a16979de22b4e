"""The messages of a practice case, as arguments of the dispatcher: which response, what fills it, which taps."""

from __future__ import annotations

from typing import Any

from actions.practice import Practice, Stage, count
from conch.questions import AT_ONCE, Retest, write_code
from conch.scenarios import LookAlike, Scenario, SignShown
from conch.signs import signs

Message = dict[str, Any]
LETTERS = "abcdef"
MOST_TAPS, MOST_WORDS = 6, 60
HINT = {"title": "Hint", "payload": "/scenario_hint"}
TAP = {"title": "Let me tap", "payload": "/scenario_choose"}
SHOW = {"title": "Show me", "payload": "/scenario_reveal"}
NEXT = {"title": "Next", "payload": "/scenario_next"}
STOP = {"title": "Stop", "payload": "/stop_scenario"}
BACK = {"title": "Back to practice", "payload": "/scenario_next"}
CASES = {"title": "Practice cases", "payload": "/start_scenario"}


def say(name: str, case: Scenario | None = None, **fills: Any) -> Message:
    """One message; with a case, its sources."""
    sources = {"metadata": {"sources": ["conch_design", *case.sources]}} if case else {}
    return {"response": f"utter_scenario_{name}", **sources, **fills}


def lettered(texts: list[str]) -> dict[str, Any]:
    """Texts as lines A, B, C with a tap for each."""
    lines = [f"{letter.upper()}. {text}" for letter, text in zip(LETTERS, texts)]
    taps = [
        {"title": letter.upper(), "payload": f'/scenario_choose{{"option": "{letter}"}}'}
        for letter in LETTERS[: len(texts)]
    ]
    return {"options": "\n".join(lines), "buttons": taps}


def case_list(cases: list[Scenario], waiting: bool) -> Message:
    """The cases by number, title and first audience; a few of them can be tapped."""
    lines = "\n".join(f"{case.number}. {case.title} ({case.audiences[0]})" for case in cases)
    back = [BACK] if waiting else []
    few = cases if len(cases) <= MOST_TAPS else []
    taps = [{"title": f"Case {case.number}", "payload": f'/start_scenario{{"scenario": "{case.id}"}}'} for case in few]
    return say("list", cases=lines, buttons=[*back, *taps])


def sign_name(sign: str) -> str:
    """A sign as a sentence begins with it."""
    name = signs().indicators[sign].name
    return name[:1].upper() + name[1:]


def found(shown: list[SignShown], left: int) -> Message:
    """The signs that an observation found."""
    words = " ".join(f"{signs().indicators[one.sign].name}. {one.feedback}" for one in shown)
    still = {0: "That is all that this part shows.", 1: "There is one more here."}.get(left, f"{left} more are here.")
    return say("found", signs=words, left=still, buttons=[HINT, NEXT] if left else [NEXT])


def tappable(practice: Practice) -> list[SignShown | LookAlike]:
    """The quoted words of a part, in the order in which they stand in it."""
    quoted = [*practice.beat.signs, *practice.beat.look_alikes]
    return sorted(quoted, key=lambda one: practice.beat.text.index(one.words))


def to_tap(practice: Practice) -> Message:
    """The quoted words of a part, to tap."""
    return say("tap", **lettered([f'"{one.words}"' for one in tappable(practice)]))


def portions(lines: list[str]) -> list[str]:
    """Lines in as few messages as a reader can take in."""
    found: list[str] = []
    for line in lines:
        if found and len(f"{found[-1]} {line}".split()) <= MOST_WORDS:
            found[-1] += f"\n{line}"
        else:
            found.append(line)
    return found


def revealed(practice: Practice) -> list[Message]:
    """Every sign of a part, then its look-alikes."""
    number = practice.place + 1
    shown = [f'- "{one.words}": {signs().indicators[one.sign].name}. {one.feedback}' for one in practice.beat.signs]
    ordinary = [f'- "{one.words}": {one.why}' for one in practice.beat.look_alikes]
    messages = [say("revealed", number=number, shown=lines) for lines in portions(shown) or ["No sign."]]
    messages += [say("ordinary", ordinary=lines) for lines in portions(ordinary)]
    messages[-1]["buttons"] = [NEXT, STOP]
    return messages


def current(practice: Practice) -> list[Message]:
    """What the learner is asked now."""
    if practice.is_asking:
        question = practice.asked[practice.place]
        asked = lettered([option.text for option in question.options])
        asked["buttons"].append({"title": "Skip", "payload": "/scenario_next"})
        return [
            say("question", number=practice.place + 1, count=len(practice.asked), question=question.text, **asked)
            | {"metadata": {"sources": ["conch_design", *question.sources]}}
        ]
    if practice.stage == Stage.BEAT:
        part = {"number": practice.place + 1, "count": len(practice.case.beats), "story": practice.beat.text.strip()}
        return [say("part", practice.case, **part, buttons=[HINT, TAP, SHOW, NEXT])]
    if practice.stage == Stage.CHOICE:
        return [say("choice", practice.case, **lettered([option.text for option in practice.case.choice]))]
    return over(practice) if practice.stage == Stage.OVER else []


def score(practice: Practice) -> Message:
    """How many signs were found, shown and wrongly named so far."""
    total = sum(len(beat.signs) for beat in practice.case.beats)
    numbers = {"found": len(practice.found), "revealed": len(practice.revealed), "alarms": len(practice.alarms)}
    return say("score", practice.case, count=total, **numbers)


def missed(practice: Practice) -> list[Message]:
    """What was not found, and where it stood."""
    lines = [
        f'- part {place}, "{shown.words}": {signs().indicators[shown.sign].name}'
        for place, beat in enumerate(practice.case.beats, 1)
        for shown in beat.signs
        if f"{place - 1}:{shown.sign}" not in practice.found
    ]
    return [say("missed", practice.case, missed=some) for some in portions(lines)]


def gain(rounds: dict[str, int | None]) -> str:
    """Right answers by round, those that were measured."""
    told = [f"{name} {right} of {AT_ONCE}" for name, right in rounds.items() if right is not None]
    return f"Questions right: {', '.join(told)}." if told else ""


def over(practice: Practice) -> list[Message]:
    """The end of a case or of a retest: what was missed, what it meant, what was gained, the code."""
    if not practice.scenario:
        now, (before, after) = count(practice.after), practice.earlier
        code = write_code(Retest(practice.seed, practice.seen, before, after))
        told = gain({"before the case": before, "after it": after, "now": now})
        return [say("retest_done", gain=told, code=code, buttons=[CASES])]
    before, after = count(practice.before), count(practice.after)
    code = write_code(Retest(practice.seed, practice.seen, before, after))
    end = say("end", tomorrow=practice.case.tomorrow, gain=gain({"before": before, "after": after}), code=code)
    debrief = say("debrief", practice.case, debrief=practice.case.debrief)
    return [score(practice), *missed(practice), debrief, end | {"buttons": [CASES]}]
