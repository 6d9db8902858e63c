"""``news.article-enriched.v1``: enriched articles to JSON and back."""

from typing import Any

from workers.domain.article import ArticleStatus, EnrichedArticle, Masked, MaskReason
from workers.domain.entity import Entity, Mention, MentionKind
from workers.domain.outcome import Reject
from workers.topology import Topic
from workers.wire.accepting import accept
from workers.wire.claims import (
    claim_message,
    date_message,
    pipeline_message,
    quantity_message,
    read_claim,
    read_date,
    read_pipeline,
    read_quantity,
)
from workers.wire.codec import encode_object
from workers.wire.scalars import read_optional_time, written_optional_time, written_score

STEM = Topic.ARTICLE_ENRICHED.schema
MAX_ENRICHED_BYTES = 64 * 1024 * 1024


def encode_enriched(article: EnrichedArticle) -> bytes:
    """Return the record's value; the same article always gives the same bytes."""
    return encode_object(enriched_message(article))


def decode_enriched(value: bytes) -> EnrichedArticle | Reject:
    """Return the enriched article in a record's value, or why there is none."""
    fields = accept(STEM, value, max_bytes=MAX_ENRICHED_BYTES)
    return fields if isinstance(fields, Reject) else _read(fields)


def enriched_message(article: EnrichedArticle) -> dict[str, Any]:
    """Return the article as the JSON object that is published, keys in the schema's order."""
    return {
        "article_id": article.article_id,
        "url": article.url,
        "publisher": article.publisher,
        "title": article.title,
        "language": article.language,
        "published_at": written_optional_time(article.published_at),
        "revision": article.revision,
        "status": article.status.value,
        "text": article.text,
        "text_sha256": article.text_sha256,
        "entities": [_entity(entity) for entity in article.entities],
        "claims": [claim_message(claim) for claim in article.claims],
        "quantities": [quantity_message(quantity) for quantity in article.quantities],
        "dates": [date_message(mention) for mention in article.dates],
        "masked": [
            {"start": masked.start, "end": masked.end, "reason": masked.reason.value}
            for masked in article.masked
        ],
        "pipeline": pipeline_message(article.pipeline),
    }


def _read(fields: dict[str, Any]) -> EnrichedArticle:
    return EnrichedArticle(
        article_id=fields["article_id"],
        url=fields["url"],
        publisher=fields["publisher"],
        title=fields["title"],
        language=fields["language"],
        published_at=read_optional_time(fields["published_at"]),
        revision=int(fields["revision"]),
        status=ArticleStatus(fields["status"]),
        text=fields["text"],
        text_sha256=fields["text_sha256"],
        entities=tuple(_read_entity(entity) for entity in fields["entities"]),
        claims=tuple(read_claim(claim) for claim in fields["claims"]),
        quantities=tuple(read_quantity(quantity) for quantity in fields["quantities"]),
        dates=tuple(read_date(mention) for mention in fields["dates"]),
        masked=tuple(
            Masked(int(item["start"]), int(item["end"]), MaskReason(item["reason"]))
            for item in fields["masked"]
        ),
        pipeline=read_pipeline(fields["pipeline"]),
    )


def _entity(entity: Entity) -> dict[str, Any]:
    return {
        "entity_id": entity.entity_id,
        "name": entity.name,
        "label": entity.label,
        "kb_id": entity.kb_id,
        "mentions": [
            {"start": mention.start, "end": mention.end, "text": mention.text, "kind": mention.kind.value}
            for mention in entity.mentions
        ],
        "salience": written_score(entity.salience),
        "score": written_score(entity.score),
    }


def _read_entity(fields: dict[str, Any]) -> Entity:
    return Entity(
        entity_id=fields["entity_id"],
        name=fields["name"],
        label=fields["label"],
        kb_id=fields["kb_id"],
        mentions=tuple(
            Mention(int(item["start"]), int(item["end"]), item["text"], MentionKind(item["kind"]))
            for item in fields["mentions"]
        ),
        salience=fields["salience"],
        score=fields["score"],
    )
