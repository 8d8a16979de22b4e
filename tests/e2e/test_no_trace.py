"""What a person writes is in no log and in no file, in fair weather and in foul."""

import json
import os
import tempfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.fake_actions import FakeActions, with_events
from tests.e2e.servers import ROOT, Rasa, Server, free_port, start_actions, start_rasa

LARGEST = 64 * 1024 * 1024
PACKAGES = {".venv", ".venv-tools", ".git", ".pyenv", "site-packages", "uv", "pip"}  # large, and nothing writes there
CANARY = "xq" + uuid.uuid4().hex[:12]  # letters and digits, one word, in no other file of the world
SAID = [
    f"my boss {CANARY} took my passport and does not pay me",
    f"raise {CANARY}",
    f"exit {CANARY}",
    f"signs: grooming {CANARY}",
    f"/{CANARY}",
    f"/restart {CANARY}",
    f'/indicator_grooming{{"indicator":"{CANARY}"}}',
    f"/ask_contacts{{{CANARY}",
    f"hola, necesito ayuda, mi nombre es {CANARY}",
    f"{CANARY} \ud800 \x00",
    f"{CANARY} " * 20_000,
    {"text": CANARY},
    [CANARY],
    "/ask_contacts",
    "/ask_human",
    "/ask_local_services",
]
ECHOES = {
    "500": (500, json.dumps({"error": CANARY, "action_name": "action_contacts"}).encode()),
    "400": (400, json.dumps({"error": CANARY, "action_name": "action_contacts"}).encode()),
    "404": (404, json.dumps({"error": CANARY, "action_name": "action_contacts"}).encode()),
    "no JSON": (200, CANARY.encode()),
    "no shape": (200, json.dumps({"events": [{CANARY: CANARY}]}).encode()),
    "an unknown event": (200, with_events({"event": CANARY})),
    "a slot's value": (200, with_events({"event": "slot", "name": "island", "value": CANARY})),
    "a message": (200, with_events(says={"text": CANARY, "buttons": [CANARY]})),
}


@pytest.fixture(scope="module", params=["INFO", "WARNING"])
def watched(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """What two servers leave behind that heard the canary, in a home and a temp folder of their own."""
    folder = tmp_path_factory.mktemp("watched")
    places = {"HOME": folder / "home", "TMPDIR": folder / "tmp", "XDG_CACHE_HOME": folder / "home" / "cache"}
    for place in places.values():
        place.mkdir(parents=True)
    places |= {"LOG_LEVEL": request.param, "LOG_LEVEL_LIBRARIES": request.param}
    start = time.time()
    port = free_port()
    actions = start_actions(folder / "actions.log", port, **places)
    try:
        rasa = start_rasa(
            folder / "rasa.log", module="tests.e2e.odd_understanding", ACTIONS_PORT=actions.port, **places
        )
        try:
            talk(rasa, actions, port)
        finally:
            rasa.stop()
    finally:
        actions.stop()
    os.utime(folder, (start, start))
    yield folder


def talk(rasa: Rasa, actions: Server, port: int) -> None:
    """Says the canary in many ways while the action server is well, is gone, and echoes it."""
    hear(rasa)
    actions.stop()
    hear(rasa)
    for status, body in ECHOES.values():
        with FakeActions(port, body, status) as fake:
            rasa.say("/ask_contacts")
            assert fake.calls


def hear(rasa: Rasa) -> None:
    """Says the canary where people can say something, and where they cannot."""
    for message in SAID:
        rasa.say(message)
    rasa.request("/model/parse", json.dumps({"text": f"hello {CANARY}"}).encode())
    rasa.request("/model/parse", json.dumps({"text": f"raise {CANARY}"}).encode())
    rasa.request(f"/{CANARY}")
    rasa.request(f"/webhooks/rest/webhook?message={CANARY}")
    rasa.request(f"/webhooks/rest/webhook?message={CANARY}", b"{}", CANARY.upper())
    rasa.post(f'{{"message": "{CANARY}'.encode())
    rasa.post(json.dumps({"message": CANARY * 200_000}).encode())
    rasa.post(json.dumps({"message": CANARY, "metadata": CANARY, "input_channel": CANARY}).encode())


def holds_canary(path: Path) -> bool:
    """Whether a file holds the canary, in any letter case."""
    try:
        return path.stat().st_size < LARGEST and CANARY.encode() in path.read_bytes().lower()
    except OSError:
        return False  # gone again, or not ours to read


def changed_since(folder: Path, since: float) -> Iterator[Path]:
    """The files of a folder that were written since then."""
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name not in PACKAGES]
        for name in names:
            path = Path(place) / name
            try:
                if path.lstat().st_mtime >= since and path.is_file():
                    yield path
            except OSError:
                continue


def test_the_search_finds_a_canary(tmp_path: Path) -> None:
    start = time.time() - 1
    (tmp_path / "found").write_text(f"before {CANARY.upper()} after")
    assert [path.name for path in changed_since(tmp_path, start) if holds_canary(path)] == ["found"]


def test_no_log_holds_it(watched: Path) -> None:
    for log in ("rasa.log", "actions.log"):
        assert (watched / log).stat().st_size
        lines = (watched / log).read_text("utf-8", "replace").splitlines()
        assert [line for line in lines if CANARY in line.lower()] == []


def test_no_file_holds_it(watched: Path) -> None:
    start = watched.stat().st_mtime
    for folder in {ROOT, Path.home(), Path(tempfile.gettempdir()), watched}:
        assert [path for path in changed_since(folder, start) if holds_canary(path)] == []
