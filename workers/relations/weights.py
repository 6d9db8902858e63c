"""Fitted weights of ``features.NAMES``, made by ``python -m training.relations.fit``; do not edit by hand."""

WEIGHTS: tuple[float, ...] = (-2.289, -1.378, 6.471, 1.52, 0.306, -0.134, -1.401)
BIAS: float = 0.033
