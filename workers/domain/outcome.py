"""What becomes of a record at a stage: it emits records, is dropped on purpose, or is rejected."""

from dataclasses import dataclass
from enum import StrEnum

Headers = tuple[tuple[str, bytes], ...]
LATEST_MS = 32_503_680_000_000  # the year 3000


class DropReason(StrEnum):
    """Why a good record makes nothing: intended, counted, not a loss."""

    TOMBSTONE = "tombstone"
    NOT_ENGLISH = "not-english"
    STALE_REVISION = "stale-revision"
    TOO_LATE = "too-late"
    DUPLICATE = "duplicate"
    WINDOW_FULL = "window-full"
    NOT_CURRENT = "not-current"


class RejectReason(StrEnum):
    """Why a record became a dead letter (header ``dlq-reason``)."""

    NOT_UTF8 = "not-utf8"
    NOT_JSON = "not-json"
    SCHEMA = "schema"
    TOO_LARGE = "too-large"
    EMPTY_BODY = "empty-body"
    BINARY_BODY = "binary-body"
    NO_TEXT_IN_HTML = "no-text-in-html"
    BAD_DATE = "bad-date"
    PROCESSING_FAILED = "processing-failed"
    PROCESSING_TIMEOUT = "processing-timeout"
    PROCESS_CRASHED = "process-crashed"
    RESULT_TOO_LARGE = "result-too-large"
    DELIVERY_REFUSED = "delivery-refused"
    DELIVERY_FAILED = "delivery-failed"


@dataclass(frozen=True, slots=True)
class Record:
    """A Kafka record as it came in. ``timestamp_ms`` is milliseconds since the epoch."""

    topic: str
    partition: int
    offset: int
    timestamp_ms: int
    key: bytes | None
    value: bytes | None
    headers: Headers = ()


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A record to publish; ``value`` ``None`` is a tombstone."""

    topic: str
    key: bytes | None
    value: bytes | None
    headers: Headers = ()


@dataclass(frozen=True, slots=True)
class Emit:
    """Publish these, in this order; none may be empty of meaning, but the list may be empty."""

    records: tuple[Outgoing, ...]


@dataclass(frozen=True, slots=True)
class Drop:
    """Make nothing, on purpose."""

    reason: DropReason


@dataclass(frozen=True, slots=True)
class Reject:
    """Make a dead letter. ``detail`` is for a person to read: at most 1 KiB, no article text.

    ``attempts`` counts how often the record was tried in this worker.
    """

    reason: RejectReason
    detail: str
    attempts: int = 1


Outcome = Emit | Drop | Reject


def misdated(record: Record) -> Reject | None:
    """Return why the record's timestamp cannot be one: its producer counts in micro- or nanoseconds."""
    if record.timestamp_ms <= LATEST_MS:
        return None
    detail = f"the record's timestamp, {record.timestamp_ms} ms, is after the year 3000"
    return Reject(RejectReason.BAD_DATE, detail)
