"""What an observation on a part of a practice case is worth; the chat and the presenter page weigh it alike."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from conch.scenarios import Beat, LookAlike, SignShown

CREDIT_AT = 0.2  # a sign that the part shows: the story itself speaks for it
ALARM_AT = 0.6  # a sign that it does not show must be unmistakable before it counts against the learner
WORD = re.compile(r"[a-z']{4,}")
QUOTED = 0.6  # share of a look-alike's words that an observation repeats when it is about them


@dataclass(frozen=True)
class Credit:
    """What an observation is worth: signs found, a look-alike, or a sign that does not stand there."""

    found: list[SignShown]
    look_alike: LookAlike | None = None
    alarm: str | None = None


def is_about(observation: str, words: str) -> bool:
    """Whether an observation repeats the words of a look-alike."""
    quoted = set(WORD.findall(words.lower()))
    return bool(quoted) and len(quoted & set(WORD.findall(observation.lower()))) >= QUOTED * len(quoted)


def weigh(beat: Beat, probabilities: Mapping[str, float], observation: str) -> Credit:
    """Weighs an observation on a part by what the assistant's own understanding makes of it.

    probabilities: of each sign, 0 to 1, as `sign_probabilities` of a parsed message.
    """

    def likely(shown: SignShown) -> bool:
        near = max((probabilities.get(sign, 0.0) for sign in shown.also), default=0.0)
        return probabilities.get(shown.sign, 0.0) >= CREDIT_AT or near >= ALARM_AT

    shown = [shown for shown in beat.signs if likely(shown)]
    if shown:
        return Credit(shown)
    sure = [sign for sign, probability in probabilities.items() if probability >= ALARM_AT]
    named = max(sure, key=lambda sign: probabilities[sign], default=None)
    for look_alike in beat.look_alikes:
        if (named and look_alike.looks_like == named) or is_about(observation, look_alike.words):
            return Credit([], look_alike, named)
    return Credit([], None, named)


def numbered(beat: Beat) -> list[SignShown | LookAlike]:
    """What a part holds, in the order in which the presenter page and the facilitator's guide number it from 1."""
    return [*beat.signs, *beat.look_alikes]
