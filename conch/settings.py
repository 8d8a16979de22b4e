"""What deployers set: environment variables, each with a safe default (README, Settings)."""

import logging
import os
import re
import traceback
import warnings
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WEATHER = "https://www.weather.gov/sju/"  # the islands' forecast office: shows nothing personal
SITE = re.compile(r"https://[a-z0-9.-]+(?::[0-9]+)?|http://(?:localhost|127\.0\.0\.1)(?::[0-9]+)?")
ADDRESS = re.compile(rf"(?:{SITE.pattern})/[^\s\"'<>\\]*")


class SettingsError(ValueError):
    """An environment variable that cannot be used; the message names it and the remedy."""


def port_from(name: str, default: int) -> int:
    """Reads a port number."""
    value = os.environ.get(name) or str(default)
    if not re.fullmatch("[0-9]{1,5}", value) or not 0 < int(value) < 65536:
        raise SettingsError(f"{name}={value!r}: must be a port number from 1 to 65535")
    return int(value)


def sites_from(name: str) -> tuple[str, ...]:
    """Reads exact origins, separated by spaces or commas."""
    sites = tuple(os.environ.get(name, "").replace(",", " ").split())
    for site in sites:
        if not SITE.fullmatch(site):
            raise SettingsError(f"{name}: {site!r} must be an origin like https://www.example.org, without path or *")
    return sites


@dataclass(frozen=True)
class ChatSettings:
    """Which sites may use the web chat, where its exit leads, and how many proxies stand before it."""

    origins: tuple[str, ...]
    frame_ancestors: tuple[str, ...]
    exit_url: str
    proxies: int

    @classmethod
    def from_environment(cls) -> "ChatSettings":
        """Reads CHAT_ORIGINS, CHAT_FRAME_ANCESTORS, CHAT_EXIT_URL and CHAT_PROXIES."""
        exit_url = os.environ.get("CHAT_EXIT_URL", "") or WEATHER
        if not ADDRESS.fullmatch(exit_url):
            raise SettingsError(f"CHAT_EXIT_URL={exit_url!r}: must be an address like {WEATHER}")
        proxies = os.environ.get("CHAT_PROXIES", "") or "0"
        if not re.fullmatch("[0-9]", proxies):
            raise SettingsError(f"CHAT_PROXIES={proxies!r}: must be how many proxies add X-Forwarded-For, 0 to 9")
        return cls(sites_from("CHAT_ORIGINS"), sites_from("CHAT_FRAME_ANCESTORS"), exit_url, int(proxies))


@dataclass(frozen=True)
class Settings:
    """Where the two servers listen and what they load."""

    host: str
    port: int
    actions_port: int
    model: Path
    credentials: Path
    endpoints: Path
    log_level: str
    chat: ChatSettings
    production: bool = False

    @classmethod
    def from_environment(cls, production: bool = False) -> "Settings":
        """Reads HOST, PORT, ACTIONS_PORT, MODEL, CREDENTIALS, ENDPOINTS and LOG_LEVEL."""
        level = (os.environ.get("LOG_LEVEL") or "WARNING").upper()
        if level not in ("INFO", "WARNING", "ERROR", "CRITICAL"):
            # DEBUG would print what people write.
            raise SettingsError(f"LOG_LEVEL={level!r}: must be INFO, WARNING, ERROR or CRITICAL")
        port, actions_port = port_from("PORT", 5005), port_from("ACTIONS_PORT", 5055)
        if port == actions_port:
            raise SettingsError(f"PORT and ACTIONS_PORT are both {port}: give each server its own")
        os.environ["ACTIONS_PORT"] = str(actions_port)  # endpoints.yml reads it
        return cls(
            host=os.environ.get("HOST") or "127.0.0.1",
            port=port,
            actions_port=actions_port,
            model=Path(os.environ.get("MODEL") or ROOT / "models"),
            credentials=Path(os.environ.get("CREDENTIALS") or ROOT / "credentials.yml"),
            endpoints=Path(os.environ.get("ENDPOINTS") or ROOT / "endpoints.yml"),
            log_level=level,
            chat=ChatSettings.from_environment(),
            production=production,
        )


def quiet_logs(level: str) -> None:
    """Sets up logs that never hold what a person wrote: no local variables, no warnings text."""
    os.environ["LOG_LEVEL"] = os.environ["LOG_LEVEL_LIBRARIES"] = level
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    warnings.filterwarnings("ignore")
    handler = logging.StreamHandler()
    handler.setFormatter(WithoutValues("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=level, handlers=[handler])
    # Quotes what an action server says of an error; Rasa's processor logs the same error without it.
    logging.getLogger("rasa.core.actions.action").setLevel(logging.CRITICAL)
    # Rasa's structlog events carry message texts and the local variables of every frame.
    import structlog

    number = getattr(logging, level)
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(max(number, logging.WARNING)),
        processors=[keep_event_name],
        logger_factory=structlog.PrintLoggerFactory(),
    )


class WithoutValues(logging.Formatter):
    """Says which error was raised and where, but not its message: that may quote a person."""

    def formatException(self, ei: tuple) -> str:
        """Reduces a traceback to places and the error's type."""
        places = [f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(ei[2])]
        return "\n".join([*places, f"  {ei[0].__name__}"])


def keep_event_name(logger: object, method: str, event: dict) -> str:
    """Reduces a structured log entry to its level and its event's name."""
    return f"{method.upper()} {event.get('event', '')!s:.80}"
