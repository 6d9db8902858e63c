"""A relation: what a later claim does to an earlier one, and where the knowledge of both comes from."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from workers.domain.claim import Offsets, Stance
from workers.domain.pipeline import PipelineInfo


class RelationKind(StrEnum):
    """What the later claim does to the earlier one; unrelated claims have no relation."""

    CORROBORATES = "corroborates"
    CONTRADICTS = "contradicts"
    UPDATES = "updates"


@dataclass(frozen=True, slots=True)
class RelationSide:
    """One claim of a relation, with what a reader needs to see it in its article."""

    claim_id: str
    article_id: str
    publisher: str | None
    url: str | None
    published_at: datetime | None
    text_sha256: str
    spans: tuple[Offsets, ...]
    text: str
    source_name: str | None
    stance: Stance


@dataclass(frozen=True, slots=True)
class Origins:
    """Where each side's knowledge comes from; sides that are not independent carry the same name."""

    left: str
    right: str
    independent: bool


@dataclass(frozen=True, slots=True)
class Change:
    """A figure that moved; ``before`` is the left claim's, ``after`` the right one's."""

    before: float | int
    after: float | int
    unit: str | None


@dataclass(frozen=True, slots=True)
class Relation:
    """``news.claim-relation.v1``. ``left`` is the earlier claim; ``score`` is the probability that it holds.

    ``change`` is filled for a figure that moved. ``story_id`` is the story as it stood when the relation was
    found: a later join is a ``StoryMerge``, the relation is not written again.
    """

    relation_id: str
    kind: RelationKind
    subject_id: str
    story_id: str
    left: RelationSide
    right: RelationSide
    origins: Origins
    change: Change | None
    score: float
    found_at: datetime
    pipeline: PipelineInfo


@dataclass(frozen=True, slots=True)
class StoryMerge:
    """The story ``story_id`` turned out to be ``into``; ``relation_id`` is what joined them."""

    story_id: str
    into: str
    relation_id: str
    found_at: datetime
