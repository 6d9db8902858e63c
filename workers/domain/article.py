"""An article as it came in, and as it leaves enriched."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from workers.domain.claim import Claim, DateMention, Quantity
from workers.domain.entity import Entity
from workers.domain.pipeline import PipelineInfo


class ArticleStatus(StrEnum):
    """What the publisher says of the article now."""

    USABLE = "usable"
    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"


class MaskReason(StrEnum):
    """Why a stretch of the text is not journalism and is left out of every analysis."""

    PROMO = "promo"
    NEWSLETTER = "newsletter"
    RELATED = "related"
    BYLINE = "byline"
    CREDIT = "credit"
    DATELINE = "dateline"
    SIGN_OFF = "sign-off"
    MARKUP = "markup"


class Withheld(StrEnum):
    """Why something that was found is not published: a fault in the pipeline, never in the article."""

    TEXT_DIFFERS = "text-differs"
    OUT_OF_RANGE = "out-of-range"
    OUT_OF_ORDER = "out-of-order"
    MASKED = "masked"
    UNKNOWN_ENTITY = "unknown-entity"


@dataclass(frozen=True, slots=True)
class Article:
    """What a crawler published: ``news.article-raw.v1``.

    ``body`` is plain text or HTML, as ``content_type`` says. ``published_at`` is aware (UTC) or ``None``.
    """

    article_id: str
    body: str
    url: str | None = None
    publisher: str | None = None
    title: str | None = None
    content_type: str = "text/plain"
    language: str | None = None
    published_at: datetime | None = None
    revision: int = 1
    status: ArticleStatus = ArticleStatus.USABLE


@dataclass(frozen=True, slots=True)
class Masked:
    """A stretch ``text[start:end]`` (code points) that no entity or claim may overlap."""

    start: int
    end: int
    reason: MaskReason


@dataclass(frozen=True, slots=True)
class EnrichedArticle:
    """``news.article-enriched.v1``: the text that offsets refer to, and all that was found in it.

    ``withheld`` is not part of the message: a reason for each claim and mention that the last look took out.
    """

    article_id: str
    url: str | None
    publisher: str | None
    title: str | None
    language: str
    published_at: datetime | None
    revision: int
    status: ArticleStatus
    text: str
    text_sha256: str
    entities: tuple[Entity, ...]
    claims: tuple[Claim, ...]
    quantities: tuple[Quantity, ...]
    dates: tuple[DateMention, ...]
    masked: tuple[Masked, ...]
    pipeline: PipelineInfo
    withheld: tuple[Withheld, ...] = ()
