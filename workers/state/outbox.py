"""Outgoing records and the digest of an incoming one, as the outbox keeps them: text."""

import json
from collections.abc import Sequence

from workers.domain.ids import content_id
from workers.domain.outcome import Outgoing, Record


def digest(record: Record) -> str:
    """Return what tells two records at the same place apart."""
    key = record.key.hex() if record.key is not None else "-"
    value = record.value.hex() if record.value is not None else "-"
    return content_id("record", record.timestamp_ms, key, value)


def to_json(outgoing: Sequence[Outgoing]) -> str:
    """Return JSON in ASCII, whatever bytes there are in the records."""
    return json.dumps(
        [
            [
                out.topic,
                _text(out.key),
                _text(out.value),
                [[name, _text(value)] for name, value in out.headers],
            ]
            for out in outgoing
        ]
    )


def from_json(body: str) -> tuple[Outgoing, ...]:
    """Read what ``to_json`` wrote."""
    return tuple(
        Outgoing(
            topic,
            _bytes(key),
            _bytes(value),
            tuple((name, _bytes(header) or b"") for name, header in headers),
        )
        for topic, key, value, headers in json.loads(body)
    )


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode("latin-1")


def _bytes(value: str | None) -> bytes | None:
    return None if value is None else value.encode("latin-1")
