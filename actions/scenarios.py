"""Practice cases: start one, go on, get a hint, see the answer or the score, stop."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import scenario_words as words
from actions.practice import Practice, Stage
from actions.scenario_words import Message, say
from conch.questions import Retest, draw, questions, read_code
from conch.scenarios import Scenario, find_scenarios, scenarios

CODE = re.compile(r"\b[0-9a-z]{3}[- ]?[0-9a-z]{4}\b", re.IGNORECASE)
RETEST = re.compile(r"\b(?:retest|code)\b", re.IGNORECASE)
Turn = tuple[list[Message], list[dict[str, Any]]]

# Both are read while the server starts: within a turn, that could outlast its deadline.
scenarios()
questions()


def text_of(tracker: Tracker) -> str:
    """What was written; a tap has no words."""
    text = tracker.latest_message.get("text") or ""
    return "" if text.startswith("/") else text


def entity_of(tracker: Tracker, name: str) -> str | None:
    """The value that a tap brought."""
    return next(tracker.get_latest_entity_values(name), None)


def go_on(messages: list[Message], practice: Practice) -> Turn:
    """Says messages and stays in the practice, unless it is over."""
    is_on, practice.is_listing = practice.stage != Stage.OVER, False
    return messages, [SlotSet("practice", practice.slot() if is_on else None), SlotSet("practising", is_on)]


class PracticeAction(Action, ABC):
    """An action that turns the practice so far into messages and a new practice."""

    @abstractmethod
    def turn(self, practice: Practice, tracker: Tracker) -> Turn:
        """What is said, and the events."""

    def without(self, tracker: Tracker) -> Turn:
        """What is said when no case is open."""
        return [say("none")], [SlotSet("practising", False)]

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        """Takes one turn."""
        practice = Practice.of(tracker.get_slot("practice"))
        messages, events = self.without(tracker) if practice is None else self.turn(practice, tracker)
        for message in messages:
            dispatcher.utter_message(**message)
        # A rule with the condition `practising` no longer applies once an action has changed that slot.
        return [*events, FollowupAction("action_listen")]


def start(case: Scenario, earlier: Practice | None) -> Turn:
    """Begins a case; whoever played before gets questions not yet seen."""
    practice = Practice(Stage.BEFORE.value, case.id)
    if earlier:
        practice.seed, practice.seen = earlier.seed, earlier.seen + len(earlier.asked) * earlier.is_asking
    if len(draw(practice.seed, practice.seen)) == 0:
        practice.stage = Stage.BEAT.value
    opening = say("start", case, title=case.title, introduction=case.introduction.strip(), parts=len(case.beats))
    return go_on([opening, *words.current(practice)], practice)


def start_retest(code: str) -> Turn | None:
    """Begins a retest with questions that this learner has not seen."""
    retest: Retest | None = read_code(code)
    if retest is None:
        return None
    practice = Practice(Stage.RETEST.value, seed=retest.seed, seen=retest.seen, earlier=[retest.before, retest.after])
    if not practice.asked:
        return [say("all_seen", buttons=[words.CASES])], []
    return go_on([say("retest"), *words.current(practice)], practice)


def show_list(cases: list[Scenario], practice: Practice | None) -> Turn:
    """Lists cases; one that waits can still be taken up again."""
    waits = practice is not None and practice.stage != Stage.LIST
    kept = practice if waits else Practice()
    kept.is_listing = waits
    return [words.case_list(cases, waits)], [SlotSet("practice", kept.slot()), SlotSet("practising", True)]


def ask_again(practice: Practice) -> Turn:
    """Says what kind of answer is wanted, and asks again."""
    if practice.is_choosing:
        return [say("which_case", buttons=[words.CASES])], [SlotSet("practising", True)]
    return go_on([say("which"), *words.current(practice)], practice)


class ActionStartScenario(PracticeAction):
    """Lists the cases, or starts the one that is named, or a retest by its code."""

    def name(self) -> str:
        """The name in domain.yml."""
        return "action_start_scenario"

    def turn(self, practice: Practice | None, tracker: Tracker) -> Turn:
        """Starts or lists."""
        text = text_of(tracker)
        tapped = scenarios().get(entity_of(tracker, "scenario") or "")
        if tapped:
            return start(tapped, practice)
        codes = [found.group() for found in CODE.finditer(text)]
        retests = [begun for begun in map(start_retest, codes) if begun]
        if retests:
            return retests[0]
        if RETEST.search(text):
            return [say("no_code", buttons=[words.CASES])], []
        named = find_scenarios(text)
        if len(named) == 1:
            return start(named[0], practice)
        return show_list(named or list(scenarios().values()), practice)

    def without(self, tracker: Tracker) -> Turn:
        """A first case is started the same way."""
        return self.turn(None, tracker)


class ActionScenarioNext(PracticeAction):
    """Goes on; from a practice that waits, back to where it stood."""

    def name(self) -> str:
        """The name in domain.yml."""
        return "action_scenario_next"

    def turn(self, practice: Practice, tracker: Tracker) -> Turn:
        """Shows the next part, question or step."""
        if practice.stage == Stage.LIST:
            return ask_again(practice)
        if tracker.get_slot("practising") and not practice.is_listing:
            if practice.is_asking:
                practice.keep_answer(None)
            practice.forward()
        return go_on(words.current(practice), practice)


class ActionScenarioHint(PracticeAction):
    """Gives the gentle hint, then the plain one, then words to tap."""

    def name(self) -> str:
        """The name in domain.yml."""
        return "action_scenario_hint"

    def turn(self, practice: Practice, tracker: Tracker) -> Turn:
        """Says the next hint of this part."""
        if practice.stage != Stage.BEAT:
            return ask_again(practice)
        practice.hints += 1
        if practice.hints > len(practice.beat.hints):
            return go_on([words.to_tap(practice)], practice)
        hint = practice.beat.hints[practice.hints - 1]
        return go_on([say("hint", hint=hint, buttons=[words.HINT, words.SHOW, words.NEXT])], practice)


class ActionScenarioReveal(PracticeAction):
    """Shows what a part holds; signs that are shown do not count as found."""

    def name(self) -> str:
        """The name in domain.yml."""
        return "action_scenario_reveal"

    def turn(self, practice: Practice, tracker: Tracker) -> Turn:
        """Shows this part's signs and look-alikes."""
        if practice.stage != Stage.BEAT:
            return ask_again(practice)
        practice.revealed += [f"{practice.place}:{shown.sign}" for shown in practice.left()]
        return go_on(words.revealed(practice), practice)


class ActionScenarioScore(PracticeAction):
    """Tells the score so far."""

    def name(self) -> str:
        """The name in domain.yml."""
        return "action_scenario_score"

    def turn(self, practice: Practice, tracker: Tracker) -> Turn:
        """Says how many signs were found."""
        if not practice.scenario:
            return self.without(tracker)
        return go_on([words.score(practice) | {"buttons": [words.BACK, words.STOP]}], practice)


class ActionStopScenario(PracticeAction):
    """Leaves the practice; it waits as long as the conversation is remembered."""

    def name(self) -> str:
        """The name in domain.yml."""
        return "action_stop_scenario"

    def turn(self, practice: Practice, tracker: Tracker) -> Turn:
        """Stops."""
        return [say("stopped", buttons=[words.BACK, words.CASES])], [SlotSet("practising", False)]
