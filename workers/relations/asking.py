"""Is a pair worth a pair model's time? The model takes longer than all else that a claim costs.

What words alone relate is asked of, as the model refuses some of it. Of the rest few answers make a relation,
and a regression over the words tells which: training/relations/fit_asking.py.
"""

import math
from operator import mul

from workers.relations.asking_weights import BIAS, WEIGHTS
from workers.relations.contrast import contrast
from workers.relations.features import NAMES, features
from workers.relations.figures import Agreement, compare
from workers.relations.known import Known
from workers.relations.opinion import Opinion
from workers.relations.origins import same_speaker
from workers.relations.pairs import alike, is_denied, judge, same_content, states_something
from workers.relations.sharing import enough, may_be_believed
from workers.relations.signs import signs
from workers.relations.thresholds import Thresholds

INPUTS = (
    *NAMES,
    "log_odds_same_content",
    "log_contrast_unrelated",
    "log_contrast_same",
    "log_contrast_opposite",
    "shared_clauses_opposed",
    "main_parts_opposed",
    "negated_alike",
    "share_enough",
    "denied",
    "figures_equal",
    "figures_differ",
    "figures_loose",
    "same_speaker",
    "same_stance",
    "same_day",
    "routes_shared",
    "log_shorter",
    "log_longer",
)
_DEFAULT = Thresholds()
_LEAST_SAME = 0.35
_LEAST_LIKELY = 1e-4
_DECIDED_OPINIONS = (Opinion(0.0, 1.0, 0.0), Opinion(0.0, 0.0, 1.0), Opinion(0.0, 0.5, 0.5))


def worth_asking(left: Known, right: Known, thresholds: Thresholds = _DEFAULT) -> bool:
    """Is an opinion on the pair likely enough to make a relation, or to unmake the one that words make?"""
    if not may_be_asked(left, right, thresholds):
        return False
    return (
        judge(left, right, None, thresholds).kind is not None
        or chance(inputs(left, right)) >= thresholds.asked
    )


def may_be_asked(left: Known, right: Known, thresholds: Thresholds = _DEFAULT) -> bool:
    """Is the pair close, and could any opinion lead to a relation?"""
    if left.side.article_id == right.side.article_id or same_content(left, right) < _LEAST_SAME:
        return False
    ours, theirs = alike(left, right)
    if not (states_something(left, ours) and states_something(right, theirs)):
        return False
    if not (may_be_believed(ours, theirs) or enough(left, right, ours, theirs)):
        return False  # most of what comes together shares names alone: no answer makes it a relation
    without = judge(left, right, None, thresholds)
    told = [judge(left, right, opinion, thresholds) for opinion in _DECIDED_OPINIONS]
    return any(each != without for each in told) and any(each.kind is not None for each in told)


def inputs(left: Known, right: Known) -> tuple[float, ...]:
    """Return the values of ``INPUTS``; nothing of them takes a model."""
    ours, theirs = alike(left, right)
    likely = min(max(same_content(left, right), _LEAST_LIKELY), 1 - _LEAST_LIKELY)
    said, turned = contrast(ours, theirs), signs(ours, theirs)
    compared = compare(ours, left.quantities, theirs, right.quantities)
    shorter, longer = sorted((len(ours), len(theirs)))
    return (
        *features(ours, theirs),
        math.log(likely / (1 - likely)),
        *(math.log(max(each, _LEAST_LIKELY)) for each in (said.unrelated, said.same, said.opposite)),
        float(turned.shared < 0),
        float(turned.main < 0),
        float(turned.turned),
        float(enough(left, right, ours, theirs)),
        float(is_denied(left, right)),
        float(compared.agreement is Agreement.EQUAL),
        float(compared.change is not None),
        float(compared.loose),
        float(same_speaker(left, right)),
        float(left.side.stance is right.side.stance),
        float(bool(set(left.days) & set(right.days))),
        float(len(set(left.routes) & set(right.routes))),
        math.log1p(shorter),
        math.log1p(longer),
    )


def chance(found: tuple[float, ...]) -> float:
    """Return the probability that an opinion makes a relation of a pair that words leave unrelated."""
    total = BIAS + sum(map(mul, WEIGHTS, found))
    return 1.0 / (1.0 + math.exp(-max(-50.0, min(50.0, total))))
