"""What "who", "which" and "that" stand for: the name, or the description, that ends right before them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from workers.nlp.found import Cluster
from workers.nlp.layout import Layout
from workers.nlp.roles import Description, describe

SPEAKING: Final = frozenset({"PERSON", "ORG", "GPE", "NORP", "FAC", "LOC", "LAW", "WORK_OF_ART"})
_PEOPLE: Final = frozenset({"PERSON", "NORP"})
_NOUN_PHRASE: Final = re.compile(r"\b(?:[Tt]he|[Aa]n?|[Hh]is|[Hh]er|[Tt]heir)(?: [\w’'-]+){1,5}$")
# "officials within NATO", before "who"
_WITHIN: Final = re.compile(
    r"(?:\b(?:the|an?|some|many|several|senior|top|former|other|two|three) )*\b[a-z’'-]+"
    r" (?:of|in|within|at|from|for|inside|with) (?:the )?[A-Z][\w.’'-]*(?: [A-Z][\w.’'-]*)*$"
)
_PLURAL: Final = re.compile(
    r"(?:\b(?>[Mm]any|[Ss]ome|[Mm]ost|[Oo]ther|[Ss]everal|[Ff]ew|[Tt]wo|[Tt]hree|[Tt]op|[Ss]enior|[Yy]oung"
    r"|[Ff]ormer|(?!(?:Even|As|But|And|While|When|Like|In|For|To|With|Among|By|From|Of|Only|Are|Do) )"
    r"[A-Z][a-z]+"
    r"|[a-z]+-[a-z]+|[a-z]+(?:al|ic|ive|ous|ary|ish|an)) )*+\b[A-Za-z][a-z’'-]+$"
)
_ASIDES: Final = 90
_ONLY_ASIDES: Final = re.compile(
    r"(?=[\s,(])(?:(?!\b(?:said|says|told|is|was|were|are|had|has|have|and|but|while|who|which|that)\b)"
    r"[^;:?!“”\"\n])*?,\s"
)
_BREAK: Final = re.compile(r"[;:!?“”\"]|(?<![DR])\.")
# "Holt supporters who": somebody further on is meant.
_FURTHER: Final = re.compile(r"^ [a-z]{2,}")
_BEFORE: Final = 90
_CLOSE: Final = 14


def named_before(
    clusters: Sequence[Cluster], text: str, layout: Layout, start: int, *, human: bool
) -> int | None:
    """Place of the cluster that a relative pronoun at ``start`` means by its name, if any."""
    before = text[max(0, start - _BEFORE) : start].rstrip(" ,")
    place = max(0, start - _BEFORE) + len(before)
    labels = _PEOPLE if human and _WITHIN.search(before) is not None else SPEAKING
    named = _last_named(clusters, text, place, labels)
    if human and (named is None or clusters[named].label != "PERSON"):
        apposed = _apposed(clusters, text, layout.sentence_at(start)[0], start)
        return named if apposed is None else apposed
    return named


def described_before(text: str, start: int, *, human: bool) -> Description | None:
    """The description that ends right before ``start``: "the clerk", "officials within Nato", "dockers"."""
    before = text[max(0, start - _BEFORE) : start].rstrip(" ,")
    match = (_WITHIN.search(before) if human else None) or _NOUN_PHRASE.search(before)
    if match is not None:
        return describe(match.group())
    plural = _PLURAL.search(before) if human else None
    found = describe(plural.group()) if plural is not None else None
    return found if found is not None and found.plural else None


def _last_named(clusters: Sequence[Cluster], text: str, place: int, labels: frozenset[str]) -> int | None:
    """The cluster whose name ends last before ``place``, at most a few characters before it."""
    best: tuple[int, int] | None = None
    for number, found in enumerate(clusters):
        ends = [m.end for m in found.mentions if place - _CLOSE <= m.end <= place]
        if ends and found.label in labels:
            gap = text[max(ends) : place]
            if not _BREAK.search(gap) and not _FURTHER.search(gap) and (not gap or gap[0] in " ,("):
                best = max(best or (0, 0), (max(ends), number))
    return None if best is None else best[1]


def _apposed(clusters: Sequence[Cluster], text: str, floor: int, start: int) -> int | None:
    """The person of "Ada Holt, 59, Democrat of Norland, who": nothing but asides stands between."""
    best: tuple[int, int] | None = None
    for number, found in enumerate(clusters):
        if found.label != "PERSON":
            continue
        for mention in found.mentions:
            if not (floor <= mention.start < start and start - mention.end <= _ASIDES):
                continue
            if _ONLY_ASIDES.fullmatch(text, mention.end, start):
                best = max(best or (0, 0), (mention.end, number))
    return None if best is None else best[1]
