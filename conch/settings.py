"""What deployers set: environment variables, each with a safe default (README, Settings)."""

import hashlib
import hmac
import logging
import os
import re
import traceback
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
WEATHER = "https://www.weather.gov/sju/"  # the islands' forecast office: shows nothing personal
SITE = re.compile(r"https://[a-z0-9.-]+(?::[0-9]+)?|http://(?:localhost|127\.0\.0\.1)(?::[0-9]+)?")
SHARED_ENDPOINTS = ROOT / "deploy" / "endpoints.shared.yml"
NO_DATABASE = "DATABASE_URL: not set, while the file of ENDPOINTS names a tracker store in PostgreSQL: set it"
NO_REDIS = "REDIS_URL: not set, while the file of ENDPOINTS names a lock store in Redis: set it"
SHORTEST_KEY = 32  # characters; sender ids can be guessed, so a weak key could be found by trying
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


def server_from(name: str, value: str, schemes: tuple[str, ...], example: str) -> str:
    """Checks the address of a database; it may hold a password, so no message repeats it."""
    try:
        parts = urlsplit(value)
        # A socket's folder is named in the query: postgresql:///name?host=/run/postgresql
        is_right = parts.scheme in schemes and bool(parts.hostname or "host=" in parts.query) and parts.port != 0
    except ValueError:
        is_right = False
    if value and not is_right:
        raise SettingsError(f"{name}: must look like {example}; characters like @ : / in a password as %40 %3A %2F")
    return value


@dataclass(frozen=True)
class StoreSettings:
    """What several processes share: a database, a Redis, and the key under which they know people."""

    database_url: str = field(default="", repr=False)
    redis_url: str = field(default="", repr=False)
    key: str = field(default="", repr=False)

    @classmethod
    def from_environment(cls) -> "StoreSettings":
        """Reads DATABASE_URL, REDIS_URL and STORE_KEY; without the first two everything stays in memory."""
        database, redis = os.environ.get("DATABASE_URL", "").strip(), os.environ.get("REDIS_URL", "").strip()
        key = os.environ.get("STORE_KEY", "").strip()
        example = "postgresql://name:password@host:5432/database"
        database = server_from("DATABASE_URL", database, ("postgresql", "postgres"), example)
        redis = server_from("REDIS_URL", redis, ("redis", "rediss"), "redis://:password@host:6379/0")
        if (database or redis) and len(key) < SHORTEST_KEY:
            raise SettingsError(
                f"STORE_KEY: must have at least {SHORTEST_KEY} characters where DATABASE_URL or REDIS_URL is set, "
                "the same for every process, and be kept apart from the database: openssl rand -hex 32"
            )
        return cls(re.sub("^postgres:", "postgresql:", database), redis, key)

    def with_database(self) -> "StoreSettings":
        """These settings, if there is a database in them."""
        if not self.database_url:
            raise SettingsError(NO_DATABASE)
        return self

    def with_redis(self) -> "StoreSettings":
        """These settings, if there is a Redis in them."""
        if not self.redis_url:
            raise SettingsError(NO_REDIS)
        return self

    def keyed(self, name: str) -> str:
        """A person's name outside this process: nobody without the key can tell whose it is, or try names."""
        return hmac.new(self.key.encode(), name.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


def endpoints_from(stores: StoreSettings) -> Path:
    """Reads ENDPOINTS; unless it is set, a database and a Redis together mean several processes."""
    if os.environ.get("ENDPOINTS"):
        return Path(os.environ["ENDPOINTS"])
    if bool(stores.database_url) != bool(stores.redis_url):
        there, missing = ("DATABASE_URL", "REDIS_URL") if stores.database_url else ("REDIS_URL", "DATABASE_URL")
        raise SettingsError(
            f"{missing}: not set, while {there} is. Set both to keep conversations outside the process, neither "
            "to keep them in memory, or name a file of your own in ENDPOINTS"
        )
    return SHARED_ENDPOINTS if stores.database_url else ROOT / "endpoints.yml"


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
    stores: StoreSettings
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
        stores = StoreSettings.from_environment()
        return cls(
            host=os.environ.get("HOST") or "127.0.0.1",
            port=port,
            actions_port=actions_port,
            model=Path(os.environ.get("MODEL") or ROOT / "models"),
            credentials=Path(os.environ.get("CREDENTIALS") or ROOT / "credentials.yml"),
            endpoints=endpoints_from(stores),
            log_level=level,
            chat=ChatSettings.from_environment(),
            stores=stores,
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
