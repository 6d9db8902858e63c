"""The one table of topics and stages; look-ups, docs, tests and benchmarks iterate over it."""

from dataclasses import dataclass
from enum import StrEnum

DLQ_SUFFIX = ".dlq"


def dead_letters_of(topic: str) -> str:
    """Return the name of the topic that takes what cannot be used of ``topic``: the original bytes."""
    return topic + DLQ_SUFFIX


class Topic(StrEnum):
    """Topic names: ``news.<noun>.v<major>``; the stem is the schema file's stem."""

    ARTICLE_RAW = "news.article-raw.v1"
    ARTICLE_ENRICHED = "news.article-enriched.v1"
    CLAIM = "news.claim.v1"
    CLAIM_BY_SUBJECT = "news.claim-by-subject.v1"
    CLAIM_RELATION = "news.claim-relation.v1"
    STORY_MERGE = "news.story-merge.v1"
    ALERT = "news.alert.v1"
    SILENCE = "news.silence.v1"

    @property
    def schema(self) -> str:
        """The schema's stem: ``article-raw.v1``."""
        return self.value.removeprefix("news.")

    @property
    def dlq(self) -> str:
        """The name of this topic's dead-letter topic."""
        return dead_letters_of(self.value)


class StageName(StrEnum):
    """Agent names; also the value of the ``stage`` metric label and the ``dlq-stage`` header."""

    ENRICH = "enrich-articles"
    RELATE = "relate-claims"
    ALERT = "raise-alerts"
    FORWARD = "forward-alerts"


@dataclass(frozen=True, slots=True)
class Stage:
    """One agent: what it reads, what it may write, and where its rejects go."""

    name: StageName
    sources: tuple[Topic, ...]
    sinks: tuple[Topic, ...]
    summary: str
    beside: tuple[Topic, ...] = ()
    """Topics that every worker reads whole, outside of the consumer group."""

    @property
    def dlqs(self) -> tuple[str, ...]:
        """Dead letters carry the original bytes, so they belong to the source topic: one for each."""
        return tuple(source.dlq for source in self.sources)

    @property
    def outputs(self) -> tuple[str, ...]:
        """Every topic that the stage may write, dead letters too."""
        return (*self.sinks, *self.dlqs)


STAGES: tuple[Stage, ...] = (
    Stage(
        StageName.ENRICH,
        (Topic.ARTICLE_RAW,),
        (Topic.ARTICLE_ENRICHED, Topic.CLAIM, Topic.CLAIM_BY_SUBJECT),
        "finds entities and attributed claims in an article",
    ),
    Stage(
        StageName.RELATE,
        (Topic.CLAIM_BY_SUBJECT,),
        (Topic.CLAIM_RELATION, Topic.STORY_MERGE),
        "holds claims against each other: corroborated, contradicted, updated",
    ),
    Stage(
        StageName.ALERT,
        (Topic.CLAIM, Topic.CLAIM_RELATION, Topic.ARTICLE_ENRICHED),
        (Topic.ALERT,),
        "matches claims, relations and entities against the rules and raises alerts",
        beside=(Topic.SILENCE,),
    ),
)

FORWARD_STAGE = Stage(
    StageName.FORWARD,
    (Topic.ALERT,),
    (),
    "posts alerts to Alertmanager and a webhook",
)
"""No agent of the worker: ``claimwire forward`` is its own program, and a slow receiver holds up nothing."""
