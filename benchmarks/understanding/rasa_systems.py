"""Systems that are Rasa pipelines: what `rasa init` writes, logistic regression, bare Rasa, and Conch."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from benchmarks.understanding.answers import OUT_OF_SCOPE, Answer, sign_of
from benchmarks.understanding.short_training import epochs_for, pairs_for
from benchmarks.understanding.training_files import DATA, read_data
from conch.settings import ROOT
from conch.signs import signs
from scripts.evaluate import understood
from scripts.train import newest_model

FALLBACK = "nlu_fallback"
MODEL = "model.tar.gz"
WORDS = [
    {"name": "WhitespaceTokenizer"},
    {"name": "CountVectorsFeaturizer"},
    {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
]
# rasa/cli/initial_project/config.yml of Rasa 3.6.21
RASA_INIT = [
    WORDS[0],
    {"name": "RegexFeaturizer"},
    {"name": "LexicalSyntacticFeaturizer"},
    *WORDS[1:],
    {"name": "DIETClassifier", "epochs": 100},
    {"name": "EntitySynonymMapper"},
    {"name": "ResponseSelector", "epochs": 100},
    {"name": "FallbackClassifier", "threshold": 0.3, "ambiguity_threshold": 0.1},
]
PIPELINES = {
    "bare": WORDS[:1],
    "diet": RASA_INIT,
    "logistic_regression": [*WORDS, {"name": "LogisticRegressionClassifier"}],
}


def peer_config(name: str) -> dict[str, Any]:
    """A peer's config.yml."""
    return {"recipe": "default.v1", "language": "en", "assistant_id": name, "pipeline": PIPELINES[name]}


def conch_config(messages: int, of: int) -> dict[str, Any]:
    """Conch's own config.yml; with fewer messages, fewer pairs and more epochs (short_training.py)."""
    config = yaml.safe_load((ROOT / "config.yml").read_text("utf-8"))
    (network,) = [c for c in config["pipeline"] if c["name"].endswith(".Understanding")]
    network["pairs"] = pairs_for(messages, of)
    network["epochs"] = epochs_for(messages + network["pairs"])
    return config


def train(config: dict[str, Any], training: Path, folder: Path) -> None:
    """Trains a pipeline with Rasa's own function."""
    from rasa.model_training import train_nlu

    path = folder / "config.yml"
    path.write_text(yaml.safe_dump(config, sort_keys=False), "utf-8")
    train_nlu(str(path), str(training), str(folder), fixed_model_name=MODEL.removesuffix(".tar.gz"))


def train_conch(training: Path, folder: Path) -> None:
    """Trains Conch's pipeline; the networks that the checkout has learned are left alone."""
    from addons.nlu import understanding

    understanding.learn = partial(understanding.learn, learned=folder / "learned")
    messages, all_messages = (len(read_data(place).intent_examples) for place in (training, DATA))
    train(conch_config(messages, all_messages), training, folder)


def parser(model: Path) -> Callable[[str], dict[str, Any]]:
    """Rasa's understanding of one text, in process, as its server does it."""
    from rasa.core.agent import Agent

    agent, loop = Agent.load(str(model)), asyncio.new_event_loop()
    return lambda text: loop.run_until_complete(agent.parse_message(text))


def peer_answer(parsed: dict[str, Any]) -> Answer:
    """The intent, its sign, and the signs that entity recognition named."""
    intent, unsure = parsed["intent"]["name"] or OUT_OF_SCOPE, None
    if intent == FALLBACK:
        others = [entry["name"] for entry in parsed["intent_ranking"] if entry["name"] != FALLBACK]
        intent, unsure = OUT_OF_SCOPE, others[0]
    named = {entity["entity"] for entity in parsed["entities"]} & set(signs().indicators)
    return Answer(intent, sorted(sign_of(intent) | named), unsure=unsure)


def peer_reader(folder: Path) -> Callable[[str], Answer]:
    """A peer that has been trained."""
    parse = parser(folder / MODEL)
    return lambda text: peer_answer(parse(text))


def conch_reader(model: Path | None) -> Callable[[str], Answer]:
    """Conch, from a model file."""
    if model is None:
        raise FileNotFoundError("models/: there is no model: run `make train`")
    parse = parser(model)

    def read(text: str) -> Answer:
        found = understood(parse(text))
        return Answer(found.intent, found.indicators, found.perspective)

    return read


def newest_conch(_: Path) -> Callable[[str], Answer]:
    """Conch as it is in the checkout, trained on all messages."""
    return conch_reader(newest_model())
