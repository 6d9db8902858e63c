"""``news.claim-relation.v1``: relations to JSON and back."""

from typing import Any

from workers.domain.claim import Stance
from workers.domain.outcome import Reject
from workers.domain.relation import Change, Origins, Relation, RelationKind, RelationSide
from workers.topology import Topic
from workers.wire.accepting import accept
from workers.wire.claims import pipeline_message, read_pipeline, read_spans, spans_message
from workers.wire.codec import encode_object
from workers.wire.scalars import (
    read_known_time,
    read_optional_time,
    written_number,
    written_optional_time,
    written_score,
    written_time,
)

STEM = Topic.CLAIM_RELATION.schema
MAX_RELATION_BYTES = 1024 * 1024


def encode_relation(relation: Relation) -> bytes:
    """Return the record's value; its key is the ``relation_id``, and a tombstone retracts it."""
    return encode_object(relation_message(relation))


def decode_relation(value: bytes) -> Relation | Reject:
    """Return the relation in a record's value, or why there is none."""
    fields = accept(STEM, value, max_bytes=MAX_RELATION_BYTES)
    return fields if isinstance(fields, Reject) else _read(fields)


def relation_message(relation: Relation) -> dict[str, Any]:
    """Return the relation as the JSON object that is published, keys in the schema's order."""
    return {
        "relation_id": relation.relation_id,
        "kind": relation.kind.value,
        "subject_id": relation.subject_id,
        "story_id": relation.story_id,
        "left": _side(relation.left),
        "right": _side(relation.right),
        "origins": {
            "left": relation.origins.left,
            "right": relation.origins.right,
            "independent": relation.origins.independent,
        },
        "change": _change(relation.change) if relation.change else None,
        "score": written_score(relation.score),
        "found_at": written_time(relation.found_at),
        "pipeline": pipeline_message(relation.pipeline),
    }


def _side(side: RelationSide) -> dict[str, Any]:
    return {
        "claim_id": side.claim_id,
        "article_id": side.article_id,
        "publisher": side.publisher,
        "url": side.url,
        "published_at": written_optional_time(side.published_at),
        "text_sha256": side.text_sha256,
        "spans": spans_message(side.spans),
        "text": side.text,
        "source_name": side.source_name,
        "stance": side.stance.value,
    }


def _change(change: Change) -> dict[str, Any]:
    return {
        "from": written_number(change.before),
        "to": written_number(change.after),
        "unit": change.unit,
    }


def _read(fields: dict[str, Any]) -> Relation:
    origins, change = fields["origins"], fields["change"]
    return Relation(
        relation_id=fields["relation_id"],
        kind=RelationKind(fields["kind"]),
        subject_id=fields["subject_id"],
        story_id=fields["story_id"],
        left=_read_side(fields["left"]),
        right=_read_side(fields["right"]),
        origins=Origins(origins["left"], origins["right"], origins["independent"]),
        change=Change(change["from"], change["to"], change["unit"]) if change else None,
        score=fields["score"],
        found_at=read_known_time(fields["found_at"]),
        pipeline=read_pipeline(fields["pipeline"]),
    )


def _read_side(fields: dict[str, Any]) -> RelationSide:
    return RelationSide(
        claim_id=fields["claim_id"],
        article_id=fields["article_id"],
        publisher=fields["publisher"],
        url=fields["url"],
        published_at=read_optional_time(fields["published_at"]),
        text_sha256=fields["text_sha256"],
        spans=read_spans(fields["spans"]),
        text=fields["text"],
        source_name=fields["source_name"],
        stance=Stance(fields["stance"]),
    )
