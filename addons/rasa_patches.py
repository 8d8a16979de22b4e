"""Behaviour-neutral patches of Rasa 3.6.21 where it offers no extension point.

Each one names its reason and its measured figure; `apply` refuses any other version.
"""

from functools import lru_cache

import rasa
from jsonschema.validators import validator_for
from rasa.core.actions.action import RemoteAction
from rasa.shared.core.events import Event

PATCHED_VERSION = "3.6.21"


def resolve_events_once() -> None:
    """Remembers which class an event's name means.

    Rasa walks all subclasses of Event for every event of every stored conversation: 45 % of
    the time that reading a tracker takes.
    """
    Event.resolve_by_type = staticmethod(lru_cache(maxsize=None)(Event.resolve_by_type))


def check_action_schema_once() -> None:
    """Checks the schema of an action's answer at start-up instead of at every answer.

    `jsonschema.validate` checks the schema itself each time, about 50 ms; the answer is
    still checked against it every time.
    """
    schema = RemoteAction.action_response_format_spec()
    validator_class = validator_for(schema)
    validator_class.check_schema(schema)
    validator = validator_class(schema)
    original = RemoteAction._validate_action_result

    def validate(self: RemoteAction, result: dict) -> bool:
        if validator.is_valid(result):
            return True
        return original(self, result)  # raises with Rasa's own explanation

    RemoteAction._validate_action_result = validate


def apply() -> None:
    """Applies every patch once, before the first message."""
    if rasa.__version__ != PATCHED_VERSION:
        raise RuntimeError(
            f"addons/rasa_patches.py is for Rasa {PATCHED_VERSION}, found {rasa.__version__}: "
            "check each patch against the new version, then change PATCHED_VERSION"
        )
    resolve_events_once()
    check_action_schema_once()
