"""The real directory, and a channel that remembers what it sent and fails when told to."""

from collections.abc import Container
from typing import Any

import pytest
from rasa.core.channels.channel import OutputChannel

from conch.directory import Directory

NUMBERS = ("911", "340-773-9272", "340-776-7867", "1-888-373-7888")


def names_all(text: str) -> bool:
    """Whether a text names 911 and the three hotlines."""
    return all(number in text for number in NUMBERS)


class Recorder(OutputChannel):
    """Remembers what was sent; the sends whose number is in `fails_at` raise."""

    def __init__(self, fails_at: Container[int] = ()) -> None:
        self.sent: list[dict[str, Any]] = []
        self.fails_at = fails_at
        self.attempts = 0

    @classmethod
    def name(cls) -> str:
        """A channel's name."""
        return "recorder"

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Keeps a message, or fails."""
        self.attempts += 1
        if self.attempts in self.fails_at:
            raise ConnectionError("the network is gone")
        self.sent.append(message)

    @property
    def texts(self) -> list[str]:
        """What people read, in order."""
        return [message.get("text", "") for message in self.sent]


@pytest.fixture(scope="session")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Directory:
    """The directory that the project ships."""
    return Directory(last_good=tmp_path_factory.mktemp("last_good"))
