"""Writes the encoder, or the trained network, as one int8 ONNX graph for one message at a time.

Fused attention layers in int8 take half the time of the fp32 graph; a single message needs no
padding mask. The small heads stay in fp32.
"""

import tempfile
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic

LAYERS, HEADS = 6, 12
MICROSOFT = "com.microsoft"  # operator set of the fused layers
OUTPUTS = ("signs", "intent", "perspective", "carried")


class GraphWriter:
    """Collects nodes and weights under short names."""

    def __init__(self, weights: dict[str, np.ndarray]) -> None:
        self.weights = weights
        self.nodes: list[onnx.NodeProto] = []
        self.constants: dict[str, onnx.TensorProto] = {}

    def constant(self, name: str, value: np.ndarray) -> str:
        """Adds a weight and returns its name."""
        self.constants[name] = numpy_helper.from_array(np.ascontiguousarray(value), name)
        return name

    def weight(self, name: str) -> str:
        """Adds a weight by its name, a linear layer's matrix turned to (in, out)."""
        value = self.weights[name]
        return self.constant(name, value.T if value.ndim == 2 and "embeddings" not in name else value)

    def node(self, kind: str, inputs: list[str], output: str, domain: str = "", **settings: object) -> str:
        """Adds a node named as its output, and returns that name."""
        self.nodes.append(helper.make_node(kind, inputs, [output], output, domain=domain, **settings))
        return output

    def normalise(self, values: str, skip: str, layer: str, bias: str, output: str) -> str:
        """Adds bias and residual, then layer normalisation."""
        inputs = [values, skip, self.weight(f"{layer}.weight"), self.weight(f"{layer}.bias"), bias]
        return self.node("SkipLayerNormalization", inputs, output, MICROSOFT, epsilon=1e-12)

    def attention(self, values: str, layer: str, output: str) -> str:
        """Adds self-attention with the query, key and value matrices side by side."""
        names = [f"{layer}.attention.self.{part}" for part in ("query", "key", "value")]
        matrix = np.concatenate([self.weights[f"{name}.weight"].T for name in names], axis=1)
        bias = np.concatenate([self.weights[f"{name}.bias"] for name in names])
        weights = [self.constant(f"{layer}.qkv.weight", matrix), self.constant(f"{layer}.qkv.bias", bias)]
        return self.node("Attention", [values, *weights], output, MICROSOFT, num_heads=HEADS)

    def layer(self, values: str, number: int) -> str:
        """Adds one transformer layer."""
        name = f"encoder.layer.{number}"
        dense = f"{name}.attention.output"
        attended = self.attention(values, name, f"attended{number}")
        mixed = self.node("MatMul", [attended, self.weight(f"{dense}.dense.weight")], f"mixed{number}")
        bias = self.weight(f"{dense}.dense.bias")
        inner = self.normalise(mixed, values, f"{dense}.LayerNorm", bias, f"inner{number}")
        wide = self.node("MatMul", [inner, self.weight(f"{name}.intermediate.dense.weight")], f"wide{number}")
        bias = self.weight(f"{name}.intermediate.dense.bias")
        active = self.node("BiasGelu", [wide, bias], f"active{number}", MICROSOFT)
        narrow = self.node("MatMul", [active, self.weight(f"{name}.output.dense.weight")], f"narrow{number}")
        bias = self.weight(f"{name}.output.dense.bias")
        return self.normalise(narrow, inner, f"{name}.output.LayerNorm", bias, f"layer{number}")

    def linear(self, values: str, name: str, output: str) -> str:
        """Adds a head's linear layer."""
        product = self.node("MatMul", [values, self.weight(f"{name}.weight")], f"{name}.product")
        return self.node("Add", [product, self.weight(f"{name}.bias")], output)

    def heads(self, values: str) -> None:
        """Adds the heads: signs by the words that carry them and by the whole, intent, perspective."""
        mean = self.node("ReduceMean", [values], "mean", axes=[1], keepdims=0)
        look = self.node("Softmax", [self.linear(values, "look", "looked")], "look", axis=1)
        self.node("Mul", [look, self.linear(values, "word", "word")], "carried")
        words = self.node("ReduceSum", ["carried", self.constant("axis", np.array([1]))], "summed", keepdims=0)
        self.node("Add", [words, self.linear(mean, "whole", "whole")], "signs")
        self.linear(mean, "intent", "intent")
        self.linear(mean, "perspective", "perspective")

    def encode(self, layers: int) -> str:
        """Adds the embeddings and the encoder up to a layer."""
        words = self.node("Gather", [self.weight("embeddings.word_embeddings.weight"), "ids"], "words")
        table = self.weight("embeddings.position_embeddings.weight")
        places = self.node("Gather", [table, "positions"], "places")
        segment = self.constant("segment", self.weights["embeddings.token_type_embeddings.weight"][0])
        values = self.normalise(words, places, "embeddings.LayerNorm", segment, "embedded")
        for number in range(layers):
            values = self.layer(values, number)
        return values

    def model(self, outputs: tuple[str, ...]) -> onnx.ModelProto:
        """The graph so far: token ids (1, n) and positions (1, n) to the outputs."""
        inputs = [helper.make_tensor_value_info(n, TensorProto.INT64, ["one", "pieces"]) for n in ("ids", "positions")]
        shaped = [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs]
        graph = helper.make_graph(self.nodes, "understanding", inputs, shaped, list(self.constants.values()))
        operators = [helper.make_opsetid("", 17), helper.make_opsetid(MICROSOFT, 1)]
        return helper.make_model(graph, opset_imports=operators, ir_version=8)


def write_layers(weights: dict[str, np.ndarray], layers: int) -> bytes:
    """The encoder's lower layers alone: their last hidden states (1, n, 384)."""
    writer = GraphWriter(weights)
    return quantise(writer.model((writer.encode(layers),)))


def write_graph(weights: dict[str, np.ndarray]) -> bytes:
    """The trained network: logits (1, labels) and `carried` (1, n, signs)."""
    writer = GraphWriter(weights)
    writer.heads(writer.encode(LAYERS))
    return quantise(writer.model(OUTPUTS))


def quantise(model: onnx.ModelProto) -> bytes:
    """Turns the encoder into int8, per channel; the heads keep their precision."""
    heads = [node.name for node in model.graph.node if node.name.endswith(".product")]
    with tempfile.TemporaryDirectory() as folder:
        full, small = Path(folder) / "full.onnx", Path(folder) / "small.onnx"
        onnx.save(model, full)
        quantize_dynamic(
            full,
            small,
            per_channel=True,
            reduce_range=True,
            weight_type=QuantType.QInt8,
            op_types_to_quantize=["MatMul", "Attention", "Gather"],
            nodes_to_exclude=heads,
            extra_options={"DefaultTensorType": TensorProto.FLOAT},
        )
        return small.read_bytes()
