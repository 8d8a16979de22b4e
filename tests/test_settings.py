"""What deployers set has safe defaults, is checked, and is explained when it is wrong."""

import logging
import os
import re
from pathlib import Path

import pytest

from conch.settings import ROOT, Settings, SettingsError, StoreSettings, WithoutValues, keep_event_name

STORES = ("DATABASE_URL", "REDIS_URL", "STORE_KEY")
NAMES = ("HOST", "PORT", "ACTIONS_PORT", "MODEL", "CREDENTIALS", "ENDPOINTS", "LOG_LEVEL", *STORES)
KEY = "0123456789abcdef" * 2
READS = re.compile(r"(?:environ(?:\.get)?[\[(]|(?:port|sites|flag|number)_from\(|safe_url\()\"([A-Z][A-Z0-9_]+)\"")
NOT_FOR_DEPLOYERS = {"RASA_TELEMETRY_ENABLED", "TF_CPP_MIN_LOG_LEVEL", "LOG_LEVEL_LIBRARIES", "PYENV_ROOT"}


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment in which nothing is set, put back afterwards."""
    for name in NAMES:
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)


def check_defaults(settings: Settings) -> None:
    """Holds the defaults that the README gives."""
    assert (settings.host, settings.port, settings.actions_port) == ("127.0.0.1", 5005, 5055)
    assert (settings.model, settings.log_level) == (ROOT / "models", "WARNING")
    assert (settings.credentials, settings.endpoints) == (ROOT / "credentials.yml", ROOT / "endpoints.yml")
    assert not settings.production


def test_defaults_stay_on_this_machine() -> None:
    check_defaults(Settings.from_environment())
    assert Settings.from_environment(production=True).host == "127.0.0.1"


def test_what_is_empty_counts_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.setenv(name, "")
    check_defaults(Settings.from_environment())
    assert os.environ["ACTIONS_PORT"] == "5055"


def test_what_is_set_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    values = {"HOST": "0.0.0.0", "PORT": "80", "ACTIONS_PORT": "65535", "MODEL": "/m", "LOG_LEVEL": "error"}
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    settings = Settings.from_environment()
    assert (settings.host, settings.port, settings.actions_port) == ("0.0.0.0", 80, 65535)
    assert (settings.model, settings.log_level) == (Path("/m"), "ERROR")


@pytest.mark.parametrize("name", ["PORT", "ACTIONS_PORT"])
@pytest.mark.parametrize("value", ["0", "65536", "-1", "80a", " 80", "1.5", "\u00b2", "\u0663", "9" * 5000])
def test_a_wrong_port_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=f"^{name}=.*1 to 65535"):
        Settings.from_environment()


def set_stores(monkeypatch: pytest.MonkeyPatch, database: str = "", redis: str = "", key: str = "") -> None:
    """Sets what several processes share."""
    for name, value in zip(STORES, (database, redis, key)):
        monkeypatch.setenv(name, value)


def test_a_database_and_a_redis_mean_several_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    set_stores(monkeypatch, "postgres://a:b@h/d?sslmode=require", "rediss://:p@h:6380/1", KEY)
    settings = Settings.from_environment()
    assert settings.endpoints == ROOT / "deploy" / "endpoints.shared.yml"
    assert settings.endpoints.exists()
    assert settings.stores.database_url == "postgresql://a:b@h/d?sslmode=require"
    monkeypatch.setenv("ENDPOINTS", "my.yml")
    assert Settings.from_environment().endpoints == Path("my.yml")


@pytest.mark.parametrize("url", ["postgresql://a@h/d", "postgresql:///d?host=/run/postgresql"])
def test_a_databases_address_may_be_a_host_or_a_socket(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    set_stores(monkeypatch, url, "", KEY)
    assert StoreSettings.from_environment().database_url == url


@pytest.mark.parametrize(
    ("given", "missing"), [(("postgresql://a@h/d", ""), "REDIS_URL"), (("", "redis://h"), "DATABASE_URL")]
)
def test_half_of_the_stores_is_an_error(monkeypatch: pytest.MonkeyPatch, given: tuple[str, str], missing: str) -> None:
    set_stores(monkeypatch, *given, KEY)
    with pytest.raises(SettingsError, match=f"^{missing}: not set.*ENDPOINTS"):
        Settings.from_environment()


@pytest.mark.parametrize("key", ["", "short", "x" * 31])
@pytest.mark.parametrize("given", [("postgresql://a@h/d", ""), ("", "redis://h")])
def test_a_missing_or_weak_key_is_an_error(monkeypatch: pytest.MonkeyPatch, given: tuple[str, str], key: str) -> None:
    set_stores(monkeypatch, *given, key)
    with pytest.raises(SettingsError, match=r"^STORE_KEY: .*openssl rand -hex 32"):
        StoreSettings.from_environment()


@pytest.mark.parametrize(
    "url",
    ["mysql://a:secret@h/d", "postgresql://", "a:secret@h", "postgresql://a:secret@h:70000/d", "sqlite:///secret"],
)
def test_a_wrong_address_is_named_and_not_repeated(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    for number, name in enumerate(STORES[:2]):
        set_stores(monkeypatch, *(("", url) if number else (url, "")), KEY)
        with pytest.raises(SettingsError, match=f"^{name}: must look like") as caught:
            StoreSettings.from_environment()
        assert "secret" not in str(caught.value)


def test_two_servers_cannot_share_a_port(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "5055")
    with pytest.raises(SettingsError, match="PORT and ACTIONS_PORT"):
        Settings.from_environment()


@pytest.mark.parametrize("level", ["DEBUG", "debug", "NOTSET", "10", "loud"])
def test_a_level_that_prints_what_people_write_is_refused(monkeypatch: pytest.MonkeyPatch, level: str) -> None:
    monkeypatch.setenv("LOG_LEVEL", level)
    with pytest.raises(SettingsError, match="LOG_LEVEL"):
        Settings.from_environment()


def test_structured_logs_keep_nothing_but_their_name() -> None:
    kept = keep_event_name(None, "error", {"event": "processor.failed", "text": "a secret", "exc_info": True})
    assert kept == "ERROR processor.failed"
    assert len(keep_event_name(None, "error", {"event": "x" * 500})) < 100


def test_a_traceback_keeps_places_and_no_words() -> None:
    try:
        raise ValueError("a secret")
    except ValueError as error:
        record = logging.LogRecord("a", 40, __file__, 1, "it failed", (), (type(error), error, error.__traceback__))
    said = WithoutValues("%(message)s").format(record)
    assert "secret" not in said
    assert "ValueError" in said
    assert "test_settings.py" in said


def test_every_setting_is_explained() -> None:
    explained = "\n".join(path.read_text("utf-8") for path in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
    read = {name for path in (ROOT / "conch").glob("*.py") for name in READS.findall(path.read_text("utf-8"))}
    assert read >= set(NAMES)
    assert sorted(name for name in read - NOT_FOR_DEPLOYERS if f"`{name}" not in explained) == []
