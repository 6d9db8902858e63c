"""The oracle of relations: what the pure step makes of raw articles without Kafka, and what topics hold."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from tests.support.expected import Raw
from tests.support.oracle import Seen
from workers.agents.jobs import EnrichedBytes, JobSettings, enrich_job, prepare
from workers.domain.outcome import Drop, Record, Reject
from workers.domain.relation import Relation
from workers.domain.routed import RoutedClaim
from workers.relations.engine import Policy, keep, relate
from workers.relations.opinion import PairModel
from workers.relations.records import MemoryReader
from workers.relations.stories import resolved
from workers.resources import resource
from workers.topology import Topic
from workers.wire.messages import decode_merge, decode_relation, decode_routed, encode_relation

RELATION_TOPICS = (str(Topic.CLAIM_RELATION), str(Topic.STORY_MERGE))
_NEVER_USED = datetime(1970, 1, 1, tzinfo=UTC)  # these articles have dates


def samples() -> list[Raw]:
    """Return the shipped sample articles under their ids, in the order of their publication."""
    lines = resource("workers", "samples", "articles.jsonl").read_bytes().splitlines()
    return [(json.loads(line)["article_id"].encode(), line) for line in lines]


def enriched(records: Sequence[Raw]) -> list[EnrichedBytes | Drop | Reject]:
    """Return what the language job makes of raw articles."""
    prepare(JobSettings(model=None, body_limit_bytes=2 * 2**20, min_score=0.0))
    return enrich_job(records)


def relations_between(
    results: Sequence[EnrichedBytes | Drop | Reject], model: PairModel | None = None
) -> dict[str, Relation]:
    """Return, by id, the relations between what the last revisions claim, their stories as merged.

    What revisions before claimed is never told to the step: nothing of it may be left where it was.
    """
    reader = MemoryReader()
    found: dict[str, Relation] = {}
    merges: dict[str, str] = {}
    for routed in _last_claims(results):
        signature = routed.article_signature
        decided = relate(reader, Policy(), routed.route, routed.claim, _NEVER_USED, signature, model)
        keep(reader, decided)
        found |= {relation.relation_id: relation for relation in decided.relations}
        merges |= {merge.story_id: merge.into for merge in decided.merges}
    return {
        key: replace(_as_read(relation), story_id=resolved(relation.story_id, merges))
        for key, relation in found.items()
    }


def held_relations(seen: Iterable[Seen]) -> dict[str, Relation]:
    """Return, by id, the relations that a reader holds who read the topics to the end."""
    held: dict[str, Relation] = {}
    merges: dict[str, str] = {}
    for record in seen:
        key = (record.key or b"").decode()
        if record.topic == Topic.STORY_MERGE:
            merge = decode_merge(record.value or b"")
            assert not isinstance(merge, Reject), merge
            assert merges.setdefault(key, merge.into) == merge.into, "a story is merged once"
        elif record.value is None:
            held.pop(key, None)
        else:
            relation = decode_relation(record.value)
            assert not isinstance(relation, Reject), relation
            assert relation.relation_id == key
            held[key] = relation
    return {
        key: replace(relation, story_id=resolved(relation.story_id, merges)) for key, relation in held.items()
    }


def _last_claims(results: Sequence[EnrichedBytes | Drop | Reject]) -> list[RoutedClaim]:
    """Return every claim of each article's highest revision, once for each of its routes."""
    last: dict[str, EnrichedBytes] = {}
    for result in results:
        if isinstance(result, EnrichedBytes):
            before = last.get(result.article_id)
            if before is None or result.revision >= before.revision:
                last[result.article_id] = result
    read = []
    for result in last.values():
        for _, route, value in result.by_subject:
            routed = decode_routed(Record(str(Topic.CLAIM_BY_SUBJECT), 0, 0, 0, route.encode(), value))
            assert isinstance(routed, RoutedClaim), routed
            read.append(routed)
    return read


def _as_read(relation: Relation) -> Relation:
    read = decode_relation(encode_relation(relation))
    assert isinstance(read, Relation)
    return read
