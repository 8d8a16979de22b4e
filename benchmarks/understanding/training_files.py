"""The training messages that every system gets: a part of data/nlu, as one Rasa file."""

from __future__ import annotations

import copy
from collections import defaultdict
from pathlib import Path
from random import Random
from typing import Any

import yaml
from rasa.shared.nlu.constants import ENTITIES, INTENT
from rasa.shared.nlu.training_data.formats.readerwriter import TrainingDataWriter
from rasa.shared.nlu.training_data.loading import load_data
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from conch.settings import ROOT

DATA = ROOT / "data" / "nlu"
SIGN = "indicator"  # the entity that data/nlu marks the words of a sign with


class TooManyMessages(ValueError):
    """More messages were asked for than there are."""


def read_data(folder: Path = DATA) -> TrainingData:
    """Every labelled message of the project, and the word lists beside them."""
    return load_data(str(folder))


def perspective(message: Message) -> str | None:
    """Who tells it, as the message's block says."""
    return ((message.get("metadata") or {}).get("intent") or {}).get("perspective")


def part(messages: list[Message], count: int, seed: int = 0) -> list[Message]:
    """As many messages, each intent and perspective with its share; a smaller part lies within a larger one."""
    if not 0 < count <= len(messages):
        raise TooManyMessages(f"--messages {count}: there are {len(messages)}; give a number from 1 to that")
    random = Random(seed)
    groups: dict[tuple[str, str], list[Message]] = defaultdict(list)
    for message in messages:
        groups[message.get(INTENT), perspective(message) or ""].append(message)
    ranked: list[tuple[float, float, Message]] = []
    for _, group in sorted(groups.items()):
        random.shuffle(group)
        ranked += [((place + 0.5) / len(group), random.random(), message) for place, message in enumerate(group)]
    return [message for *_, message in sorted(ranked, key=lambda entry: entry[:2])[:count]]


def named_by_sign(message: Message) -> Message:
    """The same message, the words of a sign marked with the sign's own name.

    Rasa's entity recognition learns the name of an entity; a value it can only look up by exact
    words. So a peer that knows entities gets the signs as names, which is its best chance.
    """
    renamed = copy.deepcopy(message)
    for entity in renamed.get(ENTITIES, []):
        if entity["entity"] == SIGN:
            entity["entity"], entity["value"] = entity["value"], message.get("text")[entity["start"] : entity["end"]]
    return renamed


def as_entry(message: Message) -> dict[str, Any]:
    """One block of Rasa's training format."""
    marked = TrainingDataWriter.generate_message(message.data)
    entry = {"intent": message.get(INTENT), "examples": f"- {marked}\n"}
    if perspective(message):
        entry["metadata"] = {"perspective": perspective(message)}
    return entry


def write_file(path: Path, data: TrainingData, messages: list[Message]) -> Path:
    """Writes messages and word lists as a training file."""
    entries = [as_entry(message) for message in messages]
    for table in data.lookup_tables:
        words = "".join(f"- {word}\n" for word in table["elements"])
        entries.append({"lookup": table["name"], "examples": words})
    content = {"version": "3.1", "nlu": entries}
    path.write_text(yaml.safe_dump(content, allow_unicode=True, width=10**6, sort_keys=False), "utf-8")
    return path
