"""What deployers set: environment variables, each with a safe default (README, Settings)."""

import logging
import os
import warnings
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


class SettingsError(ValueError):
    """An environment variable that cannot be used; the message names it and the remedy."""


def port_from(name: str, default: int) -> int:
    """Reads a port number."""
    value = os.environ.get(name, "") or str(default)
    if not value.isdigit() or not 0 < int(value) < 65536:
        raise SettingsError(f"{name}={value!r}: must be a port number from 1 to 65535")
    return int(value)


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
    production: bool = False

    @classmethod
    def from_environment(cls, production: bool = False) -> "Settings":
        """Reads HOST, PORT, ACTIONS_PORT, MODEL, CREDENTIALS, ENDPOINTS and LOG_LEVEL."""
        level = os.environ.get("LOG_LEVEL", "WARNING").upper()
        if level not in ("INFO", "WARNING", "ERROR", "CRITICAL"):
            # DEBUG would print what people write.
            raise SettingsError(f"LOG_LEVEL={level!r}: must be INFO, WARNING, ERROR or CRITICAL")
        actions_port = port_from("ACTIONS_PORT", 5055)
        os.environ.setdefault("ACTIONS_PORT", str(actions_port))  # endpoints.yml reads it
        return cls(
            host=os.environ.get("HOST", "127.0.0.1"),
            port=port_from("PORT", 5005),
            actions_port=actions_port,
            model=Path(os.environ.get("MODEL", ROOT / "models")),
            credentials=Path(os.environ.get("CREDENTIALS", ROOT / "credentials.yml")),
            endpoints=Path(os.environ.get("ENDPOINTS", ROOT / "endpoints.yml")),
            log_level=level,
            production=production,
        )


def quiet_logs(level: str) -> None:
    """Sets up logs that never hold what a person wrote: no local variables, no warnings text."""
    os.environ["LOG_LEVEL"] = os.environ["LOG_LEVEL_LIBRARIES"] = level
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    warnings.filterwarnings("ignore")
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    # Rasa's structlog events carry message texts and the local variables of every frame.
    import structlog

    number = getattr(logging, level)
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(max(number, logging.WARNING)),
        processors=[keep_event_name],
        logger_factory=structlog.PrintLoggerFactory(),
    )


def keep_event_name(logger: object, method: str, event: dict) -> str:
    """Reduces a structured log entry to its level and its event's name."""
    return f"{method.upper()} {event.get('event', '')!s:.80}"
