"""Trains the upper layers of the sentence encoder and the heads on data/nlu.

The encoder's lower layers stay as they are (addons/nlu/frozen_layers.py); the upper ones and the heads
learn together, which a linear head on frozen vectors cannot match (measured in docs/understanding.md).
TensorFlow is here because Rasa brings it; it is not used at run time.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import tensorflow as tf

from addons.nlu.encoder_graph import HEADS, LAYERS
from addons.nlu.labels import Labels, Targets

WIDTH = 384
CLEARLY = 0.7  # casting costs time as well
PARTS = (
    "attention.self.query",
    "attention.self.key",
    "attention.self.value",
    "attention.output.dense",
    "attention.output.LayerNorm",
    "intermediate.dense",
    "output.dense",
    "output.LayerNorm",
)
Weights = dict[str, np.ndarray]


@dataclass(frozen=True)
class Recipe:
    """How the network is trained; the figures behind each choice are in docs/understanding.md."""

    frozen_layers: int = 3
    epochs: int = 8
    batch: int = 32
    encoder_rate: float = 2e-4
    head_rate: float = 2e-3
    warm_up: float = 0.08
    dropout: float = 0.1
    smoothing: float = 0.05
    perspective_weight: float = 0.5
    word_weight: float = 1.0
    seed: int = 0


def layer_names(number: int) -> list[str]:
    """The names of one layer's weights, as in the encoder's file."""
    return [f"encoder.layer.{number}.{part}.{kind}" for part in PARTS for kind in ("weight", "bias")]


def normalise(values: tf.Tensor, weights: dict, name: str) -> tf.Tensor:
    """Layer normalisation."""
    mean, variance = tf.nn.moments(values, [-1], keepdims=True)
    return (values - mean) * tf.math.rsqrt(variance + 1e-12) * weights[f"{name}.weight"] + weights[f"{name}.bias"]


@lru_cache(maxsize=1)
def product_type() -> tf.DType:
    """The number type of matrix products: bfloat16 where the processor multiplies it clearly faster.

    Measured on the spot, since a processor without such units takes longer with it.
    """

    def seconds(kind: tf.DType) -> float:
        left, right = tf.ones((1024, WIDTH), kind), tf.ones((WIDTH, 4 * WIDTH), kind)
        times = []
        for _ in range(5):
            start = time.perf_counter()
            tf.matmul(left, right).numpy()
            times.append(time.perf_counter() - start)
        return min(times)

    with tf.init_scope():  # also when a graph is being traced
        return tf.bfloat16 if seconds(tf.bfloat16) < CLEARLY * seconds(tf.float32) else tf.float32


def linear(values: tf.Tensor, weights: dict, name: str) -> tf.Tensor:
    """A linear layer, its matrix stored as (out, in); sums and biases are in float32.

    One product over all pieces of a batch: TensorFlow would multiply message by message, which takes twice the time.
    """
    kind, weight = product_type(), weights[f"{name}.weight"]
    rows = tf.reshape(values, (-1, values.shape[-1]))
    product = tf.cast(tf.matmul(tf.cast(rows, kind), tf.cast(weight, kind), transpose_b=True), tf.float32)
    shape = tf.concat([tf.shape(values)[:-1], [weight.shape[0]]], 0)
    return tf.reshape(product + weights[f"{name}.bias"], shape)


def transformer_layer(values: tf.Tensor, mask: tf.Tensor, weights: dict, number: int, dropout: float) -> tf.Tensor:
    """One encoder layer over (messages, pieces, width); mask is 1.0 for pieces that count."""
    name = f"encoder.layer.{number}"
    shape = tf.shape(values)

    def heads(part: str) -> tf.Tensor:
        split = linear(values, weights, f"{name}.attention.self.{part}")
        split = tf.reshape(split, (shape[0], shape[1], HEADS, WIDTH // HEADS))
        return tf.transpose(split, (0, 2, 1, 3))

    scores = tf.matmul(heads("query"), heads("key"), transpose_b=True) / (WIDTH // HEADS) ** 0.5
    attention = tf.nn.softmax(scores + (mask[:, None, None, :] - 1.0) * 1e9)
    mixed = tf.transpose(tf.matmul(attention, heads("value")), (0, 2, 1, 3))
    mixed = linear(tf.reshape(mixed, shape), weights, f"{name}.attention.output.dense")
    inner = normalise(values + tf.nn.dropout(mixed, dropout), weights, f"{name}.attention.output.LayerNorm")
    wide = tf.nn.gelu(linear(inner, weights, f"{name}.intermediate.dense"), approximate=True)
    narrow = tf.nn.dropout(linear(wide, weights, f"{name}.output.dense"), dropout)
    return normalise(inner + narrow, weights, f"{name}.output.LayerNorm")


def pad(rows: list[np.ndarray], fill: float = 0.0) -> np.ndarray:
    """Puts rows of different length into one array."""
    longest = max(len(row) for row in rows)
    padded = np.full((len(rows), longest, *rows[0].shape[1:]), fill, dtype=rows[0].dtype)
    for place, row in enumerate(rows):
        padded[place, : len(row)] = row
    return padded


class Network:
    """The trainable part: the upper layers and three heads over one encoding.

    signs: for each sign a look of its own at the words (attention), plus one at the whole.
    intent, perspective: at the mean of the words.
    """

    def __init__(self, weights: Weights, labels: Labels, recipe: Recipe) -> None:
        self.recipe = recipe
        self.layers = range(recipe.frozen_layers, LAYERS)
        self.frozen = weights
        random = np.random.default_rng(recipe.seed)
        self.encoder = {name: tf.Variable(weights[name]) for n in self.layers for name in layer_names(n)}
        sizes = {
            "look": len(labels.signs),
            "word": len(labels.signs),
            "whole": len(labels.signs),
            "intent": len(labels.intents),
            "perspective": 3,
        }
        self.heads = {}
        for name, size in sizes.items():
            start = random.normal(0, 0.02, (size, WIDTH)).astype(np.float32)
            self.heads[f"{name}.weight"] = tf.Variable(start)
            self.heads[f"{name}.bias"] = tf.Variable(np.zeros(size, np.float32))

    def upper(self, values: tf.Tensor, mask: tf.Tensor, dropout: float) -> tuple[tf.Tensor, ...]:
        """Logits of signs, intent, perspective and, for each word piece, of signs."""
        for number in self.layers:
            values = transformer_layer(values, mask, self.encoder, number, dropout)
        mean = tf.reduce_sum(values * mask[..., None], 1) / tf.reduce_sum(mask, 1, keepdims=True)
        mean = tf.nn.dropout(mean, dropout)
        look = linear(values, self.heads, "look") + (mask[..., None] - 1.0) * 1e9
        words = linear(values, self.heads, "word")
        signs = tf.reduce_sum(tf.nn.softmax(look, axis=1) * words, 1) + linear(mean, self.heads, "whole")
        return signs, linear(mean, self.heads, "intent"), linear(mean, self.heads, "perspective"), words

    def loss(self, values: tf.Tensor, mask: tf.Tensor, targets: Targets) -> tf.Tensor:
        """Sum of the heads' losses; what a message has no label for (-1) does not count."""
        signs, intent, perspective, words = self.upper(values, mask, self.recipe.dropout)
        of_signs = tf.nn.sigmoid_cross_entropy_with_logits(targets.signs, signs)
        count = intent.shape[-1]
        smooth = tf.one_hot(targets.intent, count) * (1 - self.recipe.smoothing) + self.recipe.smoothing / count
        of_intent = tf.nn.softmax_cross_entropy_with_logits(smooth, intent)
        told = tf.cast(targets.perspective >= 0, tf.float32)
        of_perspective = tf.nn.sparse_softmax_cross_entropy_with_logits(tf.maximum(targets.perspective, 0), perspective)
        marked = tf.cast(targets.words >= 0, tf.float32)
        of_words = tf.nn.sigmoid_cross_entropy_with_logits(tf.maximum(targets.words, 0), words) * marked
        pieces = tf.reduce_sum(marked[..., 0])
        return (
            tf.reduce_mean(tf.reduce_sum(of_signs, 1))
            + tf.reduce_mean(of_intent)
            + self.recipe.perspective_weight
            * tf.math.divide_no_nan(tf.reduce_sum(of_perspective * told), tf.reduce_sum(told))
            + self.recipe.word_weight * tf.math.divide_no_nan(tf.reduce_sum(of_words), pieces)
        )

    def weights(self) -> Weights:
        """All weights, trained and frozen, for the run-time graph."""
        trained = {name: value.numpy() for name, value in {**self.encoder, **self.heads}.items()}
        return {**self.frozen, **trained}


def batches(lengths: np.ndarray, size: int, random: np.random.Generator) -> list[np.ndarray]:
    """Groups messages of similar length, in random order."""
    order = np.argsort(lengths + random.random(len(lengths)) * 6)
    groups = [order[start : start + size] for start in range(0, len(order), size)]
    random.shuffle(groups)
    return groups


def train(network: Network, states: list[np.ndarray], targets: Targets) -> Iterator[str]:
    """Trains the network on what the frozen layers gave, telling each epoch's loss."""
    recipe = network.recipe
    random = np.random.default_rng(recipe.seed)
    tf.random.set_seed(recipe.seed)
    lengths = np.array([len(row) for row in states])
    steps = recipe.epochs * (len(states) // recipe.batch + 1)
    pace = tf.Variable(0.0)
    encoder, heads = list(network.encoder.values()), list(network.heads.values())
    optimizers = [(tf.keras.optimizers.legacy.Adam(lambda: pace * recipe.encoder_rate), encoder)]
    optimizers.append((tf.keras.optimizers.legacy.Adam(lambda: pace * recipe.head_rate), heads))

    @tf.function(reduce_retracing=True)
    def step(values: tf.Tensor, mask: tf.Tensor, *of_batch: tf.Tensor) -> tf.Tensor:
        with tf.GradientTape() as tape:
            loss = network.loss(tf.cast(values, tf.float32), mask, Targets(*of_batch))
        gradients, _ = tf.clip_by_global_norm(tape.gradient(loss, encoder + heads), 1.0)
        for optimizer, variables in optimizers:
            own = gradients[: len(encoder)] if variables is encoder else gradients[len(encoder) :]
            optimizer.apply_gradients(zip(own, variables))
        return loss

    done = 0
    for epoch in range(recipe.epochs):
        losses = []
        for group in batches(lengths, recipe.batch, random):
            done += 1
            pace.assign(min(1.0, done / (recipe.warm_up * steps)) * max(0.0, 1 - done / steps))
            values = pad([states[i] for i in group])
            mask = pad([np.ones(lengths[i], np.float32) for i in group])
            losses.append(float(step(values, mask, *targets.of(group))))
        yield f"epoch {epoch + 1} of {recipe.epochs}: loss {np.mean(losses):.3f}"
