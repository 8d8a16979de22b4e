"""What a practice case asks people to type: the words on its buttons, and the code of a retest."""

import re

COMMANDS = {
    "practice": "start_scenario",
    "practice cases": "start_scenario",
    "let me tap": "scenario_choose",
    "hint": "scenario_hint",
    "show me": "scenario_reveal",
    "next": "scenario_next",
    "skip": "scenario_next",
    "resume": "scenario_next",
    "back to practice": "scenario_next",
    "score": "scenario_score",
}
# Obeyed before anything is understood: a code's letters are drawn by chance and mean nothing.
RETEST = re.compile(r"(?:retest\W+\w{3}[- ]?\w{4}|(?:my )?code(?: is)?\W+\w{3}-\w{4})", re.IGNORECASE)


def command_of(text: str) -> str | None:
    """The intent of a message that is nothing but such words."""
    words = text.strip(" \t\n.!?\"'")
    return "start_scenario" if RETEST.fullmatch(words) else COMMANDS.get(words.lower())
