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
        """Write what waits; every kind, in the order of their names."""
        for kind in sorted(self._changed):
            self._flush(kind)

    def _flush(self, kind: str) -> None:
        bodies = self._bodies.get(kind, {})
        changed = {key: bodies[key] for key in sorted(self._changed.pop(kind, ()))}
        links = self._links.pop(kind, {})
        if kept := {key: body for key, body in changed.items() if body is not None}:
            self._below.put_documents(kind, kept, links)
        if gone := [key for key, body in changed.items() if body is None]:
            self._below.drop_documents(kind, gone)
