"""Those who may be meant by a pronoun or a description, and how they stand before it."""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from workers.domain.claim import SourceKind
from workers.nlp.antecedents import REACH, Candidate
from workers.nlp.found import Resolved
from workers.nlp.layout import Layout
from workers.nlp.offices import new_of, partisan, stands_for
from workers.nlp.people import DOCUMENT_NOUNS
from workers.nlp.people import sex as sex_of
from workers.nlp.roles import Description

NEAR: Final = 0.3
_MANY: Final = (
    SourceKind.GROUP,
    SourceKind.ORGANIZATION,
    SourceKind.ANONYMOUS,
    SourceKind.GOVERNMENT,
)
_PAPERS: Final = re.compile(r"[^,(]*?[a-z]{2}s(?:$|,|\s(?:of|by|from|for|in|that|on|at|to)\b)")
_RIVALS: Final = 3
_SOON: Final = 4
_TAIL: Final = 80
_ENDS: Final = re.compile(r"(?P<head>[\w-]+)(?: of [\w ]+)?$")


@dataclass(slots=True)
class Referent:
    """Somebody who may be meant: a cluster, or a described person or group without a name."""

    resolved: Resolved
    places: list[int]
    sex: str | None = None
    roles: list[str] = field(default_factory=list)
    spoke: list[int] = field(default_factory=list)
    named: list[int] = field(default_factory=list)
    plural: bool = False
    speaks: bool = True
    nouns: frozenset[str] = frozenset()

    @property
    def several(self) -> bool:
        """May "they" mean it?"""
        if self.resolved.kind is SourceKind.DOCUMENT:
            return self.resolved.cluster is None and _PAPERS.match(self.resolved.name) is not None
        return self.resolved.kind in _MANY

    @property
    def human(self) -> bool:
        """May "he" or "she" mean it?"""
        anonymous = self.resolved.kind is SourceKind.ANONYMOUS and not self.plural
        return anonymous or self.resolved.kind is SourceKind.PERSON


def people_before(
    referents: Sequence[Referent], sex: str, start: int, layout: Layout
) -> tuple[list[Referent], list[Candidate]]:
    """People of ``sex`` ("m", "f") or unknown sex mentioned not long before ``start``."""
    here = layout.sentence_number(start)
    found, candidates = [], []
    for referent in referents:
        count = bisect_left(referent.places, start)
        if not count or not referent.human or referent.sex not in (sex, None):
            continue
        if here - layout.sentence_number(referent.places[count - 1]) > REACH:
            continue
        found.append(referent)
        candidates.append(
            Candidate(
                referent.places[:count],
                referent.spoke[: bisect_left(referent.spoke, start)],
                referent.named[: bisect_left(referent.named, start)],
                referent.sex == sex,
            )
        )
    return found, candidates


def prominence(referent: Referent, start: int, reach: int, layout: Layout) -> float | None:
    """How much ``referent`` is in mind at ``start``; ``None`` when last met over ``reach`` sentences ago."""
    here = layout.sentence_number(start)
    best: float | None = None
    for place in referent.places:
        number = layout.sentence_number(place)
        if place >= start or here - number > reach:
            continue
        score = -0.8 * (here - number)
        score += 1.0 if place in referent.spoke else 0.0
        score += 0.6 * math.exp(-(place - layout.sentence_at(place)[0]) / 40)
        score -= 0.8 if layout.in_quote(place) and not layout.in_quote(start) else 0.0
        best = score if best is None else max(best, score)
    if best is None:
        return None
    return best + 0.3 * math.log(len(referent.places))


def institution(referents: Sequence[Referent], noun: str, start: int) -> Referent | None:
    """The organisation last named with ``noun`` in its name; for "the company", the last named at all."""
    named = [r for r in referents if r.speaks and r.resolved.cluster is not None and min(r.places) < start]
    fits = [r for r in named if noun in r.resolved.name.lower().split()]
    if not fits:
        fits = [r for r in named if stands_for(noun, r.resolved)]
    if not fits and noun in ("agency", "department", "ministry"):
        fits = [r for r in named if r.resolved.kind is SourceKind.GOVERNMENT and " " in r.resolved.name]
    return max(fits, key=lambda r: max(place for place in r.places if place < start), default=None)


def partisan_running(
    referents: Sequence[Referent], found: Description, start: int, layout: Layout
) -> Referent | None:
    """ "The Democratic nominee": a Democrat near by of whom the article speaks most, or nearly so."""
    people = [r for r in referents if r.resolved.cluster is not None and r.human]
    most = max((len(r.named) for r in people), default=0)
    fits = [r for r in people if len(r.named) * _RIVALS >= most and partisan(found, r.roles)]
    if found.determiner != "the" or len(fits) != 1 or nearness(fits[0], start, layout) <= 0:
        return None
    return fits[0]


def only_one_near(
    referents: Sequence[Referent], found: Description, start: int, layout: Layout
) -> Referent | None:
    """Whoever alone was spoken of just before "the Republican", and of whom that may be news."""
    ends = _ENDS.search(found.words[-_TAIL:].lower())
    plain = found.determiner == "the" and not found.possessor and found.head not in DOCUMENT_NOUNS
    if not plain or ends is None or ends["head"] != found.head:
        return None
    gender = sex_of("", (found.head,))
    near = [
        referent
        for referent in referents
        if referent.resolved.kind is SourceKind.PERSON
        and gender in (None, referent.sex)
        and nearness(referent, start, layout) >= NEAR
    ]
    if len(near) != 1 or near[0].resolved.cluster is None or not new_of(found, near[0].roles):
        return None
    return near[0]


def nearness(referent: Referent, start: int, layout: Layout) -> float:
    """How near ``referent`` was last met before ``start``: 1 in the same sentence, falling to 0."""
    before = [place for place in referent.places if place < start]
    if not before:
        return -0.5
    gap = layout.sentence_number(start) - layout.sentence_number(max(before))
    return 1.0 / (1.0 + gap)


def soon_after(referent: Referent, start: int, layout: Layout) -> bool:
    """Is ``referent`` first named after ``start``, a few sentences on?"""
    first = min(referent.places, default=0)
    return first > start and layout.sentence_number(first) - layout.sentence_number(start) <= _SOON
