"""Whether words tell of the writer's own life, and not of a story that somebody learns from."""

from __future__ import annotations

import re

# "I see that ..." is a learner looking at the story; "I" anywhere else is a person telling.
LOOKING = re.compile(
    r"\b(?:i|we)(?:'d|'ll)?\s+(?:(?:also|can|could|would|will|just)\s+)*"
    r"(?:see|saw|notice|noticed|think|guess|believe|feel|say|spot|spotted|hear|wonder|bet|call|tell|ask|find|pick)\b"
    r"|^\W*(?:to|for) (?:me|us)\b"
    r"|\b(?:it|that|this|what|which) (?:tells|strikes|bothers|worries) (?:me|us)\b"
    r"|\b(?:(?:looks?|seems?|sounds?|feels?)(?: \w+){0,3}|signs?|odd|strange|suspicious|weird|clear) "
    r"(?:to|for) (?:me|us)\b"
    r"|\b(?:my|our) (?:guess|answer|view|opinion|first thought)\b",
    re.IGNORECASE,
)
FIRST_PERSON = re.compile(r"\b(?:i|i'?m|i'?ve|me|my|mine|myself|we|us|our)\b", re.IGNORECASE)
SOMEBODY_KNOWN = re.compile(
    r"\b(?:my|our) (?:own |little |older |younger |best |ex |step)?-?"
    r"(?:friend|sister|brother|daughter|son|child|kid|niece|nephew|cousin|aunt|uncle|mother|mom|father|dad|wife|husband|"
    r"boyfriend|girlfriend|partner|neighbou?r|roommate|co-?worker|boss|employer|student|patient|client|guest|tenant)"
    r"|\b(?:i|we) (?:know|knew|met|work with|live with) (?:an?|some|someone|somebody|one|two)\b"
    r"|\b(?:woman|girl|lady|man|boy|guy|child|kid|family|one|people|person|someone|somebody) "
    r"(?:that |who |whom )?(?:i|we) (?:know|knew|met|work with|live with)\b"
    r"|\bwhere (?:i|we) (?:live|work|stay)\b"
    r"|\bnext (?:door )?to (?:me|mine|us|ours|my|our)\b"
    r"|\b(?:at|in|on) (?:my|our) (?:own )?(?:job|work|workplace|place|house|home|building|street|church|school)\b",
    re.IGNORECASE,
)


def is_of_own_life(text: str, teller: str | None) -> bool:
    """Whether a message tells of the writer, or of somebody whom the writer knows.

    teller: self, other or general, as the understanding finds it; None where it finds none.
    """
    rest = LOOKING.sub(" ", text)
    return bool(SOMEBODY_KNOWN.search(rest)) or (teller in (None, "self") and bool(FIRST_PERSON.search(rest)))
