"""Is what two articles say two pieces of knowledge, or one that was handed on?"""

import re
from collections.abc import Iterable

from workers.domain.relation import Origins, Relation
from workers.relations.known import Known, squashed
from workers.relations.sketches import signature_similarity

COPIED_ARTICLE = 0.35
_SAME_WORDS = 0.8
_LEAST_WORDS = 8
_RUN = 3
_WORDS = re.compile(r"\w+")


def origins_of(left: Known, right: Known) -> Origins:
    """Return where both claims come from.

    One origin: an article copied from the other (word runs of the whole text, else of a content of at least
    eight words), the same named speaker, a ``via`` that both name or that is the other's publisher, or one
    outlet in its own or an unnamed voice.
    """
    shared = _shared(left, right)
    if shared is not None:
        return Origins(shared, shared, False)
    ours, theirs = _own(left), _own(right)
    return Origins(ours, theirs, squashed(ours) != squashed(theirs))


def is_copy(left: Known, right: Known) -> bool:
    """Was one article, or this sentence of it, printed again by the other?"""
    if left.signature and right.signature:
        return signature_similarity(left.signature, right.signature) >= COPIED_ARTICLE
    return _same_words(left.side.text, right.side.text)


def same_speaker(left: Known, right: Known) -> bool:
    """Did the same named source say both? "Fauci" is Anthony Fauci, but Ada Holt is not Ivo Holt."""
    if left.speaker is None or right.speaker is None:
        return False
    if left.speaker == right.speaker:
        return True
    shorter, longer = sorted((_name(left), _name(right)), key=len)
    return bool(shorter) and shorter[-1] == longer[-1] and set(shorter) <= set(longer)


def shared_origins(relations: Iterable[Relation]) -> tuple[tuple[str, ...], ...]:
    """Return the groups of articles (ids, sorted) that these relations trace to one origin each.

    An article that shares its origin with no other is a group of its own, so that the number of groups is the
    number of independent origins.
    """
    parent: dict[str, str] = {}

    def root(article: str) -> str:
        parent.setdefault(article, article)
        while parent[article] != article:
            article = parent[article]
        return article

    for relation in relations:
        ours, theirs = root(relation.left.article_id), root(relation.right.article_id)
        if not relation.origins.independent:
            parent[max(ours, theirs)] = min(ours, theirs)
    groups: dict[str, list[str]] = {}
    for article in parent:
        groups.setdefault(root(article), []).append(article)
    return tuple(sorted(tuple(sorted(group)) for group in groups.values()))


def _shared(left: Known, right: Known) -> str | None:
    earlier = min(left, right, key=lambda known: known.order)
    if is_copy(left, right):
        return _first(earlier.via) or earlier.side.publisher or _own(earlier)
    if same_speaker(left, right):
        return earlier.side.source_name
    handed = _handed_on(left, right) or _handed_on(right, left)
    if handed is not None:
        return handed
    unnamed = left.speaker is None and right.speaker is None
    if unnamed and left.side.publisher and left.side.publisher == right.side.publisher:
        return left.side.publisher
    return None


def _handed_on(one: Known, other: Known) -> str | None:
    """Return the outlet that ``one`` has it from, when ``other`` has it from there too, or is that outlet."""
    theirs = {squashed(name) for name in other.via}
    for name in one.via:
        if squashed(name) in theirs or _is_outlet(name, other.side.publisher):
            return name
    return None


def _is_outlet(name: str, publisher: str | None) -> bool:
    """Is ``name`` ("Reuters", "the Daily Brisk") the outlet with this host name ("dailybrisk.example")?"""
    if publisher is None:
        return False
    labels = publisher.casefold().removeprefix("www.").split(".")
    return squashed(name) in {squashed(publisher), squashed(labels[0])}


def _name(known: Known) -> list[str]:
    return _WORDS.findall((known.side.source_name or "").casefold())


def _own(known: Known) -> str:
    """Return the name of the claim's own origin: who said it, else through whom, else who printed it."""
    side = known.side
    named = side.source_name if known.speaker else None
    return named or _first(known.via) or side.publisher or side.source_name or side.article_id


def _first(names: tuple[str, ...]) -> str | None:
    return names[0] if names else None


def _same_words(left: str, right: str) -> bool:
    ours, theirs = _runs(left), _runs(right)
    if min(len(ours), len(theirs)) < _LEAST_WORDS - _RUN + 1:
        return False
    return len(ours & theirs) >= _SAME_WORDS * min(len(ours), len(theirs))


def _runs(text: str) -> set[tuple[str, ...]]:
    words = _WORDS.findall(text.casefold())
    return {tuple(words[start : start + _RUN]) for start in range(len(words) - _RUN + 1)}
