"""Learns a recogniser from labelled messages."""

from collections.abc import Callable

import numpy as np

from addons.nlu.encoder_graph import quantise, write_graph
from addons.nlu.encoder_weights import read_tokenizer, read_weights
from addons.nlu.examples import Example
from addons.nlu.labels import Labels, make_targets
from addons.nlu.recogniser import Recogniser, make_tokenizer

MAX_TRAINING_PIECES = 160  # longer stories are cut in training; attention grows with the square


def learn(examples: list[Example], tell: Callable[[str], None], **recipe: float) -> Recogniser:
    """Trains on the examples, telling each step, and returns the int8 network."""
    # TensorFlow takes seconds to import and is not needed to run a trained network.
    from addons.nlu.tuning import Network, Recipe, train

    content = read_tokenizer()
    tokenizer = make_tokenizer(content)
    tokenizer.enable_truncation(MAX_TRAINING_PIECES)
    encodings = [tokenizer.encode(example.text) for example in examples]
    labels = Labels.of(examples)
    targets = make_targets(examples, [encoding.offsets for encoding in encodings], labels)
    network = Network(read_weights(), labels, Recipe(**recipe))
    for step in train(network, [np.array(encoding.ids) for encoding in encodings], targets):
        tell(step)
    return Recogniser(quantise(write_graph(network.weights())), content, labels)
