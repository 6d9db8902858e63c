"""The one interface of the state database, and the values that cross it."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from workers.domain.outcome import Outgoing, Record


class StateError(Exception):
    """The state database cannot be used; the message is one line for the operator."""


class ForeignStateError(StateError):
    """The database remembers another record at this offset: the topic was made anew."""


@dataclass(frozen=True, slots=True)
class Revision:
    """What one record made of an article: its claims, in order, and where the record stood in the log."""

    article_id: str
    topic: str
    partition: int
    offset: int
    revision: int
    claim_ids: tuple[str, ...]
    seen_at_ms: int


class Transaction(Protocol):
    """Reads and writes that take effect together or not at all; one writer at a time."""

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
        """Return the JSON documents of ``kind`` that exist under ``keys``."""

    def put_documents(
        self, kind: str, documents: Mapping[str, str], links: Mapping[str, Iterable[str]]
    ) -> None:
        """Store ``documents``; ``links`` names, per key, what it can also be found by."""

    def linked(self, kind: str, link: str) -> dict[str, str]:
        """Return the JSON documents of ``kind`` that were linked to ``link``."""

    def prune(self, before_ms: int, keep_offsets: int) -> int:
        """Drop revisions seen before ``before_ms`` and outbox rows more than ``keep_offsets`` behind.

        Returns how many rows went.
        """


class StateStore(Protocol):
    """A database. All calls come from one thread."""

    def transaction(self) -> AbstractContextManager[Transaction]:
        """Begin; commit when the block ends well, roll back when it raises."""

    def close(self) -> None:
        """Close; a store that is closed twice does not mind."""
