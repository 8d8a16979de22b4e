"""Stock Rasa on our messages: what `rasa init` writes, with our intents in place of its own.

config.yml, credentials.yml and endpoints.yml are Rasa's, from the installed package, but for fewer epochs, which
change how well it understands and not what a turn costs. Each intent has one rule that says one response, so that
it answers; three stories give its learned policies something to learn, as many as `rasa init` has.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import rasa.cli
import rasa.engine.recipes
import yaml
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from benchmarks.understanding.packages import CACHE
from benchmarks.understanding.running import QUIET, run_to_end
from benchmarks.understanding.training_files import part, read_data, write_file

FOLDER = CACHE / "stock_rasa"
MODEL = FOLDER / "models" / "stock.tar.gz"
STAMP = FOLDER / "trained_on.sha256"
INITIAL = Path(rasa.cli.__file__).parent / "initial_project"
DEFAULTS = Path(rasa.engine.recipes.__file__).parent / "config_files" / "default_config.yml"
# Training is not measured: it leaves the machine a core.
ONE_THREAD = {"TF_INTRA_OP_PARALLELISM_THREADS": "1", "TF_INTER_OP_PARALLELISM_THREADS": "1", "OMP_NUM_THREADS": "1"}
FALLBACK, NOT_UNDERSTOOD = "nlu_fallback", "out_of_scope"
# What is written to every system: one message of each, the same ten again and again.
SPOKEN = (
    "greet",
    "ask_signs",
    "indicator_document_confiscation",
    "ask_what_happens_when_i_call",
    "ask_contacts",
    "indicator_debt_bondage",
    "ask_privacy",
    "report_concern",
    "ask_victim_rights",
    "thank",
)
STORIES = (
    ("greet", "ask_signs", "thank"),
    ("greet", "report_concern", "ask_how_to_report", "goodbye"),
    ("greet", "ask_contacts", "ask_what_happens_when_i_call", "goodbye"),
)


def config(epochs: int) -> dict[str, Any]:
    """What Rasa takes where config.yml names no pipeline and no policies, as that of `rasa init` does."""
    settings = yaml.safe_load(DEFAULTS.read_text("utf-8")) | {"assistant_id": "stock"}
    for part_of in (*settings["pipeline"], *settings["policies"]):
        if "epochs" in part_of:
            part_of["epochs"] = epochs
    return settings


def response_of(intent: str) -> str:
    """The name of the one response to an intent."""
    return f"utter_{intent}"


def domain(intents: Sequence[str], entities: Sequence[str]) -> dict[str, Any]:
    """The domain of `rasa init` with other intents; each response is one plain sentence."""
    settings = yaml.safe_load((INITIAL / "domain.yml").read_text("utf-8"))
    said = {response_of(name): [{"text": f"This is what there is to say to {name}."}] for name in intents}
    return settings | {"intents": list(intents), "entities": list(entities), "responses": said}


def rules(intents: Sequence[str]) -> list[dict[str, Any]]:
    """One for each intent, and one for what is not understood: Rasa would otherwise undo the turn and say nothing."""
    answered = {name: response_of(name) for name in intents} | {FALLBACK: response_of(NOT_UNDERSTOOD)}
    return [{"rule": name, "steps": [{"intent": name}, {"action": said}]} for name, said in answered.items()]


def stories() -> list[dict[str, Any]]:
    """Three conversations that agree with the rules."""
    return [
        {
            "story": f"story {number}",
            "steps": [step for name in story for step in ({"intent": name}, {"action": response_of(name)})],
        }
        for number, story in enumerate(STORIES, 1)
    ]


def spoken(messages: list[Message]) -> dict[str, str]:
    """What is written to every system, by intent: the first message of each that the peer learned."""
    first: dict[str, str] = {}
    for message in messages:
        first.setdefault(message.get(INTENT), message.get(TEXT))
    return {intent: first[intent] for intent in SPOKEN}


def write_project(folder: Path, count: int, epochs: int) -> list[Message]:
    """Writes the whole Rasa project and returns the messages that it learns from."""
    data = read_data()
    messages = part(data.intent_examples, count)
    (folder / "data").mkdir(parents=True, exist_ok=True)
    for name in ("credentials.yml", "endpoints.yml"):
        shutil.copy(INITIAL / name, folder)
    write_file(folder / "data" / "nlu.yml", data, messages)
    intents = sorted({message.get(INTENT) for message in data.intent_examples})
    entities = sorted({entity["entity"] for message in messages for entity in message.get("entities", [])})
    for name, content in {
        "config.yml": config(epochs),
        "domain.yml": domain(intents, entities),
        "data/rules.yml": {"version": "3.1", "rules": rules(intents)},
        "data/stories.yml": {"version": "3.1", "stories": stories()},
    }.items():
        (folder / name).write_text(yaml.safe_dump(content, sort_keys=False, allow_unicode=True), "utf-8")
    return messages


def fingerprint(folder: Path) -> str:
    """One hash over the project's files."""
    names = ("config.yml", "domain.yml", "data/nlu.yml", "data/rules.yml", "data/stories.yml")
    return hashlib.sha256(b"\0".join((folder / name).read_bytes() for name in names)).hexdigest()


def prepare(count: int, epochs: int, say: Callable[[str], None]) -> list[Message]:
    """Writes the project and trains it, unless it was trained on the same files before; returns its messages."""
    messages = write_project(FOLDER, count, epochs)
    wanted = fingerprint(FOLDER)
    if not (MODEL.exists() and STAMP.exists() and STAMP.read_text() == wanted):
        STAMP.unlink(missing_ok=True)
        command = [sys.executable, "-m", "rasa", "train", "--out", str(MODEL.parent), "--fixed-model-name", "stock"]
        command += ["--config", "config.yml", "--domain", "domain.yml", "--data", "data"]
        settings = os.environ | QUIET | ONE_THREAD | {"RASA_CACHE_DIRECTORY": str(FOLDER / "cache")}
        run_to_end(command, FOLDER / "train.log", settings, "stock Rasa: training", say, FOLDER)
        STAMP.write_text(wanted)
    return messages
