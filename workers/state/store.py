"""The one interface of the state database, and the values that cross it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol, TypeVar

from workers.domain.outcome import Outgoing, Record

Result = TypeVar("Result")


class StateError(Exception):
    """The state database cannot be used; the message is one line for the operator."""


class ForeignStateError(StateError):
    """The database remembers another record at this offset: the topic was made anew."""


class StateUnavailableError(StateError):
    """The database is gone, locked or full just now: the transaction may be tried again as a whole.

    Nothing of it took effect, or (when the connection broke while committing) all of it did.
    """


class StateConflictError(StateUnavailableError):
    """Another worker changed the same rows at the same time: only this transaction has to be done again."""


@dataclass(frozen=True, slots=True)
class Revision:
    """What one record made of an article: its claims, in order, and where the record stood in the log.

    ``routes`` are those that each claim was sent by, in the order of ``claim_ids``; ``()`` for a revision
    that was remembered before claims were sent by subject.
    """

    article_id: str
    topic: str
    partition: int
    offset: int
    revision: int
    claim_ids: tuple[str, ...]
    seen_at_ms: int
    routes: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Waiting:
    """Outgoing records in a stage's queue under ``number``, to be published with this timestamp."""

    number: int
    timestamp_ms: int
    outgoing: tuple[Outgoing, ...]


@dataclass(frozen=True, slots=True)
class Retention:
    """How long things are remembered.

    ``documents`` is by kind and counts from the last time that a document was written, by the machine's
    clock; a kind that is not named stays. So do ``buckets`` without a time. ``outbox_offsets`` is how far
    behind the newest offset of its partition a settled record is still known.
    """

    revisions: timedelta = timedelta(days=90)
    documents: Mapping[str, timedelta] = field(default_factory=dict)
    outbox_offsets: int = 100_000
    buckets: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """How much there is of one kind: ``bytes`` are those of the values, without indexes."""

    name: str
    rows: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Summary:
    """What a database holds; ``size`` is all that it takes up, in bytes."""

    version: int
    size: int
    held: tuple[Held, ...]


class Transaction(Protocol):
    """Reads and writes that take effect together or not at all, as if no other were going on."""

    def earlier_revision(self, article_id: str, before: Record) -> Revision | None:
        """Return the latest revision whose record stands before ``before`` in its partition."""

    def remember_revision(self, revision: Revision) -> None:
        """Store or repeat; the record's place in the log is the key."""

    def repeated(self, stage: str, record: Record) -> tuple[Outgoing, ...] | None:
        """Return what this very record made when it was settled before, or ``None`` for a new one.

        Raises ``ForeignStateError`` when another record was settled at this place.
        """

    def settle(self, stage: str, record: Record, outgoing: Sequence[Outgoing]) -> None:
        """Put what ``record`` makes into the outbox."""

    def documents(self, kind: str, keys: Iterable[str]) -> dict[str, str]:
        """Return the JSON documents of ``kind`` that exist under ``keys``, in the order of the keys."""

    def put_documents(
        self, kind: str, documents: Mapping[str, str], links: Mapping[str, Iterable[str]]
    ) -> None:
        """Store ``documents``; ``links`` names, per key, all that it can be found by from now on."""

    def drop_documents(self, kind: str, keys: Iterable[str]) -> None:
        """Forget the documents under ``keys``, with their links and due times; missing ones do not matter."""

    def linked(self, kind: str, link: str) -> dict[str, str]:
        """Return the JSON documents of ``kind`` that are linked to ``link``, by key."""

    def buckets(self, names: Iterable[int]) -> dict[int, bytes]:
        """Return what is kept under these numbers (of 64 bits, signed); documents for millions of entries."""

    def put_buckets(self, buckets: Mapping[int, bytes]) -> None:
        """Store or replace."""

    def schedule(self, kind: str, due: Mapping[str, int | None]) -> None:
        """Say when the documents under these keys are due (ms since the epoch; ``None``: never)."""

    def due(self, kind: str, by_ms: int, limit: int) -> dict[str, str]:
        """Return at most ``limit`` documents that are due by then, the earliest first."""

    def enqueue(self, stage: str, timestamp_ms: int, outgoing: Sequence[Outgoing]) -> None:
        """Put records that no incoming record answers for at the end of the stage's queue."""

    def waiting(self, stage: str, limit: int) -> list[Waiting]:
        """Return what stands in the stage's queue, in order, at most ``limit``."""

    def let_go(self, stage: str, numbers: Iterable[int]) -> None:
        """Take out of the stage's queue what was published."""

    def prune(self, retention: Retention, limit: int) -> int:
        """Forget what ``retention`` no longer asks for, the oldest first, at most ``limit`` rows of a kind.

        Returns how many rows went: 0 once there is nothing left to forget.
        """


class StateStore(Protocol):
    """A database. All calls come from one thread."""

    def transaction(self) -> AbstractContextManager[Transaction]:
        """Begin; commit when the block ends well, roll back when it raises."""

    def run(self, work: Callable[[Transaction], Result]) -> Result:
        """Do ``work`` in one transaction and return what it returns.

        A store may call ``work`` again when the transaction could not be carried out: it has to be free of
        effects but those on the transaction.
        """

    def summary(self) -> Summary:
        """Return what the database holds."""

    def close(self) -> None:
        """Close; a store that is closed twice does not mind."""
