"""Documents of one transaction: what many claims of a batch read and write is read once and written once."""

from collections.abc import Iterable, Mapping
from typing import Protocol

from workers.relations.records import Reader, Writer


class ReaderWriter(Reader, Writer, Protocol):
    """Both halves of a state transaction."""


class Overlay:
    """Reads as if all that was put had been written; ``flush`` writes it, before the transaction ends.

    A hot subject's window is a document that every claim about it changes.
    """

    def __init__(self, below: ReaderWriter) -> None:
        self._below = below
        self._bodies: dict[str, dict[str, str | None]] = {}
        self._links: dict[str, dict[str, Iterable[str]]] = {}
        self._changed: dict[str, set[str]] = {}
        self._buckets: dict[int, bytes | None] = {}
        self._changed_buckets: dict[int, bytes] = {}

    def buckets(self, names: Iterable[int]) -> dict[int, bytes]:
        """See ``Reader``."""
        wanted = list(names)
        if missing := [name for name in wanted if name not in self._buckets]:
            found = self._below.buckets(missing)
            self._buckets.update((name, found.get(name)) for name in missing)
        return {name: body for name in wanted if (body := self._buckets[name]) is not None}

    def put_buckets(self, buckets: Mapping[int, bytes]) -> None:
        """See ``Writer``."""
        self._buckets.update(buckets)
        self._changed_buckets.update(buckets)

    def documents(self, kind: str, keys: Iterable[str]) -> dict[str, str]:
        """See ``Reader``."""
        wanted = list(keys)
        bodies = self._bodies.setdefault(kind, {})
        if missing := [key for key in wanted if key not in bodies]:
            found = self._below.documents(kind, missing)
            bodies.update((key, found.get(key)) for key in missing)
        return {key: body for key in wanted if (body := bodies[key]) is not None}

    def linked(self, kind: str, link: str) -> dict[str, str]:
        """See ``Reader``; links are looked up below, so what waits is written first."""
        self._flush(kind)
        return self._below.linked(kind, link)

    def put_documents(
        self, kind: str, documents: Mapping[str, str], links: Mapping[str, Iterable[str]]
    ) -> None:
        """See ``Writer``."""
        self._bodies.setdefault(kind, {}).update(documents)
        self._links.setdefault(kind, {}).update(links)
        self._changed.setdefault(kind, set()).update(documents)

    def drop_documents(self, kind: str, keys: Iterable[str]) -> None:
        """See ``Writer``."""
        gone = dict.fromkeys(keys)
        self._bodies.setdefault(kind, {}).update(gone)
        self._changed.setdefault(kind, set()).update(gone)
        self._links.setdefault(kind, {}).update(dict.fromkeys(gone, ()))

    def flush(self) -> None:
        """Write what waits; every kind, in the order of their names, and then the buckets."""
        for kind in sorted(self._changed):
            self._flush(kind)
        self._below.put_buckets(self._changed_buckets)
        self._changed_buckets = {}

    def _flush(self, kind: str) -> None:
        bodies = self._bodies.get(kind, {})
        changed = {key: bodies[key] for key in sorted(self._changed.pop(kind, ()))}
        links = self._links.pop(kind, {})
        if kept := {key: body for key, body in changed.items() if body is not None}:
            self._below.put_documents(kind, kept, links)
        if gone := [key for key, body in changed.items() if body is None]:
            self._below.drop_documents(kind, gone)
