"""Logistic regression by Newton's method, for the few weights that calibrate scores."""

from __future__ import annotations

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
