"""Fits the check-worthiness head: ``python -m training.worth --data DATA`` writes it into the shipped model.

A logistic regression on the encoder's mean hidden state and on which pieces a sentence has. Rated sentences
are ClaimBuster's; a tenth of them, by digest of the text, is kept out and measured.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import onnxruntime
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression

from training import corpora, scores
from training.corpora import RatedSentence
from training.predict import run, session
from workers.nlp.heads import CheckWorthiness, load_heads
from workers.nlp.pieces import Pieces, Window

Floats = npt.NDArray[np.float64]

PULL: Final = 33.0  # on weights of states that are scaled to spread 1
PIECE_SCALE: Final = 2.5  # how much less pull there is on pieces; both by five folds of the training part


def fit_worth(
    encoder: onnxruntime.InferenceSession, pieces: Pieces, data: Path, say: Callable[[str], None]
) -> dict[str, Any]:
    """Fit on nine tenths; say average precision on the tenth; return the head as ``encoder.json`` has it."""
    sentences = corpora.rated(data / corpora.CLAIMBUSTER)
    windows = [pieces.windows(sentence.text)[0] for sentence in sentences]
    means = _means(encoder, windows)
    hits = np.array([float(sentence.worth) for sentence in sentences])
    kept_out = _kept_out(sentences)
    head = fitted(
        means[~kept_out], [w for w, out in zip(windows, kept_out, strict=True) if not out], hits[~kept_out]
    )
    dev = np.flatnonzero(kept_out)
    chances = np.array([head.probability(means[n], windows[n].input_ids[1:-1]) for n in dev])
    precision = average_precision(chances, hits[dev])
    error = scores.calibration_error(chances.tolist(), (hits[dev] > 0).tolist())
    say(
        f"check-worthiness: average precision {precision:.3f}, ECE {error:.3f} "
        f"({int(hits[dev].sum())} of {len(dev)} sentences worth checking)"
    )
    return as_json(head)


def fitted(means: Floats, windows: Sequence[Window], hits: Floats) -> CheckWorthiness:
    """Return the head that fits ``means`` [N, H] and the windows' pieces to ``hits`` [N] of 0 and 1."""
    centre, spread = means.mean(axis=0), means.std(axis=0)
    seen = [np.unique(window.input_ids[1:-1]) for window in windows]
    size = 1 + max(int(ids.max()) for ids in seen)
    rows = np.repeat(np.arange(len(seen)), [len(ids) for ids in seen])
    cells = (np.full(len(rows), PIECE_SCALE), (rows, np.concatenate(seen)))
    has = csr_matrix(cells, shape=(len(seen), size))
    inputs = hstack([csr_matrix((means - centre) / spread), has]).tocsr()
    model = LogisticRegression(C=1 / PULL, max_iter=2000).fit(inputs, hits)
    found = model.coef_[0]
    weights = found[: len(centre)] / spread
    offset = float(model.intercept_[0] - weights @ centre)
    return CheckWorthiness(weights, offset, found[len(centre) :] * PIECE_SCALE)


def as_json(head: CheckWorthiness) -> dict[str, Any]:
    """Return the head for ``encoder.json``; of pieces only those that say anything."""
    pieces = [[number, round(float(weight), 4)] for number, weight in enumerate(head.pieces)]
    return {
        "weights": [round(float(value), 5) for value in head.weights],
        "offset": round(head.offset, 5),
        "pieces": [pair for pair in pieces if pair[1]],
    }


def average_precision(chances: Floats, hits: Floats) -> float:
    """Area under precision over recall, summed at each hit."""
    ranked = hits[np.argsort(-chances, kind="stable")]
    precision = np.cumsum(ranked) / np.arange(1, len(ranked) + 1)
    return float((precision * ranked).sum() / max(1.0, ranked.sum()))


def _means(encoder: onnxruntime.InferenceSession, windows: Sequence[Window]) -> Floats:
    """Mean hidden state of each window's pieces, [CLS] and [SEP] left out: [N, H]."""
    outputs = run(encoder, windows)
    return np.stack([output["hidden"][1:-1].mean(axis=0) for output in outputs]).astype(np.float64)


def _kept_out(sentences: Sequence[RatedSentence]) -> npt.NDArray[np.bool_]:
    return np.array([corpora.tenth(sentence.text) == corpora.DEV_TENTH for sentence in sentences])


def main() -> None:
    """Fit the head of an exported model and write it back."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of the corpora")
    parser.add_argument("--model", type=Path, default=Path("models/en_claimwire"))
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    folder: Path = options.model / "encoder"
    content: dict[str, Any] = json.loads((folder / "encoder.json").read_text(encoding="utf-8"))
    pieces = Pieces.load(folder, load_heads(folder).max_pieces)
    encoder = session(folder / "model.onnx", options.threads)
    content["checkworthiness"] = fit_worth(encoder, pieces, options.data, print)
    (folder / "encoder.json").write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
