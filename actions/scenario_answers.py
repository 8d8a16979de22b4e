"""What a learner writes or taps within a practice case, and how it is taken."""

from __future__ import annotations

import re

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet

from actions import scenario_words as words
from actions.practice import Credit, Practice, Stage, credit
from actions.scenario_words import LETTERS, Message, say
from actions.scenarios import (
    ActionScenarioHint,
    ActionScenarioNext,
    ActionScenarioReveal,
    ActionScenarioScore,
    ActionStopScenario,
    PracticeAction,
    Turn,
    ask_again,
    entity_of,
    go_on,
    show_list,
    start,
    text_of,
)
from actions.telling import for_real, is_for_real, tells_signs
from conch.scenarios import SignShown, find_scenarios

LETTER = re.compile(
    r"(?:(?:i|i'd|say|pick|choose|take|go|with|its|it's|option|answer|letter)\s+)*([a-f1-6])\W*", re.IGNORECASE
)
STEP_AT = 0.5  # inside a practice a step needs no more; outside, see PRACTICE_AT in addons/nlu/decision.py
STEPS: dict[str, type[PracticeAction]] = {
    "scenario_hint": ActionScenarioHint,
    "scenario_reveal": ActionScenarioReveal,
    "scenario_next": ActionScenarioNext,
    "scenario_score": ActionScenarioScore,
    "stop_scenario": ActionStopScenario,
}


def letter_of(tracker: Tracker) -> str | None:
    """The option that was tapped or written as a letter or number."""
    tapped = entity_of(tracker, "option")
    if tapped:
        return tapped
    written = LETTER.fullmatch(text_of(tracker).strip())
    if written is None:
        return None
    letter = written[1].lower()
    return LETTERS[int(letter) - 1] if letter.isdigit() else letter


def sign_probabilities(tracker: Tracker) -> dict[str, float]:
    """How likely the understanding holds each sign to be in the message."""
    told = tracker.latest_message.get("sign_probabilities")
    return told if isinstance(told, dict) else {}


def step_of(tracker: Tracker) -> type[PracticeAction] | None:
    """A step of the practice that the understanding would hold for likely if it knew of the practice."""
    ranking = tracker.latest_message.get("intent_ranking") or []
    likely = [one["name"] for one in ranking if one.get("confidence", 0) >= STEP_AT]
    return next((STEPS[name] for name in likely if name in STEPS), None)


def choose_case(practice: Practice, tracker: Tracker) -> Turn:
    """Starts the case that the words name, or lists those that they may mean."""
    named = find_scenarios(text_of(tracker))
    if len(named) == 1:
        return start(named[0], practice)
    return show_list(named, practice) if named else ask_again(practice)


class ActionScenarioChoose(PracticeAction):
    """Takes an option: a case of the list, an answer to a question, what one would do, or quoted words."""

    def name(self) -> str:
        """The name in domain.yml."""
        return "action_scenario_choose"

    def turn(self, practice: Practice, tracker: Tracker) -> Turn:
        """Takes the option for what is asked now."""
        if practice.is_choosing:
            return choose_case(practice, tracker)
        letter = letter_of(tracker)
        if practice.is_asking:
            return self.answer(practice, letter)
        if practice.stage == Stage.CHOICE:
            return self.decide(practice, letter)
        return self.tap(practice, letter)

    def answer(self, practice: Practice, letter: str | None) -> Turn:
        """Takes the answer to a question; before the story nothing is told of it, so that it measures."""
        question = practice.asked[practice.place]
        if letter is None or LETTERS.index(letter) >= len(question.options):
            return ask_again(practice)
        is_right = LETTERS.index(letter) == question.right
        verdict = "Right." if is_right else f"Better: {question.options[question.right].text}."
        told = say("answered", verdict=verdict, why=question.why)
        if practice.stage == Stage.BEFORE:
            told = say("noted")
        practice.keep_answer(is_right)
        practice.forward()
        return go_on([told, *words.current(practice)], practice)

    def decide(self, practice: Practice, letter: str | None) -> Turn:
        """Takes what the learner would do; a wrong choice may be made again."""
        options = practice.case.choice
        if letter is None or LETTERS.index(letter) >= len(options):
            return ask_again(practice)
        option = options[LETTERS.index(letter)]
        practice.chosen = practice.chosen or option.does.value
        verdict = "Right." if option.is_right else "Better not."
        messages = [say("chosen", practice.case, verdict=verdict, feedback=option.feedback)]
        if not option.is_right:
            return go_on([*messages, *words.current(practice)], practice)
        practice.forward()
        return go_on([*messages, *words.current(practice)], practice)

    def tap(self, practice: Practice, letter: str | None) -> Turn:
        """Offers the quoted words of a part, or takes one of them."""
        quoted = words.tappable(practice)
        if letter is None or LETTERS.index(letter) >= len(quoted):
            return go_on([words.to_tap(practice)], practice)
        chosen = quoted[LETTERS.index(letter)]
        if isinstance(chosen, SignShown):
            return found(practice, [chosen])
        practice.alarms.append(f"{practice.place}:{chosen.words}")
        return go_on([say("look_alike", why=chosen.why, buttons=[words.HINT, words.NEXT])], practice)


def found(practice: Practice, shown: list[SignShown]) -> Turn:
    """Credits signs, each once; one that was shown before is not found any more."""
    for one in shown:
        key = f"{practice.place}:{one.sign}"
        if key not in (*practice.found, *practice.revealed):
            practice.found.append(key)
    return go_on([words.found(shown, len(practice.left()))], practice)


class ActionScenarioAnswer(PracticeAction):
    """Takes what a learner says of the story, unless it is a step of the practice or no practice at all."""

    def name(self) -> str:
        """The name in domain.yml."""
        return "action_scenario_answer"

    def turn(self, practice: Practice, tracker: Tracker) -> Turn:
        """Leaves for real, obeys a step, takes a letter, or weighs the observation."""
        weighed = credit(practice, sign_probabilities(tracker), text_of(tracker))
        if is_for_real(tracker, bool(weighed.found)) or (practice.is_choosing and tells_signs(tracker)):
            return [*for_real(tracker), say("left", buttons=[words.BACK])], [SlotSet("practising", False)]
        if practice.is_choosing or practice.stage != Stage.BEAT or letter_of(tracker):
            step = step_of(tracker) or ActionScenarioChoose
            return step().turn(practice, tracker)
        if weighed.found:
            return found(practice, weighed.found)
        step = step_of(tracker)
        if step is not None:
            return step().turn(practice, tracker)
        if weighed.alarm or weighed.look_alike:
            practice.alarms.append(f"{practice.place}:{weighed.alarm or weighed.look_alike.words}")
        return go_on([self.feedback(weighed)], practice)

    @staticmethod
    def feedback(weighed: Credit) -> Message:
        """What is said to an observation that found nothing."""
        buttons = [words.HINT, words.SHOW, words.NEXT]
        if weighed.look_alike:
            return say("look_alike", why=weighed.look_alike.why, buttons=buttons)
        if weighed.alarm:
            return say("not_here", sign=words.sign_name(weighed.alarm), buttons=buttons)
        return say("not_found", buttons=buttons)
