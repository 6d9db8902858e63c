"""``news.claim.v1``: claims to JSON and back."""

from datetime import date
from typing import Any

from workers.domain.claim import (
    Act,
    Certainty,
    Claim,
    ClaimTime,
    Content,
    Cue,
    DateMention,
    Offsets,
    Quantity,
    Quotation,
    ResolvedBy,
    Source,
    SourceKind,
    Stance,
    TextSpan,
    Via,
)
from workers.domain.outcome import Reject
from workers.domain.pipeline import PipelineInfo
from workers.topology import Topic
from workers.wire.accepting import accept
from workers.wire.codec import encode_object
from workers.wire.scalars import (
    read_optional_time,
    written_day,
    written_number,
    written_optional_score,
    written_optional_time,
    written_score,
)

STEM = Topic.CLAIM.schema
MAX_CLAIM_BYTES = 1024 * 1024


def encode_claim(claim: Claim) -> bytes:
    """Return the record's value; the same claim always gives the same bytes."""
    return encode_object(claim_message(claim))


def decode_claim(value: bytes) -> Claim | Reject:
    """Return the claim in a record's value, or why there is none."""
    fields = accept(STEM, value, max_bytes=MAX_CLAIM_BYTES)
    return fields if isinstance(fields, Reject) else read_claim(fields)


def claim_message(claim: Claim) -> dict[str, Any]:
    """Return the claim as the JSON object that is published, keys in the schema's order."""
    return {
        "claim_id": claim.claim_id,
        "article_id": claim.article_id,
        "url": claim.url,
        "publisher": claim.publisher,
        "published_at": written_optional_time(claim.published_at),
        "text_sha256": claim.text_sha256,
        "source": _source(claim.source) if claim.source else None,
        "via": [_via(via) for via in claim.via],
        "addressee": _span(claim.addressee) if claim.addressee else None,
        "cue": _cue(claim.cue) if claim.cue else None,
        "content": {"text": claim.content.text, "spans": spans_message(claim.content.spans)},
        "quotation": claim.quotation.value,
        "act": claim.act.value,
        "stance": claim.stance.value,
        "certainty": claim.certainty.value,
        "condition": _span(claim.condition) if claim.condition else None,
        "negated": claim.negated,
        "time": claim.time.value,
        "quantities": [quantity_message(quantity) for quantity in claim.quantities],
        "dates": [date_message(mention) for mention in claim.dates],
        "entities": list(claim.entities),
        "subjects": list(claim.subjects),
        "checkworthiness": written_optional_score(claim.checkworthiness),
        "score": written_score(claim.score),
        "pipeline": pipeline_message(claim.pipeline),
    }


def read_claim(fields: dict[str, Any]) -> Claim:
    """Return the claim in an object that the schema has accepted; fields it does not name are left out."""
    content = fields["content"]
    return Claim(
        claim_id=fields["claim_id"],
        article_id=fields["article_id"],
        url=fields["url"],
        publisher=fields["publisher"],
        published_at=read_optional_time(fields["published_at"]),
        text_sha256=fields["text_sha256"],
        source=_read_source(fields["source"]) if fields["source"] else None,
        via=tuple(_read_via(via) for via in fields["via"]),
        addressee=_read_span(fields["addressee"]) if fields["addressee"] else None,
        cue=_read_cue(fields["cue"]) if fields["cue"] else None,
        content=Content(content["text"], read_spans(content["spans"])),
        quotation=Quotation(fields["quotation"]),
        act=Act(fields["act"]),
        stance=Stance(fields["stance"]),
        certainty=Certainty(fields["certainty"]),
        condition=_read_span(fields["condition"]) if fields["condition"] else None,
        negated=fields["negated"],
        time=ClaimTime(fields["time"]),
        quantities=tuple(read_quantity(quantity) for quantity in fields["quantities"]),
        dates=tuple(read_date(mention) for mention in fields["dates"]),
        entities=tuple(fields["entities"]),
        subjects=tuple(fields["subjects"]),
        checkworthiness=fields["checkworthiness"],
        score=fields["score"],
        pipeline=read_pipeline(fields["pipeline"]),
    )


def _span(span: TextSpan) -> dict[str, Any]:
    return {"text": span.text, "start": span.start, "end": span.end}


def _read_span(fields: dict[str, Any]) -> TextSpan:
    return TextSpan(fields["text"], int(fields["start"]), int(fields["end"]))


def _source(source: Source) -> dict[str, Any]:
    return {
        "text": source.text,
        "start": source.start,
        "end": source.end,
        "name": source.name,
        "entity_id": source.entity_id,
        "kind": source.kind.value,
        "role": source.role,
        "resolved_by": source.resolved_by.value,
        "score": written_score(source.score),
    }


def _read_source(fields: dict[str, Any]) -> Source:
    return Source(
        text=fields["text"],
        start=int(fields["start"]),
        end=int(fields["end"]),
        name=fields["name"],
        entity_id=fields["entity_id"],
        kind=SourceKind(fields["kind"]),
        role=fields["role"],
        resolved_by=ResolvedBy(fields["resolved_by"]),
        score=fields["score"],
    )


def _via(via: Via) -> dict[str, Any]:
    return {
        "text": via.text,
        "start": via.start,
        "end": via.end,
        "name": via.name,
        "entity_id": via.entity_id,
    }


def _read_via(fields: dict[str, Any]) -> Via:
    return Via(fields["text"], int(fields["start"]), int(fields["end"]), fields["name"], fields["entity_id"])


def _cue(cue: Cue) -> dict[str, Any]:
    return {"text": cue.text, "start": cue.start, "end": cue.end, "lemma": cue.lemma}


def _read_cue(fields: dict[str, Any]) -> Cue:
    return Cue(fields["text"], int(fields["start"]), int(fields["end"]), fields["lemma"])


def spans_message(spans: tuple[Offsets, ...]) -> list[dict[str, int]]:
    """Return offsets as JSON objects."""
    return [{"start": span.start, "end": span.end} for span in spans]


def read_spans(items: list[dict[str, Any]]) -> tuple[Offsets, ...]:
    """Return the offsets in JSON objects."""
    return tuple(Offsets(int(item["start"]), int(item["end"])) for item in items)


def quantity_message(quantity: Quantity) -> dict[str, Any]:
    """Return a quantity as a JSON object."""
    return {
        "text": quantity.text,
        "start": quantity.start,
        "end": quantity.end,
        "value": written_number(quantity.value),
        "low": written_number(quantity.low),
        "high": written_number(quantity.high),
        "approximate": quantity.approximate,
        "unit": quantity.unit,
    }


def read_quantity(fields: dict[str, Any]) -> Quantity:
    """Return the quantity in a JSON object that the schema has accepted."""
    return Quantity(
        text=fields["text"],
        start=int(fields["start"]),
        end=int(fields["end"]),
        value=fields["value"],
        low=fields["low"],
        high=fields["high"],
        approximate=fields["approximate"],
        unit=fields["unit"],
    )


def date_message(mention: DateMention) -> dict[str, Any]:
    """Return a date mention as a JSON object."""
    return {
        "text": mention.text,
        "start": mention.start,
        "end": mention.end,
        "date": written_day(mention.date),
    }


def read_date(fields: dict[str, Any]) -> DateMention:
    """Return the date mention in a JSON object that the schema has accepted."""
    day = None if fields["date"] is None else date.fromisoformat(fields["date"])
    return DateMention(fields["text"], int(fields["start"]), int(fields["end"]), day)


def pipeline_message(pipeline: PipelineInfo) -> dict[str, str]:
    """Return the stamp that every message carries."""
    return {
        "name": pipeline.name,
        "version": pipeline.version,
        "model": pipeline.model,
        "model_sha256": pipeline.model_sha256,
    }


def read_pipeline(fields: dict[str, Any]) -> PipelineInfo:
    """Return the stamp in a JSON object that the schema has accepted."""
    return PipelineInfo(fields["name"], fields["version"], fields["model"], fields["model_sha256"])
