"""A record's value as an object that its schema accepts: how every message begins to be read."""

from typing import Any

from workers.domain.outcome import Reject, RejectReason
from workers.wire.codec import clip_utf8, decode_object
from workers.wire.schema import problem_when_read


def accept(stem: str, value: bytes, *, max_bytes: int) -> dict[str, Any] | Reject:
    """Return the JSON object in ``value`` that the schema ``stem`` accepts, or why there is none."""
    fields = decode_object(value, max_bytes=max_bytes)
    if isinstance(fields, Reject):
        return fields
    problem = problem_when_read(stem, fields)
    return fields if problem is None else Reject(RejectReason.SCHEMA, clip_utf8(problem))
