"""The peer is what `rasa init` writes, with our intents; a system that does not start says why and leaves nothing."""

import sys
from pathlib import Path

import psutil
import pytest
import yaml
from rasa.shared.nlu.training_data.message import Message

from benchmarks.serving import servers, stock
from benchmarks.serving.servers import NotServing, Running, environment
from benchmarks.serving.systems import System

DOMAIN = yaml.safe_load((stock.INITIAL / "domain.yml").read_text())


def test_the_configuration_is_rasas_own_but_for_its_epochs() -> None:
    made, own = stock.config(7), yaml.safe_load(stock.DEFAULTS.read_text())
    assert [part["name"] for part in made["pipeline"]] == [part["name"] for part in own["pipeline"]]
    assert [part["name"] for part in made["policies"]] == [part["name"] for part in own["policies"]]
    for key in ("pipeline", "policies"):
        for mine, theirs in zip(made[key], own[key]):
            assert mine == theirs | ({"epochs": 7} if "epochs" in theirs else {})


def test_each_intent_is_answered_and_so_is_what_is_not_understood() -> None:
    intents = [*stock.SPOKEN, "out_of_scope"]
    made = stock.domain(intents, ["island"])
    assert made["session_config"] == DOMAIN["session_config"]
    said = {step["action"] for rule in stock.rules(intents) for step in rule["steps"] if "action" in step}
    assert said == set(made["responses"])
    assert "nlu_fallback" in {rule["steps"][0]["intent"] for rule in stock.rules(intents)}


def test_stories_agree_with_the_rules() -> None:
    for story in stock.stories():
        asked, said = story["steps"][::2], story["steps"][1::2]
        assert [step["action"] for step in said] == [stock.response_of(step["intent"]) for step in asked]


def test_what_is_written_is_what_the_peer_learned_first() -> None:
    messages = [Message({"text": f"{intent} {n}", "intent": intent}) for n in (1, 2) for intent in stock.SPOKEN]
    assert stock.spoken(messages) == {intent: f"{intent} 1" for intent in stock.SPOKEN}


def program(code: str, folder: Path) -> Running:
    """A system that is a small program."""
    system = System("a try", lambda port: [sys.executable, "-c", code], folder)
    return Running(system, folder, lambda text: None)


def test_a_system_that_ends_while_starting_says_its_last_words(tmp_path: Path) -> None:
    with program("raise SystemExit('no space left')", tmp_path) as server, pytest.raises(NotServing, match="no space"):
        server.wait()


def test_a_system_that_never_becomes_ready_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(servers, "LONGEST_START", 0.5)
    code = "import time; time.sleep(60)"
    with program(code, tmp_path) as server, pytest.raises(NotServing, match="not ready"):
        server.wait()


def test_nothing_goes_on_running(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(servers, "PATIENCE", 0.5)
    code = "import signal, subprocess, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    code += "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'], start_new_session=True)\n"
    code += "print('conch: ready', flush=True); time.sleep(60)"
    with program(code, tmp_path) as server:
        server.wait()
        started = servers.tree(server.process.pid)
        assert len(started) == 2
    assert psutil.wait_procs(started, timeout=5)[1] == []


def test_settings_of_another_deployment_are_not_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "REDIS_URL", "ENDPOINTS", "MODEL", "PYTHONDONTWRITEBYTECODE"):
        monkeypatch.setenv(name, "x")
    assert not {"DATABASE_URL", "REDIS_URL", "ENDPOINTS", "MODEL", "PYTHONDONTWRITEBYTECODE"} & set(environment())
