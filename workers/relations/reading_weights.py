"""Fitted weights of ``reading``: unrelated, same, opposite (training.relations)."""

WEIGHTS: tuple[tuple[float, ...], ...] = ((0.0,) * 19, (0.0,) * 19, (0.0,) * 19)
