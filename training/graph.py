"""The model as an ONNX graph, built node by node with onnxruntime's fused operators.

Written out rather than traced: the graph then has one attention, two normalisations and three
products a layer whatever the versions of PyTorch and of its exporter. With ``ranges`` the layers'
products and the word embeddings are int8 and the ranges of what flows into them are fixed, so that
a window's scores do not depend on the windows that share its batch.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor, nn

from training.model import POINTERS, Claimwire, Encoder, Layer

INPUTS: Final = ("input_ids", "attention_mask", "case_ids")
OUTPUTS: Final = ("attribution", "entities", "hidden", *POINTERS)
FUSED: Final = "com.microsoft"
EPSILON: Final = 1e-12


Array = npt.NDArray[np.generic]


@dataclass(frozen=True, slots=True, eq=False)
class Activation:
    """What flows into a product: each channel is multiplied by ``scale`` [H], then lies in a range.

    The scale takes the height of a few outlying channels into the weights (SmoothQuant, Xiao et
    al. 2023): one range then serves all channels.
    """

    scale: npt.NDArray[np.float32]
    low: float
    high: float


class HasEncoder(Protocol):
    """A model around MiniLM, whatever its heads."""

    @property
    def encoder(self) -> Encoder:
        """The layers under the heads."""


class Graph:
    """Nodes and weights gathered while the graph is written."""

    def __init__(self, ranges: Mapping[str, Activation]) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.weights: list[onnx.TensorProto] = []
        self.ranges = ranges

    def weight(self, name: str, value: Tensor | Array) -> str:
        """Keep a constant; returns its name, as all of these return the name of what they add."""
        array = value.detach().cpu().numpy() if isinstance(value, Tensor) else value
        self.weights.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def add(
        self, kind: str, inputs: tuple[str, ...], output: str, domain: str = "", **attributes: float
    ) -> str:
        """Add a node with one output."""
        node = helper.make_node(kind, inputs, [output], name=output, domain=domain)
        node.attribute.extend(helper.make_attribute(key, value) for key, value in attributes.items())
        self.nodes.append(node)
        return output

    def linear(self, layer: nn.Linear, source: str, output: str) -> str:
        """``source`` times the layer's weights plus its bias, in float32."""
        product = self.add(
            "MatMul",
            (source, self.weight(f"{output}/weight", layer.weight.T)),
            f"{output}/product",
        )
        return self.add("Add", (product, self.weight(f"{output}/bias", layer.bias)), output)

    def product(self, layer: nn.Linear, source: str, output: str) -> str:
        """``source`` times the layer's weights, in int8 where the range of ``source`` is known."""
        if source not in self.ranges:
            weight = self.weight(f"{output}/weight", layer.weight.T)
            return self.add("MatMul", (source, weight), output)
        quantised, scale, zero = self.quantised(source)
        columns = self.int8_columns(source, f"{output}/weight", layer.weight.T)
        inputs = (quantised, columns[0], scale, columns[1], zero, columns[2])
        return self.add("MatMulIntegerToFloat", inputs, output, FUSED)

    def quantised(self, source: str) -> tuple[str, str, str]:
        """Names of the scaled ``source`` as bytes, of its step and of its zero point."""
        flow = self.ranges[source]
        step = (flow.high - flow.low) / 255.0
        smooth = self.weight(f"{source}/smooth", flow.scale)
        self.add("Mul", (source, smooth), f"{source}/smoothed")
        scale = self.weight(f"{source}/scale", np.array(step, dtype=np.float32))
        zero = self.weight(f"{source}/zero", np.array(round(-flow.low / step), dtype=np.uint8))
        inputs = (f"{source}/smoothed", scale, zero)
        return self.add("QuantizeLinear", inputs, f"{source}/bytes"), scale, zero

    def int8_columns(self, source: str, name: str, value: Tensor) -> tuple[str, str, str]:
        """Names of the weights as signed bytes, of each column's scale and of the zero points."""
        array = value.detach().cpu().numpy() / self.ranges[source].scale[:, None]
        scale = np.abs(array).max(axis=0) / 127.0
        whole = np.clip(np.round(array / scale), -127, 127).astype(np.int8)
        return (
            self.weight(name, whole),
            self.weight(f"{name}/scale", scale.astype(np.float32)),
            self.weight(f"{name}/zero", np.zeros(array.shape[1], dtype=np.int8)),
        )

    def norm_of_sum(self, norm: nn.LayerNorm, one: str, other: str, bias: Tensor | None, output: str) -> str:
        """The layer norm of a sum, with a bias in it where there is one."""
        inputs = [
            one,
            other,
            self.weight(f"{output}/gamma", norm.weight),
            self.weight(f"{output}/beta", norm.bias),
        ]
        if bias is not None:
            inputs.append(self.weight(f"{output}/bias", bias))
        return self.add("SkipLayerNormalization", tuple(inputs), output, FUSED, epsilon=EPSILON)


def products(model: HasEncoder) -> dict[str, npt.NDArray[np.float32]]:
    """The tensors that flow into the layers' products, with the weights [in, out] they meet."""
    found: dict[str, npt.NDArray[np.float32]] = {}
    hidden = "embedded"
    for index, layer in enumerate(_layers(model)):
        for name, part in (
            (hidden, layer.query_key_value),
            (f"layer{index}/attention", layer.attended),
            (f"layer{index}/attended_norm", layer.inner),
            (f"layer{index}/gelu", layer.outer),
        ):
            found[name] = part.weight.detach().cpu().numpy().T
        hidden = f"layer{index}/outer_norm"
    return found


def write(
    model: Claimwire,
    path: Path,
    ranges: Mapping[str, Activation] | None = None,
    *,
    watched: tuple[str, ...] = (),
) -> None:
    """Write ``model``: float32, or int8 where ``ranges`` names the input of a product.

    ``watched`` tensors become outputs, too. Raises ``onnx.checker.ValidationError`` on a graph
    that is broken.
    """
    graph = Graph(ranges or {})
    hidden = encode(graph, model, INPUTS)
    graph.add("Identity", (hidden,), "hidden")
    graph.linear(model.attribution, hidden, "attribution")
    graph.linear(model.entities, hidden, "entities")
    for name in POINTERS:
        pointer = model.pointers[name]
        if not isinstance(pointer, nn.Linear):
            raise TypeError(f"{name} is a {type(pointer).__name__}")
        graph.linear(pointer, hidden, name)
    sizes = {
        "attribution": model.attribution.out_features,
        "entities": model.entities.out_features,
        "hidden": model.shape.hidden,
    }
    shapes: dict[str, tuple[str | int | None, ...]] = {
        **{name: ("B", "T", sizes.get(name, 64)) for name in OUTPUTS},
        **dict.fromkeys(watched, ("B", "T", None)),
    }
    save(graph, INPUTS, shapes, path)


def encode(graph: Graph, model: HasEncoder, inputs: tuple[str, str, str]) -> str:
    """Add embeddings and layers; returns the name of the hidden states.

    ``inputs`` name the pieces, the mask and the marks (case or segment) that are embedded beside the words.
    """
    pieces, mask, marks = inputs
    hidden = _embed(graph, model.encoder, pieces, marks)
    graph.add("Cast", (mask,), "mask", to=TensorProto.INT32)
    for index, layer in enumerate(_layers(model)):
        hidden = _layer(graph, layer, hidden, f"layer{index}")
    return hidden


def save(
    graph: Graph, inputs: tuple[str, ...], outputs: Mapping[str, tuple[str | int | None, ...]], path: Path
) -> None:
    """Check and write the model; ``outputs`` are shapes by name."""
    made = helper.make_model(
        helper.make_graph(
            graph.nodes,
            "claimwire",
            [helper.make_tensor_value_info(name, TensorProto.INT64, ["B", "T"]) for name in inputs],
            [
                helper.make_tensor_value_info(name, TensorProto.FLOAT, list(shape))
                for name, shape in outputs.items()
            ],
            graph.weights,
        ),
        opset_imports=[helper.make_opsetid("", 17), helper.make_opsetid(FUSED, 1)],
        ir_version=8,
        producer_name="claimwire",
    )
    onnx.checker.check_model(made)
    onnx.save(made, str(path))


def _layers(model: HasEncoder) -> list[Layer]:
    return [layer for layer in model.encoder.layers if isinstance(layer, Layer)]


def _embed(graph: Graph, encoder: Encoder, pieces: str, marks: str) -> str:
    _words(graph, encoder.words.weight, pieces)
    cases = graph.weight("cases/weight", encoder.cases.weight)
    graph.add("Gather", (cases, marks), "cases")
    graph.add("Shape", (pieces,), "length", start=1, end=2)
    positions = graph.weight("positions/weight", encoder.positions.weight)
    zero = graph.weight("zero", np.zeros(1, dtype=np.int64))
    graph.add("Slice", (positions, zero, "length", zero), "positions")
    graph.add("Add", ("cases", "positions"), "marks")
    return graph.norm_of_sum(encoder.norm, "words", "marks", None, "embedded")


def _words(graph: Graph, table: Tensor, pieces: str) -> None:
    """Word embeddings: signed bytes with a scale a row, or float32."""
    if not graph.ranges:
        graph.add("Gather", (graph.weight("words/weight", table), pieces), "words")
        return
    array = table.detach().cpu().numpy()
    scales = np.maximum(np.abs(array).max(axis=1, keepdims=True), 1e-9) / 127.0
    rows = graph.weight("words/weight", np.round(array / scales).astype(np.int8))
    scale = graph.weight("words/weight/scale", scales.astype(np.float32))
    graph.add("Gather", (rows, pieces), "words/bytes")
    graph.add("Gather", (scale, pieces), "words/scales")
    graph.add("Cast", ("words/bytes",), "words/whole", to=TensorProto.FLOAT)
    graph.add("Mul", ("words/whole", "words/scales"), "words")


def _attention(graph: Graph, layer: Layer, hidden: str, name: str) -> str:
    packed = layer.query_key_value
    bias = graph.weight(f"{name}/bias", packed.bias)
    if hidden not in graph.ranges:
        weight = graph.weight(f"{name}/weight", packed.weight.T)
        return graph.add("Attention", (hidden, weight, bias, "mask"), name, FUSED, num_heads=layer.heads)
    quantised, scale, zero = graph.quantised(hidden)
    columns = graph.int8_columns(hidden, f"{name}/weight", packed.weight.T)
    inputs = (quantised, columns[0], bias, scale, columns[1], "mask", zero, columns[2])
    return graph.add("QAttention", inputs, name, FUSED, num_heads=layer.heads)


def _layer(graph: Graph, layer: Layer, hidden: str, name: str) -> str:
    mixed = _attention(graph, layer, hidden, f"{name}/attention")
    mixed = graph.product(layer.attended, mixed, f"{name}/attended")
    normed = graph.norm_of_sum(
        layer.attended_norm, mixed, hidden, layer.attended.bias, f"{name}/attended_norm"
    )
    inner = graph.product(layer.inner, normed, f"{name}/inner")
    bias = graph.weight(f"{name}/inner/bias", layer.inner.bias)
    inner = graph.add("BiasGelu", (inner, bias), f"{name}/gelu", FUSED)
    outer = graph.product(layer.outer, inner, f"{name}/outer")
    return graph.norm_of_sum(layer.outer_norm, outer, normed, layer.outer.bias, f"{name}/outer_norm")
