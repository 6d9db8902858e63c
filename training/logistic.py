"""Logistic regression by Newton's method, for the few weights that calibrate scores and gates."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def newton(inputs: Floats, hits: Floats, start: Floats, pull: Floats, rounds: int = 50) -> Floats:
    """Return the weights of ``inputs`` [rows, weights], each pulled to its ``start`` by ``pull`` (L2)."""
    weights = start.copy()
    for _ in range(rounds):
        chances = 1.0 / (1.0 + np.exp(-np.clip(inputs @ weights, -40, 40)))
        slope = inputs.T @ (chances - hits) + pull * (weights - start)
        curve = (inputs * (chances * (1 - chances))[:, None]).T @ inputs + np.diag(pull)
        step = np.linalg.solve(curve, slope)
        weights = weights - step
        if float(np.abs(step).max()) < 1e-6:
            break
    return weights


def fitted(values: Floats, labels: Floats, pull: float) -> tuple[Floats, float]:
    """Return weights and bias for ``values`` [rows, inputs] as they are; fitted on standardised ones."""
    middle, spread = values.mean(axis=0), values.std(axis=0) + 1e-9
    scaled = np.hstack([(values - middle) / spread, np.ones((len(values), 1))])
    pulls = np.append(np.full(values.shape[1], pull), 0.01)
    found = newton(scaled, labels, np.zeros(values.shape[1] + 1), pulls)
    weights = found[:-1] / spread
    return weights, float(found[-1] - weights @ middle)


def chances(values: Floats, weights: Floats, bias: float) -> Floats:
    """Return each row's probability."""
    likely: Floats = 1.0 / (1.0 + np.exp(-np.clip(values @ weights + bias, -50, 50)))
    return likely


def write_weights(file: Path, names: Sequence[str], weights: Floats, bias: float) -> None:
    """Write the module of weights that ships; its name tells whose they are, and who fitted them."""
    of = file.stem.removesuffix("_weights")
    rows = "".join(f"    {value:.4f},  # {name}\n" for name, value in zip(names, weights, strict=True))
    file.write_text(
        f'"""Fitted weights of ``{of}`` (training.relations.fit_{of})."""\n\n'
        f"BIAS = {bias:.4f}\nWEIGHTS: tuple[float, ...] = (\n{rows})\n",
        "utf-8",
    )
