"""The decision on two claims: unrelated, corroborates, contradicts or updates.

First, do both contents tell of the same thing (``same_content``)? Then signs decide: stance, negation and
denials inside the content multiply, so that a denial contradicts and a denial of a denial does not. Then
figures: the same unit with another value is an update.
"""

import math
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import product
from operator import mul

from workers.domain.claim import Act, Stance
from workers.domain.relation import Change, RelationKind
from workers.relations import caches
from workers.relations.contradiction import chance, inputs
from workers.relations.features import NAMES, Features, features
from workers.relations.figures import Agreement, Compared, compare, one_is_expected
from workers.relations.known import Known, squashed
from workers.relations.opinion import Opinion
from workers.relations.opposition import (
    ANSWERED,
    ANSWERED_IN_SHORT,
    answered,
    denied_in_short,
    sign_of,
    text_signs,
    unknowing,
)
from workers.relations.origins import is_copy, same_speaker
from workers.relations.polarity import negations, stance_sign
from workers.relations.propositions import says_something
from workers.relations.sharing import enough, may_be_believed
from workers.relations.signs import signs
from workers.relations.terms import parts_of, terms_of
from workers.relations.thresholds import Thresholds
from workers.relations.ties import each_of_himself, much_the_same, only_looked_into, tied, undated
from workers.relations.weights import BIAS, WEIGHTS


class PairReason(StrEnum):
    """What decided a pair; a metric label and an explanation."""

    SAME_ARTICLE = "same-article"
    OTHER_MATTER = "other-matter"
    NOTHING_SAID = "nothing-said"
    TOO_LITTLE_SHARED = "too-little-shared"
    LEFT_OPEN = "left-open"
    UNCLEAR = "unclear"
    COPIED = "copied"
    OPPOSED = "opposed"
    FIGURES_AT_ODDS = "figures-at-odds"
    FIGURE_MOVED = "figure-moved"
    AGREED = "agreed"


@dataclass(frozen=True, slots=True)
class Judgement:
    """``kind`` is ``None`` for unrelated claims; ``score``: see ``same_content``."""

    kind: RelationKind | None
    reason: PairReason
    score: float
    change: Change | None = None


_DEFAULT = Thresholds()
_DENIAL_SCORE = 0.75
_NEAR = 2.0
_FAR = 5.0
_NEGATED_COVERED = 0.6
_SEEN_COVERED = 0.4
_DENIED_COVERED = 0.4
_ANSWERED_IN_PART = 0.45
_SURE_WITHOUT_NAMES = 0.96
_COVERED, _NAMES, _CLASH = map(NAMES.index, ("words_longer_covered", "names_fewer_covered", "names_clash"))


def judge(
    left: Known, right: Known, opinion: Opinion | None = None, thresholds: Thresholds = _DEFAULT
) -> Judgement:
    """Decide on two claims; ``left`` must be the earlier one, as the change of a figure runs from it.

    Contents of several sentences are held against each other sentence by sentence; the most alike two decide.
    ``opinion`` is a model's on ``alike(left, right)``.
    """
    if left.side.article_id == right.side.article_id:
        return Judgement(None, PairReason.SAME_ARTICLE, 0.0)
    ours, theirs = alike(left, right)
    compared = compare(ours, left.quantities, theirs, right.quantities)
    if compared.change is not None and not compared.loose:
        opinion = (
            None  # that both count the same ties them more than their words, and no corpus has such pairs
        )
    thresholds = thresholds.told() if opinion is not None else thresholds
    score = _score(left, right, ours, theirs, opinion)
    if not states_something(left, ours) or not states_something(right, theirs):
        return Judgement(None, PairReason.NOTHING_SAID, score)
    believed = opinion is not None and score >= thresholds.believed and may_be_believed(ours, theirs)
    if not (believed or enough(left, right, ours, theirs)):
        return Judgement(None, PairReason.TOO_LITTLE_SHARED, score)
    stances = stance_sign(left.side.stance) * stance_sign(right.side.stance)
    if not stances:
        return _left_open(left, right, score, thresholds)
    sign = text_signs(ours, theirs, opinion)
    opposed = stances * sign < 0
    if not sign or (opposed and _doubted(left, right, sign, opinion)):
        return Judgement(None, PairReason.UNCLEAR, score)
    if opposed:
        return _opposed(left, right, compared, score, opinion, thresholds)
    if compared.change is not None:
        return _moved(left, right, compared, score, thresholds)
    least = thresholds.other_day if _other_day(left, right) else thresholds.corroborates
    return _if_sure(RelationKind.CORROBORATES, PairReason.AGREED, score, least)


def alike(left: Known, right: Known) -> tuple[str, str]:
    """Return the two sentences, one of each content, that are most alike."""
    return _most_alike(left.side.text, right.side.text)


@lru_cache(maxsize=caches.PAIRS)
def _most_alike(left: str, right: str) -> tuple[str, str]:
    return max(product(parts_of(left), parts_of(right)), key=lambda pair: (logistic(features(*pair)), pair))


def out_of_question(left: Known, right: Known, thresholds: Thresholds = _DEFAULT) -> bool:
    """Do the words alone rule out a relation, if no model is asked? So it is with most candidates."""
    return same_content(left, right) < thresholds.least


def same_content(left: Known, right: Known) -> float:
    """Return the probability that both contents tell of the same thing, whichever way.

    Of pairs that the hash bands bring together: training/relations says what it was fitted and measured on.
    """
    return _score(left, right, *alike(left, right))


def states_something(known: Known, said: str) -> bool:
    """Is it more than a topic? A figure is, and a denial may name what it denies: "the reports"."""
    counts = any(quantity.text in said for quantity in known.quantities)
    return counts or known.side.stance is Stance.REFUTES or says_something(said)


def _score(left: Known, right: Known, ours: str, theirs: str, opinion: Opinion | None = None) -> float:
    found = features(ours, theirs)
    score = logistic(found)
    if opinion is not None:  # of two fires in two towns it would say the same
        score = min(score, 1.0 - opinion.unrelated) if found[_CLASH] else 1.0 - opinion.unrelated
    return max(score, _DENIAL_SCORE) if denied_in_short(left, right, ours, theirs) else score


def logistic(found: Features) -> float:
    """Return the fitted probability of these features."""
    total = BIAS + sum(map(mul, WEIGHTS, found))
    return 1.0 / (1.0 + math.exp(-max(-50.0, min(50.0, total))))


def _opposed(
    left: Known,
    right: Known,
    compared: Compared,
    score: float,
    opinion: Opinion | None,
    thresholds: Thresholds,
) -> Judgement:
    """Opposite signs. A "not" somewhere is weaker than a denial: most of the words must be the same then.

    Figures near each other have moved ("has not given up on the 12 missing"); others that differ leave open
    what was negated, the figure or the rest. A reprint contradicts nobody; a speaker seldom himself.
    """
    ours, theirs = alike(left, right)
    found, denied = features(ours, theirs), is_denied(left, right)
    if not denied and compared.change is not None and not compared.loose and compared.ratio <= _NEAR:
        if _no_later_value(left, right, compared):
            return Judgement(None, PairReason.OTHER_MATTER, score)
        least = thresholds.corroborates
        return _if_sure(RelationKind.UPDATES, PairReason.FIGURE_MOVED, score, least, compared.change)
    if same_speaker(left, right) or (not denied and _reprinted(left, right)):
        return Judgement(None, PairReason.COPIED, score)
    if unknowing(ours, theirs) or (denied and signs(ours, theirs).turned) or _only_doubted(left, right):
        return Judgement(None, PairReason.UNCLEAR, score)
    if undated(left, right) or only_looked_into(ours, theirs) or each_of_himself(left, right, ours, theirs):
        return Judgement(None, PairReason.UNCLEAR, score)
    if not tied(left, right, ours, theirs):
        return Judgement(None, PairReason.OTHER_MATTER, score)
    common = answered(left, right, ours, theirs)
    if denied:  # a model has not learnt what it is to deny "the reports": the words count
        said = _denial_meets(left, right, common, opinion, thresholds)
        score, least = _score(left, right, ours, theirs), thresholds.denials
    else:
        seen = opinion is not None and _seen(ours, theirs, found, score)
        covered = found[_COVERED] >= _NEGATED_COVERED and (found[_NAMES] > 0 or not _named(ours, theirs))
        enough = seen or covered or common >= ANSWERED
        said = enough and compared.change is None
        least = thresholds.answered if common >= ANSWERED else thresholds.contradicts
    if not said:
        return Judgement(None, PairReason.TOO_LITTLE_SHARED, score)
    if chance(inputs(left, right, (ours, theirs), opinion, denied, common)) < thresholds.contradiction:
        return Judgement(None, PairReason.UNCLEAR, score)
    return _if_sure(RelationKind.CONTRADICTS, PairReason.OPPOSED, score, least)


def _denial_meets(
    left: Known, right: Known, common: float, opinion: Opinion | None, thresholds: Thresholds
) -> bool:
    """Is what one side denies what the other says? ``common``: how much of it, see ``answered``."""
    ours, theirs = alike(left, right)
    if common >= ANSWERED or (common >= ANSWERED_IN_SHORT and denied_in_short(left, right, ours, theirs)):
        return True
    if opinion is None:
        told = common >= _ANSWERED_IN_PART
    else:
        told = sign_of(opinion) > 0 and 1.0 - opinion.unrelated >= thresholds.told_denials
    return told and features(ours, theirs)[_COVERED] >= _DENIED_COVERED


def _seen(ours: str, theirs: str, found: Features, score: float) -> bool:
    """May a model's contradiction be believed? Of one named matter, or where no "not" misleads it."""
    if not signs(ours, theirs).turned:
        return True
    if _named(ours, theirs):
        return found[_COVERED] >= _SEEN_COVERED and found[_NAMES] > 0
    return score >= _SURE_WITHOUT_NAMES


def _named(ours: str, theirs: str) -> bool:
    return bool(terms_of(ours).names or terms_of(theirs).names)


def _reprinted(left: Known, right: Known) -> bool:
    """Are they the same words? A "not" more makes them others."""
    ours, theirs = left.side.text, right.side.text
    return negations(ours) == negations(theirs) and (
        is_copy(left, right) or squashed(ours) == squashed(theirs)
    )


def is_denied(left: Known, right: Known) -> bool:
    """Does a side deny?"""
    return Stance.REFUTES in (left.side.stance, right.side.stance)


def _only_doubted(left: Known, right: Known) -> bool:
    """Does a side not believe it? "Neither side is keen on it" denies nothing."""
    return any(each.act is Act.BELIEVE and each.side.stance is Stance.REFUTES for each in (left, right))


def _doubted(left: Known, right: Known, sign: int, opinion: Opinion | None) -> bool:
    """Does a model see other signs? Where nobody denies, it has to see the opposite too."""
    told = sign_of(opinion)
    return opinion is not None and (told == -sign if is_denied(left, right) else told != sign)


def _moved(left: Known, right: Known, compared: Compared, score: float, thresholds: Thresholds) -> Judgement:
    """Figures that differ: bounds that exclude each other contradict, else the later one updates."""
    at_odds = compared.agreement is Agreement.AT_ODDS and not same_speaker(left, right)
    if at_odds and not compared.loose and not undated(left, right):
        if not much_the_same(*alike(left, right)):
            return Judgement(None, PairReason.OTHER_MATTER, score)
        return _if_sure(RelationKind.CONTRADICTS, PairReason.FIGURES_AT_ODDS, score, thresholds.updates)
    if _no_later_value(left, right, compared):
        return Judgement(None, PairReason.OTHER_MATTER, score)
    far = compared.loose or compared.ratio > _FAR
    least = thresholds.loose_updates if far else thresholds.updates
    return _if_sure(RelationKind.UPDATES, PairReason.FIGURE_MOVED, score, least, compared.change)


def _no_later_value(left: Known, right: Known, compared: Compared) -> bool:
    """Is the other figure that of another whole, only expected, or of an unknown day? None follows."""
    return compared.fell or undated(left, right) or one_is_expected(*alike(left, right))


def _other_day(left: Known, right: Known) -> bool:
    """Do both say when, and not the same day?"""
    return bool(left.days) and bool(right.days) and not set(left.days) & set(right.days)


def _left_open(left: Known, right: Known, score: float, thresholds: Thresholds) -> Judgement:
    """Two outlets may carry the same demand or question; what one leaves open the other does not confirm."""
    if left.side.stance is right.side.stance and left.act is right.act:
        return _if_sure(RelationKind.CORROBORATES, PairReason.AGREED, score, thresholds.corroborates)
    return Judgement(None, PairReason.LEFT_OPEN, score)


def _if_sure(
    kind: RelationKind, reason: PairReason, score: float, least: float, change: Change | None = None
) -> Judgement:
    if score < least:
        return Judgement(None, PairReason.OTHER_MATTER, score)
    return Judgement(kind, reason, score, change)
