"""Runs the trained network on one message: how likely each label is, and which words say so."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from addons.nlu.labels import Labels

MAX_PIECES = 384  # of the 512 that the encoder has places for; about 300 words
GRAPH, TOKENIZER, LABELS = "understanding.onnx", "tokenizer.json", "labels.json"


@dataclass(frozen=True)
class Reading:
    """What the network makes of a message.

    intents, signs: probability by id. perspective: probabilities of self, other, general.
    carried: (pieces, signs), how much each word piece adds to each sign. offsets: (pieces, 2),
    where each piece stands in the text, in characters.
    """

    intents: dict[str, float]
    signs: dict[str, float]
    perspective: np.ndarray
    carried: np.ndarray
    offsets: np.ndarray


def sigmoid(logits: np.ndarray) -> np.ndarray:
    """Independent probabilities."""
    return 1.0 / (1.0 + np.exp(-np.clip(logits, -30, 30)))


def softmax(logits: np.ndarray) -> np.ndarray:
    """Probabilities that add up to one."""
    powers = np.exp(logits - logits.max())
    return powers / powers.sum()


def make_tokenizer(content: str) -> Tokenizer:
    """The encoder's tokenizer, for one message at a time."""
    tokenizer = Tokenizer.from_str(content)
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_PIECES)
    return tokenizer


class Recogniser:
    """The trained network, on one thread."""

    def __init__(self, graph: bytes, tokenizer: str, labels: Labels) -> None:
        self.graph, self.tokenizer_content, self.labels = graph, tokenizer, labels
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self.session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
        self.tokenizer = make_tokenizer(tokenizer)

    def read(self, text: str) -> Reading:
        """Reads one message."""
        encoding = self.tokenizer.encode(text)
        ids = np.array([encoding.ids], dtype=np.int64)
        positions = np.arange(ids.shape[1], dtype=np.int64)[None]
        signs, intent, perspective, carried = self.session.run(None, {"ids": ids, "positions": positions})
        return Reading(
            dict(zip(self.labels.intents, softmax(intent[0]).tolist())),
            dict(zip(self.labels.signs, sigmoid(signs[0]).tolist())),
            softmax(perspective[0]),
            carried[0],
            np.array(encoding.offsets, dtype=np.int64).reshape(-1, 2),
        )

    def save(self, folder: Path) -> None:
        """Writes everything that reading needs."""
        (folder / GRAPH).write_bytes(self.graph)
        (folder / TOKENIZER).write_text(self.tokenizer_content, "utf-8")
        (folder / LABELS).write_text(json.dumps(self.labels._asdict()), "utf-8")

    @classmethod
    def load(cls, folder: Path) -> Recogniser:
        """Reads what `save` wrote."""
        labels = Labels(**json.loads((folder / LABELS).read_text("utf-8")))
        return cls((folder / GRAPH).read_bytes(), (folder / TOKENIZER).read_text("utf-8"), labels)
