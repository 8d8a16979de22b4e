"""Words that a practice case shows on its buttons, so that typing one does what tapping it does."""

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


def command_of(text: str) -> str | None:
    """The intent of a message that is nothing but such words."""
    return COMMANDS.get(text.strip(" \t\n.!?\"'").lower())
