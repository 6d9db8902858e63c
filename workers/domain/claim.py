"""A claim: who said what, how, and how far the source stands by it."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from workers.domain.pipeline import PipelineInfo


class SourceKind(StrEnum):
    """What kind of source speaks."""

    PERSON = "person"
    ORGANIZATION = "organization"
    GOVERNMENT = "government"
    GROUP = "group"
    DOCUMENT = "document"
    ANONYMOUS = "anonymous"
    PUBLISHER = "publisher"


class ResolvedBy(StrEnum):
    """How the source's full name was found."""

    NAME = "name"
    PRONOUN = "pronoun"
    DESCRIPTION = "description"
    NONE = "none"


class Quotation(StrEnum):
    """Whether the content stands in quotation marks wholly, not at all, or in part."""

    DIRECT = "direct"
    INDIRECT = "indirect"
    MIXED = "mixed"


class Act(StrEnum):
    """What the source does by saying it."""

    STATE = "state"
    DENY = "deny"
    CONFIRM = "confirm"
    ACCUSE = "accuse"
    PREDICT = "predict"
    PROMISE = "promise"
    DEMAND = "demand"
    ASK = "ask"
    BELIEVE = "believe"
    WANT = "want"
    JUDGE = "judge"


class Stance(StrEnum):
    """Does the source hold the content true?"""

    AFFIRMS = "affirms"
    REFUTES = "refutes"
    OPEN = "open"


class Certainty(StrEnum):
    """How sure the source presents the content to be."""

    CERTAIN = "certain"
    PROBABLE = "probable"
    POSSIBLE = "possible"
    UNKNOWN = "unknown"


class ClaimTime(StrEnum):
    """When the content is said to hold, seen from the article's date."""

    PAST = "past"
    PRESENT = "present"
    FUTURE = "future"


@dataclass(frozen=True, slots=True)
class TextSpan:
    """``text`` is the article's ``text[start:end]`` (half-open code points)."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Offsets:
    """One contiguous piece, ``text[start:end]``."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Source:
    """Who said it; ``name`` is the fullest name the article gives, or the words used when it gives none."""

    text: str
    start: int
    end: int
    name: str
    entity_id: str | None
    kind: SourceKind
    role: str | None
    resolved_by: ResolvedBy
    score: float


@dataclass(frozen=True, slots=True)
class Via:
    """An outlet or person through whom the source is known ("according to NBC News")."""

    text: str
    start: int
    end: int
    name: str
    entity_id: str | None


@dataclass(frozen=True, slots=True)
class Cue:
    """The words that attribute; ``lemma`` is the base form of the word that carries the act."""

    text: str
    start: int
    end: int
    lemma: str


@dataclass(frozen=True, slots=True)
class Content:
    """What was said; ``text`` joins the pieces with one space, in text order."""

    text: str
    spans: tuple[Offsets, ...]


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit: "at least 3,000 troops" has ``low`` 3000, ``unit`` "troops", no ``value``."""

    text: str
    start: int
    end: int
    value: float | int | None
    low: float | int | None
    high: float | int | None
    approximate: bool
    unit: str | None


@dataclass(frozen=True, slots=True)
class DateMention:
    """A date in the text; ``date`` is ``None`` when the article does not say enough to know the day."""

    text: str
    start: int
    end: int
    date: date | None


@dataclass(frozen=True, slots=True)
class Claim:
    """``news.claim.v1``. ``score`` is the probability that source, cue and content are right and linked."""

    claim_id: str
    article_id: str
    url: str | None
    publisher: str | None
    published_at: datetime | None
    text_sha256: str
    source: Source | None
    via: tuple[Via, ...]
    addressee: TextSpan | None
    cue: Cue | None
    content: Content
    quotation: Quotation
    act: Act
    stance: Stance
    certainty: Certainty
    condition: TextSpan | None
    negated: bool
    time: ClaimTime
    quantities: tuple[Quantity, ...]
    dates: tuple[DateMention, ...]
    entities: tuple[str, ...]
    subjects: tuple[str, ...]
    checkworthiness: float | None
    score: float
    pipeline: PipelineInfo
