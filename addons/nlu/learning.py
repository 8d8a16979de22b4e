"""Learns a recogniser from labelled messages, or takes the one that learned from the same before.

Rasa trains a component again when any response changes, since responses are training data too;
minutes of work for a changed sentence would keep people from mending sentences.
"""

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np

from addons.nlu.encoder_graph import write_graph
from addons.nlu.encoder_weights import read_tokenizer, read_weights
from addons.nlu.examples import Example, joined
from addons.nlu.frozen_layers import frozen_states
from addons.nlu.labels import Labels, make_targets
from addons.nlu.recogniser import Recogniser, make_tokenizer

LEARNED = Path(__file__).resolve().parents[2] / ".cache" / "learned"
WHAT_COUNTS = (
    "encoder_graph.py",
    "encoder_weights.py",
    "examples.py",
    "frozen_layers.py",
    "labels.py",
    "learning.py",
    "tuning.py",
)
MOST_KEPT = 3
TELL_AFTER = 4000
MAX_TRAINING_PIECES = 160  # longer stories are cut in training; attention grows with the square


def learn(
    examples: list[Example],
    tell: Callable[[str], None],
    pairs: int,
    learned: Path = LEARNED,
    **recipe: float,
) -> Recogniser:
    """Trains on the examples and on pairs of them, telling each step, or finds what was learned before."""
    folder = learned / fingerprint(examples, pairs, recipe)
    if folder.exists():
        folder.touch()
        tell("learned from the same examples before, nothing to train")
        return Recogniser.load(folder)
    recogniser = train_network([*examples, *joined(examples, pairs, seed=0)], tell, recipe)
    scratch = learned / "scratch"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    recogniser.save(scratch)
    scratch.rename(folder)
    kept = sorted(learned.iterdir(), key=lambda path: path.stat().st_mtime)
    for old in kept[:-MOST_KEPT]:
        shutil.rmtree(old)
    return recogniser


def fingerprint(examples: list[Example], pairs: int, recipe: dict[str, float]) -> str:
    """One hash over all that a network depends on."""
    total = hashlib.sha256(repr((pairs, sorted(recipe.items()))).encode())
    for name in WHAT_COUNTS:
        total.update(Path(__file__).with_name(name).read_bytes())
    for example in examples:
        total.update(repr((example.text, example.intent, sorted(example.signs), example.spans)).encode())
        total.update(repr(example.perspective).encode())
    return total.hexdigest()


def train_network(examples: list[Example], tell: Callable[[str], None], recipe: dict[str, float]) -> Recogniser:
    """Trains the network and turns it into its int8 graph."""
    # TensorFlow takes seconds to import and is not needed to run a trained network.
    from addons.nlu.tuning import Network, Recipe, train

    content = read_tokenizer()
    tokenizer = make_tokenizer(content)
    tokenizer.enable_truncation(MAX_TRAINING_PIECES)
    encodings = [tokenizer.encode(example.text) for example in examples]
    labels = Labels.of(examples)
    targets = make_targets(examples, [encoding.offsets for encoding in encodings], labels)
    weights = read_weights()
    network = Network(weights, labels, Recipe(**recipe))
    states = []
    for state in frozen_states([np.array(e.ids) for e in encodings], weights, network.recipe.frozen_layers):
        states.append(state)
        if len(states) % TELL_AFTER == 0 or len(states) == len(encodings):
            tell(f"read {len(states)} of {len(encodings)} messages with the layers that stay")
    for step in train(network, states, targets):
        tell(step)
    return Recogniser(write_graph(network.weights()), content, labels)
