"""Do two texts share enough words to tell of one matter? Else neither words nor a model relate them."""

import math

from workers.relations.features import NAMES, features
from workers.relations.figures import compare
from workers.relations.known import Known
from workers.relations.opposition import denied_in_short

_ENOUGH = 1.1
_ENOUGH_TIED = 0.8
_ENOUGH_NEAR = 0.5
_NEAR = 2.0
_LEAST_COVERED = 0.22
_COVERED, _SHARED, _NAMES = map(NAMES.index, ("words_longer_covered", "words_shared", "names_fewer_covered"))


def may_be_believed(ours: str, theirs: str) -> bool:
    """May a model's word stand in for shared words? Not where only names are shared, nor for a short copy."""
    return ours != theirs and features(ours, theirs)[_COVERED] >= _LEAST_COVERED


def enough(left: Known, right: Known, ours: str, theirs: str) -> bool:
    """Do they share enough for a relation without a model's word?

    Words beside names: more than a rare one, or what they count, a name and a word. They must be a fair part
    of the longer text too, or "the disease that the virus causes" would relate whatever is said of it. Near
    figures tie two claims more than far ones: a force of 12,000 is not the 600 that left.
    """
    found = features(ours, theirs)
    shared = math.expm1(found[_SHARED])
    if shared > _ENOUGH and found[_COVERED] >= _LEAST_COVERED:
        return True
    if shared > _ENOUGH_NEAR and found[_NAMES] > 0:
        compared = compare(ours, left.quantities, theirs, right.quantities)
        tied = compared.change is not None and not compared.loose
        if tied and shared > (_ENOUGH_NEAR if compared.ratio <= _NEAR else _ENOUGH_TIED):
            return True
    return denied_in_short(left, right, ours, theirs)
