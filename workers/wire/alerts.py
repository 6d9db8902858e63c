"""``news.alert.v1``: alerts as CloudEvents 1.0 in Kafka's binary mode, and back."""

from typing import Any
from urllib.parse import quote

from workers.domain.alert import (
    Alert,
    AlertStatus,
    AlertTense,
    AlertType,
    Evidence,
    MatchedClause,
    RuleRef,
)
from workers.domain.ids import content_id
from workers.domain.outcome import Headers, Reject
from workers.topology import Topic
from workers.wire.accepting import accept
from workers.wire.claims import read_spans, spans_message
from workers.wire.codec import encode_object, without_surrogates
from workers.wire.scalars import (
    read_known_time,
    read_optional_time,
    written_optional_time,
    written_time,
)

STEM = Topic.ALERT.schema
MAX_ALERT_BYTES = 4 * 1024 * 1024


def encode_alert(alert: Alert) -> tuple[bytes, Headers]:
    """Return a record's value and its CloudEvents headers.

    ``ce_id`` is made from ``alert_key`` and ``sequence``: an alert published again is the same event.
    ``ce_time`` is when the alert began or, once it is over, when it ended.
    """
    return encode_object(alert_message(alert)), _headers(alert)


def decode_alert(value: bytes) -> Alert | Reject:
    """Return the alert in a record's value, or why there is none."""
    fields = accept(STEM, value, max_bytes=MAX_ALERT_BYTES)
    return fields if isinstance(fields, Reject) else _read(fields)


def alert_message(alert: Alert) -> dict[str, Any]:
    """Return the alert as the JSON object that is published, keys in the schema's order."""
    return {
        "alert_key": alert.alert_key,
        "sequence": alert.sequence,
        "status": alert.status.value,
        "labels": dict(alert.labels),
        "annotations": dict(alert.annotations),
        "startsAt": written_time(alert.starts_at),
        "endsAt": written_optional_time(alert.ends_at),
        "fingerprint": alert.fingerprint,
        "alert_type": alert.alert_type.value,
        "alert_tense": alert.alert_tense.value,
        "rule": {"id": alert.rule.id, "version": alert.rule.version, "sha256": alert.rule.sha256},
        "matched": [{"clause": clause.clause, "value": clause.value} for clause in alert.matched],
        "evidence": [_evidence(evidence) for evidence in alert.evidence],
    }


def _headers(alert: Alert) -> Headers:
    moment = alert.ends_at or alert.starts_at
    fields = {
        "ce_specversion": "1.0",
        "ce_id": content_id("alert", alert.alert_key, alert.sequence),
        "ce_source": f"/claimwire/rules/{quote(without_surrogates(alert.rule.id), safe='')}",
        "ce_type": Topic.ALERT.value,
        "ce_subject": without_surrogates(alert.alert_key),
        "ce_time": written_time(moment),
        "content-type": "application/json",
    }
    return tuple((name, text.encode("utf-8")) for name, text in fields.items())


def _evidence(evidence: Evidence) -> dict[str, Any]:
    return {
        "claim_id": evidence.claim_id,
        "article_id": evidence.article_id,
        "publisher": evidence.publisher,
        "url": evidence.url,
        "text_sha256": evidence.text_sha256,
        "spans": spans_message(evidence.spans),
        "text": evidence.text,
    }


def _read(fields: dict[str, Any]) -> Alert:
    rule = fields["rule"]
    return Alert(
        alert_key=fields["alert_key"],
        sequence=int(fields["sequence"]),
        status=AlertStatus(fields["status"]),
        labels=tuple(fields["labels"].items()),
        annotations=tuple(fields["annotations"].items()),
        starts_at=read_known_time(fields["startsAt"]),
        ends_at=read_optional_time(fields["endsAt"]),
        fingerprint=fields["fingerprint"],
        alert_type=AlertType(fields["alert_type"]),
        alert_tense=AlertTense(fields["alert_tense"]),
        rule=RuleRef(rule["id"], int(rule["version"]), rule["sha256"]),
        matched=tuple(MatchedClause(item["clause"], _frozen(item["value"])) for item in fields["matched"]),
        evidence=tuple(_read_evidence(item) for item in fields["evidence"]),
    )


def _read_evidence(fields: dict[str, Any]) -> Evidence:
    return Evidence(
        claim_id=fields["claim_id"],
        article_id=fields["article_id"],
        publisher=fields["publisher"],
        url=fields["url"],
        text_sha256=fields["text_sha256"],
        spans=read_spans(fields["spans"]),
        text=fields["text"],
    )


def _frozen(value: Any) -> Any:
    """Return arrays as tuples, as a frozen value holds them."""
    return tuple(_frozen(item) for item in value) if isinstance(value, list) else value
