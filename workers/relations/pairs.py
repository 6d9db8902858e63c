"""The decision on two claims: unrelated, corroborates, contradicts or updates.

First, do both contents tell of the same thing (``same_content``)? Then signs decide: stance, negation and
denials inside the content multiply, so that a denial contradicts and a denial of a denial does not. Then
figures: the same unit with another value is an update.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from workers.domain.claim import Stance
from workers.domain.relation import Change, RelationKind
from workers.relations.features import Features, features
from workers.relations.figures import Agreement, compare
from workers.relations.known import Known
from workers.relations.polarity import text_sign
from workers.relations.terms import terms_of
from workers.relations.weights import BIAS, WEIGHTS


class PairReason(StrEnum):
    """What decided a pair; a metric label and an explanation."""

    SAME_ARTICLE = "same-article"
    OTHER_MATTER = "other-matter"
    OTHER_DAY = "other-day"
    LEFT_OPEN = "left-open"
    OPPOSED = "opposed"
    FIGURES_AT_ODDS = "figures-at-odds"
    FIGURE_MOVED = "figure-moved"
    AGREED = "agreed"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """How probable it must be that both contents tell of the same thing, before a relation is published."""

    corroborates: float = 0.75
    contradicts: float = 0.75
    updates: float = 0.75
    loose_updates: float = 0.9
    other_day: float = 0.9


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a pair model says of two texts: probabilities that add up to one."""

    unrelated: float
    same: float
    opposite: float


@dataclass(frozen=True, slots=True)
class Judgement:
    """``kind`` is ``None`` for unrelated claims; ``score``: see ``same_content``."""

    kind: RelationKind | None
    reason: PairReason
    score: float
    change: Change | None = None


PairModel = Callable[[Sequence[tuple[str, str]]], Sequence[Opinion]]
_DEFAULT = Thresholds()
_SHORT_DENIAL = 3.5
_DENIAL_COVERED = 0.9
_LEAST_WORTH_ASKING = 0.2


def judge(
    left: Known, right: Known, opinion: Opinion | None = None, thresholds: Thresholds = _DEFAULT
) -> Judgement:
    """Decide on two claims; ``left`` must be the earlier one, as the change of a figure runs from it."""
    if left.side.article_id == right.side.article_id:
        return Judgement(None, PairReason.SAME_ARTICLE, 0.0)
    compared = compare(left.quantities, right.quantities)
    score = same_content(left, right)
    if score < min(thresholds.corroborates, thresholds.contradicts, thresholds.updates):
        return Judgement(None, PairReason.OTHER_MATTER, score)
    if _other_day(left, right) and compared.change is None and score < thresholds.other_day:
        return Judgement(None, PairReason.OTHER_DAY, score)
    signs = left.polarity * right.polarity * _correction(left, right, opinion)
    if not signs:
        return _both_open(left, right, score, thresholds)
    if signs < 0:
        return _if_sure(RelationKind.CONTRADICTS, PairReason.OPPOSED, score, thresholds.contradicts)
    if compared.agreement is Agreement.AT_ODDS and left.speaker != right.speaker and not compared.loose:
        return _if_sure(RelationKind.CONTRADICTS, PairReason.FIGURES_AT_ODDS, score, thresholds.contradicts)
    if compared.agreement in (Agreement.MOVED, Agreement.AT_ODDS):
        least = thresholds.loose_updates if compared.loose else thresholds.updates
        return _if_sure(RelationKind.UPDATES, PairReason.FIGURE_MOVED, score, least, compared.change)
    return _if_sure(RelationKind.CORROBORATES, PairReason.AGREED, score, thresholds.corroborates)


def worth_asking(left: Known, right: Known) -> bool:
    """Is the pair close enough to spend a model's time on?"""
    return same_content(left, right) >= _LEAST_WORTH_ASKING


def same_content(left: Known, right: Known) -> float:
    """Return the probability that both contents tell of the same thing, whichever way.

    Of pairs that the hash bands bring together: training/relations says what it was fitted and measured on.
    """
    found = features(left, right)
    score = logistic(found)
    if _denies_in_short(left, right, found) or _denies_in_short(right, left, found):
        return max(score, _DENIAL_COVERED * found[1])
    return score


def logistic(found: Features) -> float:
    """Return the fitted probability of these features."""
    total = BIAS + sum(weight * value for weight, value in zip(WEIGHTS, found, strict=True))
    return 1.0 / (1.0 + math.exp(-max(-50.0, min(50.0, total))))


def _other_day(left: Known, right: Known) -> bool:
    """Do both say when, and not the same day?"""
    return bool(left.days) and bool(right.days) and not set(left.days) & set(right.days)


def _denies_in_short(denial: Known, other: Known, found: Features) -> bool:
    """Is this "denied the reports of troop movements": a few words, all of which the other claim has?"""
    if denial.side.stance is not Stance.REFUTES or other.side.stance is not Stance.AFFIRMS:
        return False
    words = terms_of(denial.side.text)
    return len(words.weights) >= 2 and words.total <= _SHORT_DENIAL and found[1] >= _DENIAL_COVERED


def _correction(left: Known, right: Known, opinion: Opinion | None) -> int:
    """Return -1 where a sure model reads the two texts otherwise than the rules for negation do."""
    if opinion is None or max(opinion.same, opinion.opposite) < 0.8:
        return 1
    by_rules = text_sign(left.side.text) * text_sign(right.side.text)
    by_model = 1 if opinion.same > opinion.opposite else -1
    return by_rules * by_model


def _both_open(left: Known, right: Known, score: float, thresholds: Thresholds) -> Judgement:
    """Two outlets may carry the same demand or question; what one leaves open the other does not confirm."""
    if left.polarity == right.polarity and left.act is right.act:
        return _if_sure(RelationKind.CORROBORATES, PairReason.AGREED, score, thresholds.corroborates)
    return Judgement(None, PairReason.LEFT_OPEN, score)


def _if_sure(
    kind: RelationKind, reason: PairReason, score: float, least: float, change: Change | None = None
) -> Judgement:
    if score < least:
        return Judgement(None, PairReason.OTHER_MATTER, score)
    return Judgement(kind, reason, score, change)
