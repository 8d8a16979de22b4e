"""The menu and greeting of the Page, set through the fake Graph, which refuses what Meta would."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from rasa.shared.core.domain import Domain

from addons.channels.incoming import Payloads
from scripts.messenger_profile import FIELDS, read_profile
from tests.fake_graph import FakeGraph, Fault
from tests.messenger import SECRETS

ROOT = Path(__file__).resolve().parent.parent
TITLES = ["Get help now", "Signs to look for", "Practice scenarios", "This thread stays"]


def run(*arguments: str, **environment: Any) -> subprocess.CompletedProcess[str]:
    """The script as `make messenger-profile` runs it."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("MESSENGER_")}
    command = [sys.executable, "-m", "scripts.messenger_profile", *arguments]
    return subprocess.run(
        command, cwd=ROOT, env=clean | environment, capture_output=True, text=True, timeout=120, check=False
    )


def test_every_tap_of_the_profile_is_one_of_the_domain() -> None:
    domain = Domain.from_dict(yaml.safe_load((ROOT / "domain.yml").read_text("utf-8")))
    payloads = Payloads(domain)
    profile = read_profile()
    taps = [profile["get_started"]["payload"]]
    for name in ("ice_breakers", "persistent_menu"):
        taps += [action["payload"] for action in profile[name][0]["call_to_actions"]]
    assert len(taps) == 9
    assert all(payloads.accepts(tap) for tap in taps)


def test_the_greeting_and_the_menu_say_what_must_be_known() -> None:
    profile = read_profile("https://conch.example.org/chat")
    greeting = profile["greeting"][0]["text"]
    for fact in ("Automated, not a hotline", "call 911", "thread stays", "1-888-373-7888"):
        assert fact in greeting
    items = profile["persistent_menu"][0]["call_to_actions"]
    assert [item["title"] for item in items] == [*TITLES, "Open the web chat"]
    assert items[-1]["url"] == "https://conch.example.org/chat"


def test_it_is_set_once_shown_and_left_alone_the_second_time() -> None:
    with FakeGraph() as graph:
        environment = SECRETS | {"MESSENGER_GRAPH_URL": graph.url}
        first = run(**environment)
        assert first.returncode == 0, first.stderr
        assert "set get_started, greeting, ice_breakers, persistent_menu" in first.stderr
        assert set(graph.profile) == set(FIELDS)
        assert all(title in first.stdout for title in TITLES)
        graph.profile_calls.clear()
        graph.profile["greeting"][0]["added_by_meta"] = "x"
        second = run(**environment)
        assert second.returncode == 0, second.stderr
        assert "all was set already" in second.stderr
        assert graph.profile_calls == ["GET"]
        assert graph.refusals == []


def test_a_dry_run_calls_nobody_and_needs_no_secret() -> None:
    with FakeGraph() as graph:
        done = run("--dry-run", MESSENGER_GRAPH_URL=graph.url)
        assert done.returncode == 0, done.stderr
        assert "Get help now" in done.stdout
        assert graph.profile_calls == []


@pytest.mark.parametrize(
    ("environment", "words"),
    [({}, "no Messenger secret is set"), ({"MESSENGER_PAGE_TOKEN": "x"}, "MESSENGER_VERIFY_TOKEN")],
)
def test_missing_secrets_end_it_with_a_clear_line(environment: dict[str, str], words: str) -> None:
    done = run(**environment)
    assert done.returncode == 1
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_a_refusal_ends_it_with_metas_code_and_without_the_token() -> None:
    with FakeGraph(fault=Fault(400, 190)) as graph:
        done = run(**SECRETS, MESSENGER_GRAPH_URL=graph.url)
        assert done.returncode == 1
        assert "code 190" in done.stderr
        assert "page-token" not in done.stderr + done.stdout
