"""Does one claim say that what the other tells is not so?

Two claims that share their words and of which one has a "not" are, in news, seldom opposed: the "not" belongs
to something else. What is denied (the refuted content, else the clause with the negation) is therefore held
against the other claim: each must say most of what the other says.
"""

import re
from collections.abc import Mapping, Set

from workers.domain.claim import Stance
from workers.relations.contrast import contrast
from workers.relations.known import Known
from workers.relations.opinion import Opinion
from workers.relations.polarity import clauses, stresses, turns
from workers.relations.signs import nearest, signs
from workers.relations.terms import terms_of

ANSWERED = 0.6
ANSWERED_IN_SHORT = 0.35
_SURE = 0.8
_SHORT_DENIAL = 3.5
_LEAST_DENIED = 2
_DENIAL_COVERED = 0.9
_UNREPEATED = 0.5
# Words that deny are no part of what is denied.
_DENYING = frozenset(
    terms_of(
        "denied deny denies denying rejected rejects dismissed disputed refuted failed false untrue lie lies"
        " fake hoax baseless unfounded never nobody none nothing evidence incorrect myth falsely wrongly"
        " fabricated"
    ).weights
)
# "She does not recall that he came" says nothing of whether he came.
_UNKNOWING = re.compile(
    r"(?:\bnever|\bnot|n['’]t|\bcannot)\s+(?:\w+ly\s+|been\s+|even\s+)?"
    r"(?:hear|heard|recall|remember|aware|know|known|knew|sure|certain|notice|noticed|see|seen|saw"
    r"|witness|witnessed|question)\b",
    re.IGNORECASE,
)


def answered(left: Known, right: Known, ours: str, theirs: str) -> float:
    """Return how much of what is denied the other claim says, or the other way round: the lesser part.

    0 where nothing is denied. A speaker's own name counts as said: "I am not" answers "Ada Holt is".
    """
    return max(_answered(left, right, ours, theirs), _answered(right, left, theirs, ours))


def unknowing(ours: str, theirs: str) -> bool:
    """Does a side only say that somebody does not know, recall or see it?"""
    return any(_UNKNOWING.search(said) is not None for said in (ours, theirs))


def denied_in_short(left: Known, right: Known, ours: str, theirs: str) -> bool:
    """Is one side "denied the reports of troop movements": a few words, all of them in the other claim?"""
    for denial, other, said in ((left, right, ours), (right, left, theirs)):
        words, known = terms_of(said), terms_of(other.side.text).weights
        is_denial = denial.side.stance is Stance.REFUTES and other.side.stance is Stance.AFFIRMS
        if is_denial and len(words.weights) >= _LEAST_DENIED and words.total <= _SHORT_DENIAL:
            shared = sum(weight for term, weight in words.weights.items() if term in known)
            if shared >= _DENIAL_COVERED * words.total:
                return True
    return False


def text_signs(ours: str, theirs: str, opinion: Opinion | None) -> int:
    """Return -1 when the texts say the opposite of each other, 1 when they say the same, 0 when unclear.

    The rules for negation and a sure model must agree where there is a negation to be read; where there is
    none the model decides, or the fitted reading of words like "hoax".
    """
    found, told = signs(ours, theirs), sign_of(opinion)
    by_rules = -1 if found.opposed else 1
    if found.turned:
        return by_rules if told in (0, by_rules) else 0
    if told < 0 and (stresses(ours) or stresses(theirs)):
        return 0  # a model takes "there is no question that" for a denial
    if told:
        return told
    return -1 if contrast(ours, theirs).opposite >= _SURE else by_rules


def sign_of(opinion: Opinion | None) -> int:
    """Return 1 when a model holds the texts to say the same rather than the opposite, -1, or 0 if unsure."""
    if opinion is None or max(opinion.same, opinion.opposite) < _SURE * (opinion.same + opinion.opposite):
        return 0
    return 1 if opinion.same > opinion.opposite else -1


def _answered(denial: Known, other: Known, said: str, others_said: str) -> float:
    denied = _denied(denial, said, others_said)
    if denied is None:
        return 0.0
    of_others = terms_of(denied).names - terms_of(others_said).names - _names(other) - _DENYING
    if of_others and denial.side.stance is not Stance.REFUTES:
        return 0.0
    near = terms_of(nearest(clauses(others_said), denied))
    ours, theirs = terms_of(denied).weights, terms_of(others_said).weights
    told = {  # a denial repeats no names
        term: weight * (_UNREPEATED if term in near.names and term not in ours else 1.0)
        for term, weight in near.weights.items()
    }
    return min(
        _part(ours, theirs.keys() | _names(other)),
        _part(told, ours.keys() | _names(denial)),
    )


def _denied(denial: Known, said: str, others_said: str) -> str | None:
    """Return what a claim says is not so: a refuted content whole, else the nearest negated clause."""
    if denial.side.stance is Stance.REFUTES:
        return said
    negated = [clause for clause in clauses(said) if turns(clause) % 2]
    return nearest(negated, others_said) if negated else None


def _part(weights: Mapping[str, float], known: Set[str]) -> float:
    counted = {term: weight for term, weight in weights.items() if term not in _DENYING}
    total = sum(counted.values())
    return sum(weight for term, weight in counted.items() if term in known) / total if total else 0.0


def _names(known: Known) -> frozenset[str]:
    return terms_of(known.side.source_name or "").names
