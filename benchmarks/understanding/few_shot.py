"""Conch's encoder on public few-shot sets: `python -m benchmarks.understanding.few_shot --data PATH [--shots 10]`.

For each set at PATH: the network trained as Conch trains it, and the encoder as it is with a
logistic regression. Prints accuracy beside the goals, and how well out-of-scope messages are told.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
from sklearn.metrics import roc_auc_score

from addons.nlu.examples import Example
from benchmarks.understanding.document import put_in
from benchmarks.understanding.intent_sets import IntentSet, read_sets
from benchmarks.understanding.linear_heads import regression
from benchmarks.understanding.sentence_vectors import minilm
from benchmarks.understanding.short_training import train_on
from benchmarks.understanding.tables import table

GOALS = {"BANKING77": 86, "CLINC150": 91, "HWU64": 84}
KEPT = 5  # per cent of the in-scope messages that may be lost to find the others
NO_SIGNS = frozenset({"unused"})  # these sets have no signs: one that every message has teaches nothing
Classify = Callable[[str], dict[str, float]]


def fine_tuned(train: list[tuple[str, str]]) -> Classify:
    """Conch's own network and recipe; only its head for intents matters here."""
    examples = [Example(text, intent, NO_SIGNS, (), None) for text, intent in train]
    recogniser = train_on(examples, 0, lambda step: print(f"conch: {step}", file=sys.stderr, flush=True))
    return lambda text: recogniser.read(text).intents


def frozen(train: list[tuple[str, str]]) -> Classify:
    """The encoder as it is, with a logistic regression."""
    encode = minilm()
    vectors = np.array([encode(text) for text, _ in train])
    mean = vectors.mean(axis=0)
    head = regression().fit(vectors - mean, [intent for _, intent in train])
    return lambda text: dict(zip(head.classes_, head.predict_proba((encode(text) - mean)[None])[0].tolist()))


def out_of_scope(inside: list[float], outside: list[float]) -> list[str]:
    """Area under the curve, and the share found where 95 % of the in-scope messages are kept."""
    if not outside:
        return ["none", "none"]
    area = roc_auc_score([1] * len(inside) + [0] * len(outside), inside + outside)
    found = np.mean(np.array(outside) < np.percentile(inside, KEPT))
    return [f"{area:.3f}", f"{100 * found:.1f}"]


def measure(one: IntentSet, title: str, learn: Callable[[list[tuple[str, str]]], Classify]) -> list[str]:
    """One line of the table."""
    print(f"conch: {one.name}: {title}: {len(one.train)} messages", file=sys.stderr, flush=True)
    classify = learn(one.train)
    read = [classify(text) for text, _ in one.test]
    right = np.mean([max(p, key=p.get) == intent for p, (_, intent) in zip(read, one.test)])
    error = 196 * np.sqrt(right * (1 - right) / len(one.test))
    sure = [max(p.values()) for p in read]
    unknown = out_of_scope(sure, [max(classify(text).values()) for text in one.out_of_scope])
    return [one.name, title, f"{100 * right:.1f} (± {error:.1f})", str(GOALS[one.name]), *unknown]


def main() -> None:
    """Reads the sets, trains and prints."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder or file of the downloaded sets")
    parser.add_argument("--shots", type=int, default=10, help="training messages an intent")
    parser.add_argument("--write", action="store_true", help="put the table into the document")
    chosen = parser.parse_args()
    try:
        sets = read_sets(chosen.data, chosen.shots)
    except (OSError, ValueError) as error:
        sys.exit(f"conch: {error}")
    ways = {"trained as Conch": fine_tuned, "encoder as it is, logistic regression": frozen}
    lines = [measure(one, title, learn) for one in sets for title, learn in ways.items()]
    header = [
        "",
        f"{chosen.shots} messages an intent",
        "accuracy, %",
        "goal",
        "out of scope: AUROC",
        "found at 95 % kept, %",
    ]
    text = table(header, lines)
    print(text)
    if chosen.write:
        put_in("few shot", text)


if __name__ == "__main__":
    main()
