"""From probabilities to what the assistant takes a message to say; safety outranks the rest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from addons.nlu.examples import PERSPECTIVES, SIGN_INTENT, has_perspective
from addons.nlu.recogniser import Reading
from addons.nlu.safety_phrases import SAFETY_INTENTS, SafetyPhrase

OUT_OF_SCOPE = "out_of_scope"
SIGN_AT = 0.2  # a sign counts from here on; this and the next two were read off tests/nlu_held_out/develop.jsonl
IN_CLAUSE_AT = 0.7  # or from here on in a clause by itself ...
HINTED_AT = 0.01  # ... if the whole message does not speak against it
SAFETY_AT = 0.2  # a safety intent outranks the rest from here on: a miss costs more than an alarm
PRACTICE_AT = 0.9  # "help" alone is no request for a hint; within a practice actions/scenario_answers.py asks for less
PRACTICE_STEPS = ("scenario_hint", "scenario_reveal", "scenario_next", "scenario_score", "stop_scenario")
TURNING_AWAY = (OUT_OF_SCOPE, "harmful_request")  # answers that send a person away
SURELY_AWAY = 0.75  # from here on they stand; below, a sign outranks them from TOLD_AT on, or in a clause by itself ...
TOLD_AT, TOLD_IN_CLAUSE_AT = 0.3, 0.9  # ... from there: "he keeps my passport, what can I do" is no refusal's business
SURE_SIGN_AT = 0.6  # from here on a sign speaks against a message being out of scope
LIKELY_AT = 0.1  # signs from here on are told to a practice case, which knows what its story shows
WORDS_AT = 0.35  # a word piece belongs to the explanation from this share of the strongest one


Part = tuple[int, str, Reading]  # where a clause begins, its words, and what the network makes of it
ReadClauses = Callable[[], list[Part]]


@dataclass(frozen=True)
class Sign:
    """A sign and the words that carry it: [start, end) in characters."""

    id: str
    confidence: float
    start: int
    end: int


@dataclass(frozen=True)
class Decision:
    """One intent with all of their probabilities, every sign, who tells, and how likely each sign is at all."""

    intent: str
    confidence: float
    ranking: dict[str, float]
    signs: list[Sign]
    perspective: str | None
    probabilities: dict[str, float]


def explain(reading: Reading, column: int, text: str) -> tuple[int, int]:
    """The stretch of whole words around the piece that speaks most for a sign."""
    inside = reading.offsets[:, 1] > reading.offsets[:, 0]
    carried = np.where(inside, reading.carried[:, column], -np.inf)
    if not inside.any():
        return 0, len(text)
    first = last = int(carried.argmax())
    least = carried[first] * WORDS_AT
    while first > 0 and carried[first - 1] >= least:
        first -= 1
    while last + 1 < len(carried) and carried[last + 1] >= least:
        last += 1
    start, end = int(reading.offsets[first, 0]), int(reading.offsets[last, 1])
    while start > 0 and text[start - 1].isalnum():
        start -= 1
    while end < len(text) and text[end].isalnum():
        end += 1
    return start, end


def choose_intent(ranking: dict[str, float], phrase: SafetyPhrase | None) -> str:
    """The safety intents by phrase or by probability, then the likeliest group and its best id."""
    safety = {intent: ranking.get(intent, 0.0) for intent in SAFETY_INTENTS}
    likeliest = max(safety, key=lambda intent: safety[intent])
    if phrase is not None:
        return likeliest if safety[likeliest] > 0.5 else phrase.intent
    if safety[likeliest] >= SAFETY_AT:
        return likeliest
    of_signs = {intent: p for intent, p in ranking.items() if intent.startswith(SIGN_INTENT)}
    others = {
        intent: p
        for intent, p in ranking.items()
        if intent not in of_signs and intent not in safety and (intent not in PRACTICE_STEPS or p >= PRACTICE_AT)
    }
    best = max(others, key=lambda intent: others[intent])
    if sum(of_signs.values()) > others[best]:
        return max(of_signs, key=lambda intent: of_signs[intent])
    return best


def doubt_innocence(reading: Reading) -> dict[str, float]:
    """The intents' probabilities, out of scope made as unlikely as a sure sign is likely."""
    strongest = max(reading.signs.values(), default=0.0)
    if strongest < SURE_SIGN_AT:
        return reading.intents
    return reading.intents | {OUT_OF_SCOPE: reading.intents.get(OUT_OF_SCOPE, 0.0) * (1.0 - strongest)}


def signs_in_clauses(hinted: set[str], parts: list[Part]) -> dict[str, Sign]:
    """The signs of single clauses that the whole message hints at, each where it is likeliest."""
    found: dict[str, Sign] = {}
    for start, words, part in parts:
        for column, (sign, p) in enumerate(part.signs.items()):
            is_told = sign in hinted and p >= IN_CLAUSE_AT
            if is_told and (sign not in found or p > found[sign].confidence):
                first, last = explain(part, column, words)
                found[sign] = Sign(sign, p, start + first, start + last)
    return found


def told_signs(reading: Reading, parts: list[Part]) -> dict[str, float]:
    """The signs that speak against turning a message away, in the message or in one of its clauses."""
    told = {sign: p for sign, p in reading.signs.items() if p >= TOLD_AT}
    for name, sign in signs_in_clauses(set(reading.signs), parts).items():
        if sign.confidence >= TOLD_IN_CLAUSE_AT:
            told[name] = max(told.get(name, 0.0), sign.confidence)
    return told


def decide(reading: Reading, phrase: SafetyPhrase | None, text: str, read_clauses: ReadClauses = list) -> Decision:
    """Makes intent, signs and perspective agree with each other.

    read_clauses: reads each clause of the message by itself; asked only where that can find one more sign,
    since it takes longer than all the rest.
    """
    intent = choose_intent(doubt_innocence(reading), phrase)
    found = {sign: p for sign, p in reading.signs.items() if p >= SIGN_AT}
    parts = None
    if intent in TURNING_AWAY and reading.intents[intent] < SURELY_AWAY:
        parts = read_clauses()
        told = told_signs(reading, parts)
        found |= told
        intent = SIGN_INTENT + max(told, key=lambda sign: told[sign]) if told else intent
    if intent.startswith(SIGN_INTENT):
        if not found:
            found[intent.removeprefix(SIGN_INTENT)] = reading.intents[intent]
        # Surer than the choice among all intents, in which the signs of one message compete.
        intent = SIGN_INTENT + max(found, key=lambda sign: found[sign])
    is_telling = has_perspective(intent) or intent in SAFETY_INTENTS
    found = found if is_telling else {}
    hinted = {sign for sign, p in reading.signs.items() if p >= HINTED_AT} - found.keys() if is_telling else set()
    columns = list(reading.signs)
    signs = [Sign(sign, p, *explain(reading, columns.index(sign), text)) for sign, p in found.items()]
    if hinted:
        signs += signs_in_clauses(hinted, read_clauses() if parts is None else parts).values()
    signs.sort(key=lambda sign: -sign.confidence)
    teller = PERSPECTIVES[int(reading.perspective.argmax())] if has_perspective(intent) else None
    confidence = 1.0 if phrase is not None else reading.intents.get(intent, 0.0)
    # A sign that is merely named ("blackmail") often shows in the intent alone.
    either = {sign: max(p, reading.intents.get(SIGN_INTENT + sign, 0.0)) for sign, p in reading.signs.items()}
    likely = {sign: round(p, 3) for sign, p in either.items() if p >= LIKELY_AT}
    return Decision(intent, confidence, reading.intents, signs, teller, likely)
