"""Whole messages out of the few fields that a rule's test gives; the rest is neutral."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from workers.alerting.observations import Observation, observe_claim, observe_relation, watch_activity
from workers.alerting.plain import Defaults, from_plain
from workers.alerting.rules import EntityActivity, Subject
from workers.domain.claim import Claim
from workers.domain.ids import text_sha256
from workers.domain.relation import Relation

START = datetime(2024, 1, 1, 12, 0, tzinfo=UTC)
_SPAN = {"text": "", "start": 0, "end": 0}
_PIPELINE = {"name": "claimwire", "version": "0", "model": "none", "model_sha256": "0" * 64}
_DEFAULTS: Defaults = {
    "Claim": {
        "url": None,
        "publisher": "example.org",
        "source": None,
        "via": [],
        "addressee": None,
        "cue": None,
        "quotation": "indirect",
        "act": "state",
        "stance": "affirms",
        "certainty": "certain",
        "condition": None,
        "negated": False,
        "time": "past",
        "quantities": [],
        "dates": [],
        "entities": [],
        "subjects": [],
        "checkworthiness": None,
        "score": 1.0,
        "pipeline": _PIPELINE,
    },
    "Source": {
        **_SPAN,
        "entity_id": None,
        "kind": "person",
        "role": None,
        "resolved_by": "name",
        "score": 1.0,
    },
    "Via": {**_SPAN, "entity_id": None},
    "Cue": {**_SPAN, "lemma": "say"},
    "TextSpan": _SPAN,
    "Quantity": {**_SPAN, "value": None, "low": None, "high": None, "approximate": False, "unit": None},
    "DateMention": {**_SPAN, "date": None},
    "Relation": {
        "kind": "contradicts",
        "subject_id": "subject",
        "story_id": "story",
        "left": {},
        "right": {},
        "origins": {},
        "change": None,
        "score": 1.0,
        "pipeline": _PIPELINE,
    },
    "RelationSide": {
        "article_id": "article",
        "publisher": "example.org",
        "url": None,
        "published_at": None,
        "text_sha256": "0" * 64,
        "spans": [],
        "text": "Something happened.",
        "source_name": None,
        "stance": "affirms",
    },
    "Origins": {"left": "left", "right": "right", "independent": True},
    "Change": {"unit": None},
    "EntityActivity": {
        "label": "ORG",
        "kb_id": None,
        "salience": 0.5,
        "score": 1.0,
        "mentions": 1,
        "claims": 0,
        "url": None,
        "publisher": "example.org",
        "title": None,
    },
}


def observed(on: Subject, partial: Mapping[str, Any], number: int) -> Observation:
    """Fill a partial message: ids are ``claim-1``, ``claim-2`` …, times count minutes when absent.

    Raises ``PlainError`` naming an unknown field or a value of the wrong kind.
    """
    at = START + timedelta(minutes=number)
    match on:
        case Subject.CLAIM:
            return observe_claim(_claim(partial, number, at), at)
        case Subject.RELATION:
            return observe_relation(_relation(partial, number, at))
        case Subject.ENTITY:
            return watch_activity(_activity(partial, number, at), (), at)


def _claim(partial: Mapping[str, Any], number: int, at: datetime) -> Claim:
    given = dict(partial)
    content = given.get("content", "Something happened.")
    if isinstance(content, str):
        given["content"] = {"text": content, "spans": [{"start": 0, "end": len(content)}]}
    source = given.get("source")
    if isinstance(source, dict) and "name" in source:
        given["source"] = {"text": source["name"], **source}
    given = {
        "claim_id": f"claim-{number + 1}",
        "article_id": f"article-{number + 1}",
        "published_at": at.isoformat(),
        "text_sha256": text_sha256(str(content)),
        **given,
    }
    claim: Claim = from_plain(Claim, given, "claim", _DEFAULTS)
    return claim


def _relation(partial: Mapping[str, Any], number: int, at: datetime) -> Relation:
    given = {"relation_id": f"relation-{number + 1}", "found_at": at.isoformat(), **partial}
    for side in ("left", "right"):
        named = given.get(side, {})
        if isinstance(named, dict):
            given[side] = {"claim_id": f"{side}-{number + 1}", **named}
    relation: Relation = from_plain(Relation, given, "relation", _DEFAULTS)
    return relation


def _activity(partial: Mapping[str, Any], number: int, at: datetime) -> EntityActivity:
    name = partial.get("name", "Somebody")
    given = {
        "entity_id": f"entity-{name}",
        "name": name,
        "article_id": f"article-{number + 1}",
        "published_at": at.isoformat(),
        **partial,
    }
    activity: EntityActivity = from_plain(EntityActivity, given, "entity", _DEFAULTS)
    return activity
