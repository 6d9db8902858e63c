"""Are two claims with opposite signs about the same somebody, and does each say that something is so?

The same words with another subject are the commonest mistake: an allegation against one man and the denial of
another, "he would resign" said of two ministers. What is only looked into is not said to be so either.
"""

import math
import re

from workers.domain.claim import Stance
from workers.relations.features import NAMES, Features, features
from workers.relations.known import Known
from workers.relations.propositions import says_something
from workers.relations.terms import terms_of

_COVERED, _SHARED, _NAMES = map(NAMES.index, ("words_longer_covered", "words_shared", "names_fewer_covered"))
# The weight of words that have to be shared where no name is (a rare word weighs 1), or their part.
_SHARED_UNNAMED = 1.5
_COVERED_UNNAMED = 0.7
_RARE = 1.0
_PRONOUN = re.compile(r"^\W*(?:that\s+)?(?:he|she|they|we|I|it)\b", re.IGNORECASE)
_SUBJECT = re.compile(r"^\W*(?:that\s+)?(?:he|she|they|we|I|it|[A-Z]\w+(?:\s+(?:or|and|[A-Z]\w+))*)\s")
_LOOKED_INTO = re.compile(
    r"^\W*(?:whether|if)\b"
    r"|\b(?:investigations?|inquir(?:y|ies)|probes?|questions?|hearings?|debates?)\s+"
    r"(?:on|into|about|over|of whether|whether)\b"
    r"|\binvestigat(?:e|es|ed|ing)\s+(?:whether|if|possible|any)\b",
    re.IGNORECASE,
)
# What may be told of anybody; allegations and contacts are the denier's own.
_OF_OTHERS = re.compile(
    r"^\W*that\b|\b(?:reports?|claims?|rumou?rs?|suggestions?|stor(?:y|ies)|statements?)\b", re.IGNORECASE
)


def tied(left: Known, right: Known, ours: str, theirs: str) -> bool:
    """Do both tell of the same somebody: by a name (a speaker's own counts too), an entity, or many words?

    Who denies a mere matter ("an allegation of fraud") denies it of himself: the other must name him.
    """
    found = features(ours, theirs)
    named = found[_NAMES] > 0 or names_in_common(left, right, ours, theirs) > 0
    if not (named or set(left.subjects) & set(right.subjects) or _much_shared(left, right, found)):
        return False
    return _meant(left, ours, right, theirs) and _meant(right, theirs, left, ours)


def names_in_common(left: Known, right: Known, ours: str, theirs: str) -> int:
    """Return how many words of names both tell or are told by."""
    return len(_named(left, ours) & _named(right, theirs))


def much_the_same(ours: str, theirs: str) -> bool:
    """Do both say much the same of the same? Bounds that exclude each other are mostly of two wholes."""
    return features(ours, theirs)[_COVERED] >= _COVERED_UNNAMED


def undated(left: Known, right: Known) -> bool:
    """Is it unknown when one was said? Years may lie between "he denies it" and what others say."""
    return left.side.published_at is None or right.side.published_at is None


def only_looked_into(ours: str, theirs: str) -> bool:
    """Does one side alone tell of an investigation or a question ("an inquiry into the fire")?"""
    return (_LOOKED_INTO.search(ours) is None) != (_LOOKED_INTO.search(theirs) is None)


def each_of_himself(left: Known, right: Known, ours: str, theirs: str) -> bool:
    """Do two named speakers each say "he"? Then it is each himself, unless one names the other."""
    if left.speaker is None or right.speaker is None or left.speaker == right.speaker:
        return False
    if _speaker(left) & terms_of(theirs).names or _speaker(right) & terms_of(ours).names:
        return False
    return bool(_PRONOUN.match(ours) and _PRONOUN.match(theirs))


def _meant(denial: Known, said: str, other: Known, others_said: str) -> bool:
    """Is the denied matter the denier's as the other tells it, and what somebody is denied to have done?"""
    if denial.side.stance is not Stance.REFUTES:
        return True
    if not says_something(said) and not _OF_OTHERS.search(said):
        denier = _speaker(denial)
        return not denier or bool(denier & _named(other, others_said))
    subject = _SUBJECT.match(said)
    done = _first_rare(said[subject.end() :]) if subject else None
    return done is None or done in terms_of(others_said).weights


def _first_rare(text: str) -> str | None:
    terms = terms_of("so " + text)
    return next(
        (term for term, weight in terms.weights.items() if weight >= _RARE and term not in terms.names), None
    )


def _much_shared(left: Known, right: Known, found: Features) -> bool:
    denied = Stance.REFUTES in (left.side.stance, right.side.stance)
    alike = not denied and found[_COVERED] >= _COVERED_UNNAMED
    return alike or math.expm1(found[_SHARED]) >= _SHARED_UNNAMED


def _named(known: Known, said: str) -> frozenset[str]:
    return terms_of(said).names | _speaker(known)


def _speaker(known: Known) -> frozenset[str]:
    # after another word, so that the first one of the name is known as a name
    return terms_of(f"by {known.side.source_name}").names if known.side.source_name else frozenset()
