"""Values that tests start from; each builder takes only what the test is about and hides the rest."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from workers.domain import alert as alerts
from workers.domain import article as articles
from workers.domain import claim as claims
from workers.domain.entity import Entity, Mention, MentionKind
from workers.domain.ids import content_id, text_sha256
from workers.domain.outcome import Record
from workers.domain.pipeline import PipelineInfo
from workers.nlp.quantities import find_quantities
from workers.relations.known import Known, known_claim

NOON = datetime(2024, 10, 24, 12, 0, tzinfo=UTC)
TEXT = "The harbour will close on Friday, Minister Ada Holt said. About 1,200 dockers would be paid."
PIPELINE = PipelineInfo("claimwire", "0.1.0", "en_claimwire-0.1.0", "0" * 64)


def span_of(words: str, text: str = TEXT) -> dict[str, Any]:
    """Return text, start and end of the first ``words`` in ``text``."""
    start = text.index(words)
    return {"text": words, "start": start, "end": start + len(words)}


def an_article(**changes: Any) -> articles.Article:
    """Return a raw article of two sentences."""
    values: dict[str, Any] = {
        "article_id": "a1",
        "body": TEXT,
        "url": "https://tidewater.example/a1",
        "publisher": "tidewater.example",
        "title": "Harbour to close",
        "language": "en",
        "published_at": NOON,
    }
    return articles.Article(**(values | changes))


def a_source(**changes: Any) -> claims.Source:
    """Return the minister, found by her name."""
    values: dict[str, Any] = {
        **span_of("Minister Ada Holt"),
        "name": "Ada Holt",
        "entity_id": content_id("entity", "PERSON", "Ada Holt"),
        "kind": claims.SourceKind.PERSON,
        "role": "minister",
        "resolved_by": claims.ResolvedBy.NAME,
        "score": 0.91,
    }
    return claims.Source(**(values | changes))


def a_claim(**changes: Any) -> claims.Claim:
    """Return what the minister said of the harbour, with every optional part filled."""
    values: dict[str, Any] = {
        "claim_id": content_id("claim", "a1", "0"),
        "article_id": "a1",
        "url": "https://tidewater.example/a1",
        "publisher": "tidewater.example",
        "published_at": NOON,
        "text_sha256": text_sha256(TEXT),
        "source": a_source(),
        "via": (claims.Via(**span_of("Minister"), name="the ministry", entity_id=None),),
        "addressee": claims.TextSpan(**span_of("dockers")),
        "cue": claims.Cue(**span_of("said"), lemma="say"),
        "content": claims.Content("The harbour will close on Friday", (claims.Offsets(0, 32),)),
        "quotation": claims.Quotation.INDIRECT,
        "act": claims.Act.STATE,
        "stance": claims.Stance.AFFIRMS,
        "certainty": claims.Certainty.CERTAIN,
        "condition": claims.TextSpan(**span_of("on Friday")),
        "negated": False,
        "time": claims.ClaimTime.FUTURE,
        "quantities": (a_quantity(),),
        "dates": (claims.DateMention(**span_of("Friday"), date=date(2024, 10, 25)),),
        "entities": (content_id("entity", "PERSON", "Ada Holt"),),
        "subjects": (content_id("entity", "FAC", "harbour"),),
        "checkworthiness": 0.83,
        "score": 0.88,
        "pipeline": PIPELINE,
    }
    return claims.Claim(**(values | changes))


def a_quantity(**changes: Any) -> claims.Quantity:
    """Return about 1,200 dockers."""
    values: dict[str, Any] = {
        **span_of("About 1,200 dockers"),
        "value": 1200,
        "low": None,
        "high": None,
        "approximate": True,
        "unit": "dockers",
    }
    return claims.Quantity(**(values | changes))


def an_entity(**changes: Any) -> Entity:
    """Return the minister as an entity with one mention."""
    values: dict[str, Any] = {
        "entity_id": content_id("entity", "PERSON", "Ada Holt"),
        "name": "Ada Holt",
        "label": "PERSON",
        "kb_id": None,
        "mentions": (Mention(**span_of("Ada Holt"), kind=MentionKind.NAME),),
        "salience": 0.5,
        "score": 0.97,
    }
    return Entity(**(values | changes))


def an_enriched_article(**changes: Any) -> articles.EnrichedArticle:
    """Return the article of ``an_article`` with its one claim and entity."""
    values: dict[str, Any] = {
        "article_id": "a1",
        "url": "https://tidewater.example/a1",
        "publisher": "tidewater.example",
        "title": "Harbour to close",
        "language": "en",
        "published_at": NOON,
        "revision": 1,
        "status": articles.ArticleStatus.USABLE,
        "text": TEXT,
        "text_sha256": text_sha256(TEXT),
        "entities": (an_entity(),),
        "claims": (a_claim(),),
        "quantities": (a_quantity(),),
        "dates": (claims.DateMention(**span_of("Friday"), date=date(2024, 10, 25)),),
        "masked": (articles.Masked(58, 63, articles.MaskReason.PROMO),),
        "pipeline": PIPELINE,
    }
    return articles.EnrichedArticle(**(values | changes))


def an_evidence(**changes: Any) -> alerts.Evidence:
    """Return the harbour claim as evidence."""
    values: dict[str, Any] = {
        "claim_id": content_id("claim", "a1", "0"),
        "article_id": "a1",
        "publisher": "tidewater.example",
        "url": "https://tidewater.example/a1",
        "text_sha256": text_sha256(TEXT),
        "spans": (claims.Offsets(0, 32),),
        "text": "The harbour will close on Friday",
    }
    return alerts.Evidence(**(values | changes))


def an_alert(**changes: Any) -> alerts.Alert:
    """Return a firing alert of one rule with one piece of evidence."""
    values: dict[str, Any] = {
        "alert_key": "closures/harbour",
        "sequence": 0,
        "status": alerts.AlertStatus.FIRING,
        "labels": (("alertname", "closures"), ("severity", "warning")),
        "annotations": (("summary", "Ada Holt: the harbour will close"),),
        "starts_at": NOON,
        "ends_at": None,
        "fingerprint": content_id("labels", "closures"),
        "alert_type": alerts.AlertType.INITIAL,
        "alert_tense": alerts.AlertTense.CURRENT,
        "rule": alerts.RuleRef("closures", 1, "0" * 64),
        "matched": (alerts.MatchedClause("act", "state"),),
        "evidence": (an_evidence(),),
    }
    return alerts.Alert(**(values | changes))


def a_record(**changes: Any) -> Record:
    """Return a record of the raw topic."""
    values: dict[str, Any] = {
        "topic": "news.article-raw.v1",
        "partition": 3,
        "offset": 42,
        "timestamp_ms": 1_729_771_200_000,
        "key": b"a1",
        "value": b"{}",
    }
    return Record(**(values | changes))


def a_claim_in(
    text: str,
    contents: tuple[str, ...],
    source: str | claims.Source | None = None,
    cue: str | claims.Cue | None = None,
    **changes: Any,
) -> claims.Claim:
    """Return a claim whose parts are the first places of these words in ``text``; nothing else is filled."""
    spans = [span_of(words, text) for words in contents]
    if isinstance(source, str):
        source = a_source(**span_of(source, text), name=source, role=None)
    if isinstance(cue, str):
        cue = claims.Cue(**span_of(cue, text), lemma=cue)
    values: dict[str, Any] = {
        "claim_id": content_id("claim", *contents),
        "text_sha256": text_sha256(text),
        "source": source,
        "cue": cue,
        "content": claims.Content(
            " ".join(contents), tuple(claims.Offsets(s["start"], s["end"]) for s in spans)
        ),
        "via": (),
        "addressee": None,
        "condition": None,
        "quantities": (),
        "dates": (),
        "entities": (),
        "subjects": (),
        "checkworthiness": None,
    }
    return a_claim(**(values | changes))


def an_enriched_text(
    text: str,
    told: tuple[claims.Claim, ...] = (),
    names: dict[str, str] | None = None,
    masked: dict[str, articles.MaskReason] | None = None,
    **changes: Any,
) -> articles.EnrichedArticle:
    """Return ``text`` with these claims, names (words to label) and masked words."""
    entities = tuple(
        an_entity(
            entity_id=content_id("entity", label, name),
            name=name,
            label=label,
            mentions=(Mention(**span_of(name, text), kind=MentionKind.NAME),),
        )
        for name, label in (names or {}).items()
    )
    values: dict[str, Any] = {
        "text": text,
        "text_sha256": text_sha256(text),
        "entities": entities,
        "claims": told,
        "quantities": (),
        "dates": (),
        "masked": tuple(
            articles.Masked(text.index(words), text.index(words) + len(words), reason)
            for words, reason in (masked or {}).items()
        ),
    }
    return an_enriched_article(**(values | changes))


def a_claim_told(text: str, **changes: Any) -> claims.Claim:
    """Return a claim whose content is ``text``, with the figures in it; ``source`` may be a name."""
    source = changes.pop("source", "Ada Holt")
    if isinstance(source, str):
        source = a_source(text=source, name=source, entity_id=None, role=None)
    at = changes.pop("at", NOON)
    article_id = changes.get("article_id", "a1")
    values: dict[str, Any] = {
        "claim_id": content_id("claim", article_id, text),
        "content": claims.Content(text, (claims.Offsets(0, len(text)),)),
        "text_sha256": text_sha256(text),
        "source": source,
        "published_at": at,
        "quantities": find_quantities(text),
        "via": (),
        "dates": (),
        "entities": (),
        "subjects": (),
        "addressee": None,
        "condition": None,
    }
    return a_claim(**(values | changes))


def a_known_claim(text: str, **changes: Any) -> Known:
    """Return ``a_claim_told`` as the relate stage remembers it; ``days`` are ISO days."""
    days = changes.pop("days", None)
    signature = changes.pop("signature", None)
    known = known_claim(a_claim_told(text, **changes), NOON, signature)
    return known if days is None else replace(known, days=days)
