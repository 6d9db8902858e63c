"""Dead letters: the original record with headers that say why it could not be used."""

from workers.domain.outcome import Headers, Record, Reject
from workers.wire.codec import MAX_DETAIL_BYTES, clip_utf8

PREFIX = "dlq-"
REPLAYS = "dlq-replays"


def dead_letter_headers(record: Record, stage: str, reject: Reject, version: str) -> Headers:
    """Return the headers of ``record``'s dead letter; its key and value go along unchanged.

    The record's own headers are kept, but for those of an earlier death (a replayed record that failed
    again); how often it was replayed is kept, because that is what ends a loop.
    """
    kept = tuple(
        (name, value) for name, value in record.headers if not name.startswith(PREFIX) or name == REPLAYS
    )
    fields = {
        "dlq-topic": record.topic,
        "dlq-partition": str(record.partition),
        "dlq-offset": str(record.offset),
        "dlq-timestamp": str(record.timestamp_ms),
        "dlq-stage": stage,
        "dlq-reason": reject.reason.value,
        "dlq-detail": clip_utf8(" ".join(reject.detail.split()), MAX_DETAIL_BYTES),
        "dlq-attempts": str(reject.attempts),
        "dlq-worker-version": version,
    }
    return kept + tuple((name, text.encode("utf-8")) for name, text in fields.items())
