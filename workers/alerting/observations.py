"""What rules look at: a claim, a relation, an entity in an article; each made ready once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from workers.alerting.groups import Shown, Sighting
from workers.alerting.plain import to_mapping
from workers.alerting.rules import EntityActivity, Subject
from workers.alerting.sightings import evidence_of, sighting_of
from workers.domain.alert import Evidence
from workers.domain.article import EnrichedArticle
from workers.domain.claim import Claim
from workers.domain.entity import Entity
from workers.domain.ids import content_id
from workers.domain.relation import Relation, RelationSide

MAX_ENTITY_EVIDENCE = 5


@dataclass(frozen=True, slots=True)
class Observation:
    """A message as rules see it, and what a group remembers of it."""

    subject: Subject
    message: Mapping[str, Any]
    sighting: Sighting


def observe_claim(claim: Claim, timestamp: datetime) -> Observation:
    """Make a claim ready; ``timestamp`` (aware) stands in when it has no date."""
    return Observation(Subject.CLAIM, to_mapping(claim), sighting_of(claim, timestamp))


def observe_relation(relation: Relation) -> Observation:
    """Make a relation ready. Its event time is its later claim's date, else when it was found.

    It rests on both its claims: when either is withdrawn, so is what was said of it.
    """
    left, right = relation.left, relation.right
    change = relation.change
    sighting = Sighting(
        id=relation.relation_id,
        rests_on=(relation.relation_id, left.claim_id, right.claim_id),
        at=right.published_at or relation.found_at,
        article_id=right.article_id,
        publisher=right.publisher,
        origins=tuple(dict.fromkeys((f"origin:{relation.origins.left}", f"origin:{relation.origins.right}"))),
        figures=(((change.unit or "").casefold(), float(change.after)),) if change else (),
        shown=Shown((_side(left), _side(right))),
    )
    return Observation(Subject.RELATION, to_mapping(relation), sighting)


def observe_entities(article: EnrichedArticle, timestamp: datetime) -> tuple[Observation, ...]:
    """Make the entities of an article ready that claims name: who is in the news, and how much.

    One that no claim names has nothing that an alert could show as its evidence.
    An activity rests on its article: withdraw it with the article's id.
    """
    found = []
    for entity in article.entities:
        about = [claim for claim in article.claims if entity.entity_id in {*claim.entities, *claim.subjects}]
        if about:
            found.append(_activity(article, entity, about, timestamp))
    return tuple(found)


def _activity(
    article: EnrichedArticle, entity: Entity, about: Sequence[Claim], timestamp: datetime
) -> Observation:
    activity = EntityActivity(
        entity_id=entity.entity_id,
        name=entity.name,
        label=entity.label,
        kb_id=entity.kb_id,
        salience=entity.salience,
        score=entity.score,
        mentions=len(entity.mentions),
        claims=len(about),
        article_id=article.article_id,
        url=article.url,
        publisher=article.publisher,
        title=article.title,
        published_at=article.published_at,
    )
    return watch_activity(activity, about, timestamp)


def watch_activity(activity: EntityActivity, about: Sequence[Claim], timestamp: datetime) -> Observation:
    """Make an activity ready, with the claims ``about`` its entity as evidence."""
    activity_id = content_id("activity", activity.article_id, activity.entity_id)
    sighting = Sighting(
        id=activity_id,
        rests_on=(activity_id, activity.article_id),
        at=activity.published_at or timestamp,
        article_id=activity.article_id,
        publisher=activity.publisher,
        origins=(f"publisher:{activity.publisher or activity.article_id}",),
        figures=(),
        shown=Shown(tuple(evidence_of(claim) for claim in about[:MAX_ENTITY_EVIDENCE])),
    )
    return Observation(Subject.ENTITY, to_mapping(activity), sighting)


def _side(side: RelationSide) -> Evidence:
    return Evidence(
        claim_id=side.claim_id,
        article_id=side.article_id,
        publisher=side.publisher,
        url=side.url,
        text_sha256=side.text_sha256,
        spans=side.spans,
        text=side.text,
    )
