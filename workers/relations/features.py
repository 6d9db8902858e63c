"""Two contents side by side as numbers: what they share, weighted by how telling it is."""

import math

from workers.relations.known import Known
from workers.relations.terms import Terms, terms_of

NAMES = (
    "jaccard",
    "shorter_covered",
    "longer_covered",
    "shared_weight",
    "names_shared",
    "names_clash",
    "shorter_weight",
)
Features = tuple[float, ...]


def features(left: Known, right: Known) -> Features:
    """Return one number for each of ``NAMES``, all between 0 and about 3; the sides may be exchanged.

    Figures are left out: a figure that moved makes the contents no less the same.
    """
    ours, theirs = terms_of(left.side.text), terms_of(right.side.text)
    shared = shared_weight(ours, theirs)
    smaller, larger = sorted((ours.total, theirs.total))
    joint = ours.total + theirs.total - shared
    names, clash = _names(ours, theirs)
    return (
        shared / joint if joint else 0.0,
        shared / smaller if smaller else 0.0,
        shared / larger if larger else 0.0,
        math.log1p(shared),
        names,
        clash,
        math.log1p(smaller),
    )


def shared_weight(ours: Terms, theirs: Terms) -> float:
    """Return the weight of the terms that both texts have."""
    return sum(
        min(weight, theirs.weights[term]) for term, weight in ours.weights.items() if term in theirs.weights
    )


def _names(ours: Terms, theirs: Terms) -> tuple[float, float]:
    """Return the share of names that agree, and whether both name somebody and nobody is the same."""
    fewer = min(len(ours.names), len(theirs.names))
    if not fewer:
        return 0.0, 0.0
    mine = len(ours.names & theirs.weights.keys())
    yours = len(theirs.names & ours.weights.keys())
    shared = max(mine, yours) / fewer
    return min(1.0, shared), float(not shared)
