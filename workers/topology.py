"""The one table of topics and stages; look-ups, docs, tests and benchmarks iterate over it."""

from dataclasses import dataclass
from enum import StrEnum

DLQ_SUFFIX = ".dlq"


class Topic(StrEnum):
    """Topic names: ``news.<noun>.v<major>``; the stem is the schema file's stem."""

    ARTICLE_RAW = "news.article-raw.v1"
    ARTICLE_ENRICHED = "news.article-enriched.v1"
    CLAIM = "news.claim.v1"
    CLAIM_BY_SUBJECT = "news.claim-by-subject.v1"
    CLAIM_RELATION = "news.claim-relation.v1"
    ALERT = "news.alert.v1"

    @property
    def schema(self) -> str:
        """The schema's stem: ``article-raw.v1``."""
        return self.value.removeprefix("news.")

    @property
    def dlq(self) -> str:
        """The name of this topic's dead-letter topic."""
        return self.value + DLQ_SUFFIX


class StageName(StrEnum):
    """Agent names; also the value of the ``stage`` metric label and the ``dlq-stage`` header."""

    ENRICH = "enrich-articles"
    ALERT = "raise-alerts"


@dataclass(frozen=True, slots=True)
class Stage:
    """One agent: what it reads, what it may write, and where its rejects go."""

    name: StageName
    source: Topic
    sinks: tuple[Topic, ...]
    summary: str

    @property
    def dlq(self) -> str:
        """Dead letters carry the original bytes, so they belong to the source topic."""
        return self.source.dlq


STAGES: tuple[Stage, ...] = (
    Stage(
        StageName.ENRICH,
        Topic.ARTICLE_RAW,
        (Topic.ARTICLE_ENRICHED, Topic.CLAIM),
        "finds entities and attributed claims in an article",
    ),
    Stage(
        StageName.ALERT,
        Topic.CLAIM,
        (Topic.ALERT,),
        "matches claims against the rules and raises alerts",
    ),
)
