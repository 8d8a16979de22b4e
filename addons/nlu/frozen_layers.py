"""Runs the encoder's lower layers over the training messages, once: training never changes them.

In int8 and one message at a time, as at run time, so that the upper layers learn from what they will be given.
"""

from collections.abc import Iterator

import numpy as np
import onnxruntime

from addons.nlu.encoder_graph import write_layers


def frozen_states(rows: list[np.ndarray], weights: dict[str, np.ndarray], layers: int) -> Iterator[np.ndarray]:
    """The hidden states (pieces, 384) of each message, in float16 to halve what is held."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    graph = write_layers(weights, layers)
    session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
    for ids in rows:
        positions = np.arange(len(ids), dtype=np.int64)[None]
        yield session.run(None, {"ids": ids[None], "positions": positions})[0][0].astype(np.float16)
