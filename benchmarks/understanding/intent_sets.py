"""Reads the public few-shot intent sets in the formats that they are published in.

- folders `train_10/`, `train/`, `test/` with `seq.in` and `label` (github jianguoz/Few-Shot-Intent-Detection);
  CLINC150's out-of-scope messages in `oos/test/`
- `train.csv` and `test.csv` with the columns text, category (github PolyAI-LDN/task-specific-datasets)
- `data_full.json` of CLINC150 (github clinc/oos-eval), out-of-scope messages under `oos_test`
"""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from random import Random

NAMES = {77: "BANKING77", 150: "CLINC150", 64: "HWU64"}  # a set is known by how many intents it has
Labelled = list[tuple[str, str]]  # text, intent


class SetsError(ValueError):
    """A path that holds no such set, or a file of the wrong shape; the message names it."""


@dataclass(frozen=True)
class IntentSet:
    """One public set, cut down to a few training messages an intent."""

    name: str
    train: Labelled
    test: Labelled
    out_of_scope: list[str]


def read_folder(folder: Path) -> Labelled:
    """Reads seq.in and label, one line a message."""
    texts, labels = ((folder / name).read_text("utf-8").splitlines() for name in ("seq.in", "label"))
    if len(texts) != len(labels):
        raise SetsError(f"{folder}: seq.in has {len(texts)} lines, label {len(labels)}: fetch the files again")
    return list(zip(texts, labels))


def read_csv(path: Path) -> Labelled:
    """Reads the columns text and category."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        if not {"text", "category"} <= set(rows.fieldnames or []):
            raise SetsError(f"{path}: columns {rows.fieldnames}, expected text and category")
        return [(row["text"], row["category"]) for row in rows]


def few(messages: Labelled, shots: int, seed: int = 0) -> Labelled:
    """So many messages of each intent, drawn by chance."""
    by_intent: dict[str, list[str]] = defaultdict(list)
    for text, intent in messages:
        by_intent[intent].append(text)
    least = min(by_intent, key=lambda name: len(by_intent[name]), default=None)
    if least is None or not 0 < shots <= len(by_intent[least]):
        raise SetsError(
            f"--shots {shots}: intent {least} has {len(by_intent[least]) if least else 0} training messages"
        )
    random = Random(seed)
    return [(text, name) for name, texts in sorted(by_intent.items()) for text in random.sample(texts, shots)]


def made(where: Path, train: Labelled, test: Labelled, out_of_scope: list[str]) -> IntentSet:
    """Names a set by its intents."""
    intents = {intent for _, intent in train}
    if len(intents) not in NAMES:
        raise SetsError(f"{where}: {len(intents)} intents; the known sets have {', '.join(map(str, NAMES))}")
    return IntentSet(NAMES[len(intents)], train, test, out_of_scope)


def from_folders(folder: Path, shots: int) -> IntentSet:
    """A set in folders; its own few-shot part where it has one of that size."""
    own = folder / f"train_{shots}"
    train = read_folder(own) if own.is_dir() else few(read_folder(folder / "train"), shots)
    oos = folder / "oos" / "test"
    return made(folder, train, read_folder(folder / "test"), [t for t, _ in read_folder(oos)] if oos.is_dir() else [])


def from_json(path: Path, shots: int) -> IntentSet:
    """CLINC150 in one file."""
    content = json.loads(path.read_text("utf-8"))
    missing = {"train", "test", "oos_test"} - set(content)
    if missing:
        raise SetsError(f"{path}: {', '.join(sorted(missing))}: missing")
    train, test = ([tuple(pair) for pair in content[name]] for name in ("train", "test"))
    return made(path, few(train, shots), test, [text for text, _ in content["oos_test"]])


def read_sets(path: Path, shots: int) -> list[IntentSet]:
    """Every known set at or below a path, one of each name."""
    if not path.exists():
        raise SetsError(f"{path}: not there: give the folder of the downloaded sets")
    found = [from_folders(place.parent, shots) for place in sorted(path.rglob("test")) if is_known(place.parent)]
    found += [
        made(place, few(read_csv(place), shots), read_csv(place.with_name("test.csv")), [])
        for place in sorted(path.rglob("train.csv"))
        if place.with_name("test.csv").is_file()
    ]
    found += [from_json(place, shots) for place in sorted([path] if path.is_file() else path.rglob("data_full.json"))]
    sets = {one.name: one for one in reversed(found)}
    if not sets:
        raise SetsError(f"{path}: holds none of {', '.join(NAMES.values())} in a format of intent_sets.py")
    return [sets[name] for name in NAMES.values() if name in sets]


def is_known(folder: Path) -> bool:
    """Whether a folder is one of the sets, among the others of the same collection."""
    return folder.name in NAMES.values() and (folder / "train" / "seq.in").is_file()
