"""Fit ``contrast``: ``python -m training.relations.fit_contrast --data FOLDER [--write]``.

Softmax regression by gradient descent with momentum, features brought to one scale, rare labels weighted by
the inverse root of their share. Fitted on Emergent, which is news; SICK (captions) is measured too. Prints
macro-F1 on the held-out parts (Emergent is split by claim).
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from training.relations import pairs
from training.relations.pairs import Labelled, Part
from workers.relations.contrast import contrast_features

Floats = NDArray[np.float64]
LABELS: Final = {
    "emergent": ("observing", "for", "against"),
    "sick": ("neutral", "entailment", "contradiction"),
}
WEIGHTS_FILE: Final = Path("workers/relations/contrast_weights.py")
_STEPS: Final = 1500
_PENALTY: Final = 1e-3


def rows_of(folder: Path, part: Part) -> dict[str, list[Labelled]]:
    """Both corpora."""
    return {"emergent": pairs.emergent(folder, part), "sick": pairs.sick(folder, part)}


def matrix(rows: list[Labelled], labels: tuple[str, ...]) -> tuple[Floats, NDArray[np.int64]]:
    """Features and label numbers."""
    values = np.array([contrast_features(row.left, row.right) for row in rows])
    return values, np.array([labels.index(row.label) for row in rows])


def fit(values: Floats, wanted: NDArray[np.int64]) -> Floats:
    """Coefficients [3, features] for features as they come."""
    weights = _weights(wanted)
    middle, spread = values.mean(axis=0), values.std(axis=0) + 1e-9
    middle[-1], spread[-1] = 0.0, 1.0
    scaled, target = (values - middle) / spread, np.eye(3)[wanted]
    found, speed = np.zeros((values.shape[1], 3)), np.zeros((values.shape[1], 3))
    for _ in range(_STEPS):
        likely = np.exp(scaled @ found)
        likely /= likely.sum(axis=1, keepdims=True)
        gradient = scaled.T @ ((likely - target) * weights[:, None]) + _PENALTY * found
        speed = 0.9 * speed + gradient
        found -= 0.1 * speed
    plain = found / spread[:, None]
    plain[-1] -= middle @ (found / spread[:, None])
    result: Floats = plain.T
    return result


def _weights(numbers: NDArray[np.int64]) -> Floats:
    counts = np.bincount(numbers, minlength=3)
    raw = np.sqrt(len(numbers) / np.maximum(counts, 1))[numbers]
    result: Floats = raw / raw.sum()
    return result


def macro_f1(wanted: NDArray[np.int64], got: NDArray[np.int64]) -> tuple[float, list[float]]:
    """Macro-F1 and the F1 of each label."""
    each = []
    for label in range(3):
        right = int(((got == label) & (wanted == label)).sum())
        either = int((got == label).sum() + (wanted == label).sum())
        each.append(2 * right / max(1, either))
    return sum(each) / 3, each


def main() -> None:
    """Fit, report on the held-out parts, and write the weights when asked to."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of the relation corpora")
    parser.add_argument("--write", action="store_true", help=f"write {WEIGHTS_FILE}")
    options = parser.parse_args()
    train = rows_of(options.data, "train")
    found = fit(*matrix(train["emergent"], LABELS["emergent"]))
    for part in ("tune", "test"):
        for name, rows in rows_of(options.data, part).items():
            values, wanted = matrix(rows, LABELS[name])
            macro, each = macro_f1(wanted, (values @ found.T).argmax(axis=1))
            told = " ".join(f"{label} {value:.3f}" for label, value in zip(LABELS[name], each, strict=True))
            print(f"{part} {name}: macro-F1 {macro:.3f} ({len(rows)} pairs; {told})")
    if options.write:
        rows_text = (", ".join(f"{value:.4f}" for value in row) for row in found)
        lines = "".join(f"    ({row}),\n" for row in rows_text)
        WEIGHTS_FILE.write_text(
            '"""Fitted weights of ``contrast``: unrelated, same, opposite (training.relations)."""\n\n'
            f"WEIGHTS: tuple[tuple[float, ...], ...] = (\n{lines})\n"
        )


if __name__ == "__main__":
    main()
