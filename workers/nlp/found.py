"""What the components leave on a Doc for the next one: frozen values, characters of ``doc.text``."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from workers.domain.claim import (
    Act,
    Certainty,
    ClaimTime,
    DateMention,
    Quantity,
    Quotation,
    ResolvedBy,
    SourceKind,
    Stance,
    TextSpan,
)
from workers.domain.entity import MentionKind

Stretch = tuple[int, int]


class Role(StrEnum):
    """The parts of an attribution (PolNeAR's names)."""

    SOURCE = "SOURCE"
    CUE = "CUE"
    CONTENT = "CONTENT"


@dataclass(frozen=True, slots=True)
class RoleSpan:
    """One part of an attribution. ``score`` is the probability of this very span.

    ``target`` is the place (in the same tuple) of the span that the pointer chose: a content's cue,
    a cue's source; ``None`` where it chose none. ``link_score`` is the probability of that choice.
    ``worth`` is a content's check-worthiness.
    """

    role: Role
    start: int
    end: int
    score: float
    target: int | None = None
    link_score: float = 1.0
    worth: float | None = None


@dataclass(frozen=True, slots=True)
class SentenceWorth:
    """How likely a reader would want a sentence checked, 0 to 1."""

    start: int
    end: int
    worth: float


@dataclass(frozen=True, slots=True)
class NameSpan:
    """One named entity. ``label`` is an OntoNotes name."""

    label: str
    start: int
    end: int
    score: float


@dataclass(frozen=True, slots=True)
class ClusterMention:
    """One reference to a cluster; ``score`` is the probability of the span with its label."""

    start: int
    end: int
    kind: MentionKind
    score: float


@dataclass(frozen=True, slots=True)
class Cluster:
    """All mentions of one somebody or something, in text order; ``name`` is its fullest name.

    ``kb_id`` is the Wikidata id that ``claimwire_link`` found; ``None`` in doubt.
    """

    name: str
    label: str
    mentions: tuple[ClusterMention, ...]
    roles: tuple[str, ...] = ()
    kb_id: str | None = None


@dataclass(frozen=True, slots=True)
class Resolved:
    """Who a source is. ``cluster`` is a place in the document's clusters."""

    name: str
    kind: SourceKind
    cluster: int | None = None
    role: str | None = None
    by: ResolvedBy = ResolvedBy.NONE


@dataclass(frozen=True, slots=True)
class Resolution:
    """Clusters of the document, and who each SOURCE span (by its place among the roles) is."""

    clusters: tuple[Cluster, ...] = ()
    sources: tuple[tuple[int, Resolved], ...] = ()


@dataclass(frozen=True, slots=True)
class Speaker:
    """The source of a claim: its span and who it is."""

    start: int
    end: int
    resolved: Resolved
    score: float


@dataclass(frozen=True, slots=True)
class Facets:
    """How a claim is made; the values of the domain."""

    lemma: str
    act: Act
    stance: Stance
    certainty: Certainty
    time: ClaimTime
    negated: bool
    condition: TextSpan | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """A claim before it has ids: who said what, by offsets. ``contents`` are in text order."""

    contents: tuple[Stretch, ...]
    cue: Stretch | None
    source: Speaker | None
    quotation: Quotation
    score: float
    via: tuple[Speaker, ...] = ()
    addressee: Stretch | None = None
    facets: Facets | None = None
    worth: float | None = None

    @property
    def start(self) -> int:
        """Where the claim's first part begins."""
        starts = [self.contents[0][0]]
        if self.cue is not None:
            starts.append(self.cue[0])
        if self.source is not None and self.cue is not None:
            starts.append(self.source.start)
        return min(starts)


@dataclass(frozen=True, slots=True)
class Facts:
    """Numbers and dates of the whole text, in text order."""

    quantities: tuple[Quantity, ...] = ()
    dates: tuple[DateMention, ...] = field(default=())


def overlaps(one: Stretch, other: Stretch) -> bool:
    """Do the two share a character?"""
    return one[0] < other[1] and other[0] < one[1]
