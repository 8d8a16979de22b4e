"""What the Messenger channel needs from the environment (docs/messenger.md)."""

import os
import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from conch.settings import SettingsError

SECRETS = ("MESSENGER_VERIFY_TOKEN", "MESSENGER_APP_SECRET", "MESSENGER_PAGE_TOKEN", "MESSENGER_ID_KEY")
GRAPH_URL, GRAPH_VERSION = "https://graph.facebook.com", "v26.0"
SHORTEST_KEY = 32  # characters; page-scoped ids are short numbers, so a weak key could be found by trying
HUMAN_MINUTES = 30
MOST_HUMAN_MINUTES = 24 * 60
LOOPBACK = ("127.0.0.1", "::1", "localhost")


def safe_url(name: str, default: str = "") -> str:
    """Reads an address that is encrypted or stays on this machine."""
    value = (os.environ.get(name) or default).rstrip("/")
    try:
        parts = urlsplit(value)
        is_safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
    except ValueError:
        is_safe = False
    if value and not (is_safe and parts.hostname):
        raise SettingsError(f"{name}={value!r}: must be an https:// address, or http:// on this machine")
    return value


def human_minutes() -> int:
    """Reads for how long the assistant is silent after a person from the Page has answered."""
    value = os.environ.get("MESSENGER_HUMAN_MINUTES") or str(HUMAN_MINUTES)
    if not value.isascii() or not value.isdigit() or not 0 < int(value) <= MOST_HUMAN_MINUTES:
        raise SettingsError(f"MESSENGER_HUMAN_MINUTES={value!r}: must be minutes from 1 to {MOST_HUMAN_MINUTES}")
    return int(value)


def graph_version() -> str:
    """Reads the version of Meta's Graph API."""
    value = os.environ.get("MESSENGER_GRAPH_VERSION") or GRAPH_VERSION
    if not re.fullmatch(r"v[0-9]{1,3}\.[0-9]", value):
        raise SettingsError(f"MESSENGER_GRAPH_VERSION={value!r}: must look like {GRAPH_VERSION}")
    return value


@dataclass(frozen=True)
class MessengerSettings:
    """The secrets, which are never printed, and what may be left to its default."""

    verify_token: str = field(repr=False)
    app_secret: str = field(repr=False)
    page_token: str = field(repr=False)
    id_key: str = field(repr=False)
    graph_url: str = GRAPH_URL
    graph_version: str = GRAPH_VERSION
    app_id: str = ""
    chat_url: str = ""
    human_minutes: int = HUMAN_MINUTES

    @classmethod
    def from_environment(cls) -> "MessengerSettings | None":
        """Reads all MESSENGER_ variables; None if no secret is set, an error if only some are."""
        secrets = [os.environ.get(name, "").strip() for name in SECRETS]
        if not any(secrets):
            return None
        missing = [name for name, value in zip(SECRETS, secrets) if not value]
        if missing:
            raise SettingsError(
                f"{', '.join(missing)}: not set, while other Messenger secrets are. "
                f"Set all of {', '.join(SECRETS)} to open the channel, or none of them to leave it off"
            )
        if len(secrets[-1]) < SHORTEST_KEY:
            raise SettingsError(f"MESSENGER_ID_KEY: must have at least {SHORTEST_KEY} characters: openssl rand -hex 32")
        app_id = os.environ.get("MESSENGER_APP_ID", "").strip()
        if not re.fullmatch(r"[0-9]*", app_id, re.ASCII):
            raise SettingsError(f"MESSENGER_APP_ID={app_id!r}: must be the number that the app dashboard shows")
        return cls(
            *secrets,
            graph_url=safe_url("MESSENGER_GRAPH_URL", GRAPH_URL),
            graph_version=graph_version(),
            app_id=app_id,
            chat_url=safe_url("MESSENGER_CHAT_URL"),
            human_minutes=human_minutes(),
        )
