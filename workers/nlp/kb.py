"""The knowledge base behind entity links: entries as JSON lines, found by the names they go by.

A *guarded* name stands for too many things to link by itself ("Georgia", "Clinton", a legislator of a
common name): it needs a hint elsewhere in the article, or an office beside the name.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

_ID: Final = re.compile(r"Q[1-9][0-9]*")
_ARTICLE: Final = re.compile(r"^(?:the|The|THE)\s+")
_POSSESSIVE: Final = re.compile(r"(?:['’]s|(?<=s)['’])$")
_SHOUTED: Final = 4


class BadEntryError(ValueError):
    """A line that is no entry; the message says why."""


class Kind(StrEnum):
    """What an entry is; decides which labels of the entity recogniser agree with it."""

    COUNTRY = "country"
    REGION = "region"
    CITY = "city"
    PERSON = "person"
    ORGANIZATION = "organization"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that names can link to.

    ``names`` link by themselves, ``demonyms`` too ("French"); ``guarded`` ones only when one of
    ``hints`` stands in the article or one of ``offices`` beside the name. ``prior`` is its share of the
    mentions of a name that several entries claim. ``since`` is the year before which a person was
    unknown to the news.
    """

    id: str
    name: str
    kind: Kind
    names: tuple[str, ...] = ()
    demonyms: tuple[str, ...] = ()
    guarded: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    offices: tuple[str, ...] = ()
    prior: float = 1.0
    since: int | None = None

    def __post_init__(self) -> None:
        if not _ID.fullmatch(self.id):
            raise ValueError(f"id must be a Wikidata id such as Q159, not {self.id!r}")
        if not self.name.strip():
            raise ValueError("name must not be empty")
        if not 0.0 < self.prior <= 1.0:
            raise ValueError("prior must be above 0 and at most 1")

    def known(self) -> tuple[str, ...]:
        """All that the entry goes by."""
        return (self.name, *self.names, *self.demonyms, *self.guarded)


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry that a name may stand for, and whether the name needs a hint or is a demonym."""

    entry: Entry
    guarded: bool = False
    demonym: bool = False


class KnowledgeBase:
    """Entries by name. An entry replaces an earlier one of the same id, so a user's own file wins."""

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self.entries: Mapping[str, Entry] = {entry.id: entry for entry in entries}
        self._named: dict[str, dict[str, Candidate]] = {}
        self._shouted: dict[str, str] = {}
        for entry in self.entries.values():
            self._add(entry)

    def _add(self, entry: Entry) -> None:
        guarded = {tidy(name) for name in entry.guarded}
        for words in (entry.name, *entry.names, *entry.guarded):
            name = tidy(words)
            self._named.setdefault(name, {})[entry.id] = Candidate(entry, guarded=name in guarded)
        for words in entry.demonyms:
            self._named.setdefault(tidy(words), {}).setdefault(entry.id, Candidate(entry, demonym=True))
        for words in entry.known():
            if len(words) >= _SHOUTED and not words.isupper():
                self._shouted.setdefault(tidy(words).upper(), tidy(words))

    def candidates(self, words: str) -> tuple[Candidate, ...]:
        """Entries that go by ``words``: letter by letter, save that headlines may be all capitals."""
        name = tidy(words)
        found = self._named.get(name)
        if found is None and name.isupper() and len(name) >= _SHOUTED:
            found = self._named.get(self._shouted.get(name, ""))
        return tuple(found.values()) if found is not None else ()

    def __len__(self) -> int:
        return len(self.entries)


def tidy(words: str) -> str:
    """One line with straight apostrophes, without a leading article or an ending possessive."""
    flat = _POSSESSIVE.sub("", " ".join(words.split()))
    return (_ARTICLE.sub("", flat) or flat).replace("’", "'")


def read_entries(lines: Iterable[str], where: str) -> tuple[Entry, ...]:
    """Entries from JSON lines; empty lines are skipped.

    ``ValueError`` with place and reason for a line that is no entry: ``where``, a colon, its number.
    """
    entries = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            entries.append(_entry(json.loads(line)))
        except ValueError as error:
            raise ValueError(f"{where}:{number}: {error}") from error
    return tuple(entries)


def written(entry: Entry) -> str:
    """The entry as one JSON line, without what is at its default."""
    fields: dict[str, Any] = {"id": entry.id, "name": entry.name, "kind": entry.kind.value}
    for field in _LISTS:
        if getattr(entry, field):
            fields[field] = list(getattr(entry, field))
    if entry.prior != 1.0:
        fields["prior"] = entry.prior
    if entry.since is not None:
        fields["since"] = entry.since
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))


_LISTS: Final = ("names", "demonyms", "guarded", "hints", "offices")
_FIELDS: Final = frozenset({"id", "name", "kind", "prior", "since", *_LISTS})


def _entry(fields: object) -> Entry:
    if not isinstance(fields, dict):
        raise BadEntryError("an entry is a JSON object")
    unknown = sorted(set(fields) - _FIELDS)
    if unknown:
        raise BadEntryError(f"unknown field {unknown[0]!r}; known are {', '.join(sorted(_FIELDS))}")
    for field in ("id", "name", "kind"):
        if not isinstance(fields.get(field), str):
            raise BadEntryError(f"{field} must be there and be text")
    if fields["kind"] not in set(Kind):
        raise BadEntryError(f"kind must be one of {', '.join(Kind)}, not {fields['kind']!r}")
    prior, since = fields.get("prior", 1.0), fields.get("since")
    if isinstance(prior, bool) or not isinstance(prior, int | float):
        raise BadEntryError("prior must be a number")
    if since is not None and (isinstance(since, bool) or not isinstance(since, int)):
        raise BadEntryError("since must be a year")
    return Entry(
        fields["id"],
        fields["name"],
        Kind(fields["kind"]),
        **{field: _texts(fields, field) for field in _LISTS},
        prior=float(prior),
        since=since,
    )


def _texts(fields: Mapping[str, Any], field: str) -> tuple[str, ...]:
    values = fields.get(field, [])
    if not isinstance(values, list) or not all(isinstance(value, str) and value.strip() for value in values):
        raise BadEntryError(f"{field} must be a list of texts")
    return tuple(values)
