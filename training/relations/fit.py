"""Fit ``same_content``: ``python -m training.relations.fit --data FOLDER [--write]``.

Logistic regression (Newton's method) over ``features.NAMES``. Positive: MRPC paraphrases, Emergent claims
with their headlines, ECB+ sentences that share their events. Negative: MRPC's others, headlines of others,
ECB+ sentences of the same happening that share no event, and of another happening of its kind.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from training.relations import pairs
from training.relations.pairs import Pair, Part
from workers.relations.features import NAMES, features

Floats = NDArray[np.float64]
# How much all pairs of a kind count together, whatever their number.
SHARES: Final = {
    "ecb same": (1.0, 1),
    "ecb other": (2.0, 0),
    "ecb elsewhere": (1.0, 0),
    "emergent": (1.0, 1),
    "emergent mixed": (0.5, 0),
    "mrpc 1": (0.7, 1),
    "mrpc 0": (0.3, 0),
}
_MOST: Final = 3000
_PENALTY: Final = 1.0
_STEPS: Final = 30
WEIGHTS_FILE: Final = Path("workers/relations/weights.py")


def kinds(folder: Path, part: Part) -> dict[str, list[Pair]]:
    """The pairs of one part by kind, at most 3,000 of each."""
    happened = pairs.events(folder, part)
    headlines, news = pairs.emergent(folder, part), pairs.mrpc(folder, part)
    found: dict[str, list[Pair]] = {
        "ecb same": happened.same,
        "ecb other": happened.other,
        "ecb elsewhere": happened.elsewhere,
        "emergent": [(row.left, row.right) for row in headlines],
        "emergent mixed": pairs.mixed(headlines, len(headlines)),
        "mrpc 1": [(row.left, row.right) for row in news if row.label == "1"],
        "mrpc 0": [(row.left, row.right) for row in news if row.label == "0"],
    }
    rng = random.Random(5)
    return {kind: rng.sample(rows, min(_MOST, len(rows))) for kind, rows in found.items()}


def matrix(rows: Mapping[str, list[Pair]]) -> tuple[Floats, Floats, Floats, list[str]]:
    """Features with a constant behind them, labels, weights, kinds."""
    table = [
        ((*features(left, right), 1.0), float(SHARES[kind][1]), SHARES[kind][0] / len(found), kind)
        for kind, found in rows.items()
        for left, right in found
    ]
    values, labels, weights, names = zip(*table, strict=True)
    return np.array(values), np.array(labels), np.array(weights), list(names)


def fit(values: Floats, labels: Floats, weights: Floats) -> Floats:
    """Coefficients; the last is the constant."""
    found = np.zeros(values.shape[1])
    scaled = weights / weights.sum() * len(labels)
    for _ in range(_STEPS):
        likely = probabilities(values, found)
        gradient = values.T @ (scaled * (likely - labels)) + _PENALTY * found
        curve = (values * (scaled * likely * (1 - likely))[:, None]).T @ values
        found -= np.linalg.solve(curve + _PENALTY * np.eye(len(found)), gradient)
    return found


def probabilities(values: Floats, found: Floats) -> Floats:
    """Probability of each row."""
    result: Floats = 1.0 / (1.0 + np.exp(-values @ found))
    return result


def report(folder: Path, part: Part, found: Floats) -> None:
    """Print which share of each kind passes which threshold, and how well probabilities are met."""
    values, labels, weights, names = matrix(kinds(folder, part))
    likely = probabilities(values, found)
    kind = np.array(names)
    print(f"{part}: share of pairs above")
    for name in SHARES:
        chosen = likely[kind == name]
        shares = "  ".join(f"{at:.1f}: {(chosen > at).mean():.3f}" for at in (0.5, 0.6, 0.7, 0.8, 0.9))
        print(f"  {name:15} {len(chosen):5}  {shares}")
    edges = np.minimum((likely * 10).astype(int), 9)
    error = sum(
        weights[edges == bin_].sum()
        * abs(
            np.average(likely[edges == bin_], weights=weights[edges == bin_])
            - np.average(labels[edges == bin_], weights=weights[edges == bin_])
        )
        for bin_ in set(edges.tolist())
    )
    print(f"  expected calibration error {error / weights.sum():.3f} (weighted as in training)")


def write(found: Floats, path: Path) -> None:
    """Write the coefficients as the module that ships."""
    numbers = "".join(f"    {value:.4f},  # {name}\n" for name, value in zip(NAMES, found[:-1], strict=True))
    path.write_text(
        '"""Fitted weights of ``features.NAMES``, written by ``python -m training.relations.fit``."""\n\n'
        f"WEIGHTS: tuple[float, ...] = (\n{numbers})\nBIAS: float = {found[-1]:.4f}\n"
    )


def main() -> None:
    """Fit, report on tuning and test parts, and write the weights when asked to."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of the relation corpora")
    parser.add_argument("--write", action="store_true", help=f"write {WEIGHTS_FILE}")
    options = parser.parse_args()
    values, labels, weights, _ = matrix(kinds(options.data, "train"))
    found = fit(values, labels, weights)
    for part in ("tune", "test"):
        report(options.data, part, found)
    if options.write:
        write(found, WEIGHTS_FILE)


if __name__ == "__main__":
    main()
