"""What the relate stage stores: documents by key and by link, as the state database keeps them."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from workers.domain.ids import content_id
from workers.domain.relation import Relation
from workers.relations import known as remembering
from workers.relations.known import Known
from workers.relations.stories import Story, StoryBook


class Kind(StrEnum):
    """Kinds of documents; by route, claim and route, relation, story, claim."""

    WINDOW = "relation-window"
    CLAIM = "relation-claim"
    RELATION = "relation"
    STORY = "story"
    STORY_OF = "story-of"


class Reader(Protocol):
    """The reading half of a state transaction."""

    def documents(self, kind: str, keys: Iterable[str]) -> dict[str, str]:
        """Return the JSON documents of ``kind`` that exist under ``keys``."""

    def linked(self, kind: str, link: str) -> dict[str, str]:
        """Return the JSON documents of ``kind`` that were linked to ``link``."""

    def buckets(self, names: Iterable[int]) -> dict[int, bytes]:
        """Return what is kept under these numbers (of 64 bits, signed)."""


class Writer(Protocol):
    """The writing half of a state transaction."""

    def put_documents(
        self, kind: str, documents: Mapping[str, str], links: Mapping[str, Iterable[str]]
    ) -> None:
        """Store ``documents``; ``links`` names, per key, what it can also be found by."""

    def drop_documents(self, kind: str, keys: Iterable[str]) -> None:
        """Forget the documents under ``keys``."""

    def put_buckets(self, buckets: Mapping[int, bytes]) -> None:
        """Store or replace what is kept under numbers."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What is kept of a relation that holds; ``digest`` changes when it has to be published again.

    ``route`` is the one that it was decided on, and on which it is taken back.
    """

    relation_id: str
    route: str
    claim_ids: tuple[str, str]
    digest: str


@dataclass(slots=True)
class Changes:
    """Collects the documents of one decision."""

    documents: dict[Kind, dict[str, str]] = field(default_factory=dict)
    links: dict[Kind, dict[str, tuple[str, ...]]] = field(default_factory=dict)
    dropped: dict[Kind, tuple[str, ...]] = field(default_factory=dict)

    def put(self, kind: Kind, key: str, body: str) -> None:
        """Store ``body``."""
        self.documents.setdefault(kind, {})[key] = body

    def put_relation(self, stored: Stored) -> None:
        """Store a relation that holds so that either of its claims finds it."""
        fields = [stored.relation_id, stored.route, stored.claim_ids, stored.digest]
        self.put(Kind.RELATION, stored.relation_id, json.dumps(fields, separators=(",", ":")))
        self.links.setdefault(Kind.RELATION, {})[stored.relation_id] = stored.claim_ids

    def drop(self, kind: Kind, keys: Iterable[str]) -> None:
        """Forget documents."""
        self.dropped[kind] = (*self.dropped.get(kind, ()), *keys)

    def put_stories(self, book: StoryBook) -> None:
        """Store what changed in the stories."""
        for story in book.changed.values():
            fields = [story.story_id, story.oldest, story.into]
            self.put(Kind.STORY, story.story_id, json.dumps(fields, separators=(",", ":")))
        for claim_id, story_id in book.changed_of.items():
            self.put(Kind.STORY_OF, claim_id, story_id)


def claim_key(route: str, claim_id: str) -> str:
    """Return the key of a claim as it came in by a route.

    Every route has its copy: it changes in the order of one partition, by the one worker that owns it.
    """
    return f"{route}/{claim_id}"


def remembered(reader: Reader, route: str, claim_ids: Iterable[str]) -> dict[str, Known]:
    """Return the claims that have come in by the route and were not withdrawn from it."""
    keys = [claim_key(route, claim_id) for claim_id in claim_ids]
    found = (remembering.from_json(body) for body in reader.documents(Kind.CLAIM, keys).values())
    return {known.claim_id: known for known in found}


def relations_of(reader: Reader, claim_id: str) -> dict[str, Stored]:
    """Return the relations that the claim is in, whatever route they were decided on."""
    return {key: _stored(body) for key, body in reader.linked(Kind.RELATION, claim_id).items()}


def stored(relation: Relation, route: str) -> Stored:
    """Return what to keep of a relation."""
    return Stored(
        relation.relation_id,
        route,
        (relation.left.claim_id, relation.right.claim_id),
        relation_digest(relation),
    )


def relation_digest(relation: Relation) -> str:
    """Return what changes when a reader would see another relation; the story is left out, it has merges."""
    return content_id(
        "published", relation.kind, repr((relation.left, relation.right, relation.origins, relation.change))
    )


def story_book(reader: Reader, claim_ids: Iterable[str]) -> StoryBook:
    """Return the stories of these claims, and all that they were merged into."""
    of = reader.documents(Kind.STORY_OF, claim_ids)
    stories: dict[str, Story] = {}
    wanted = set(of.values())
    while wanted:
        found = {key: _story(body) for key, body in reader.documents(Kind.STORY, sorted(wanted)).items()}
        stories |= found
        wanted = {story.into for story in found.values() if story.into} - stories.keys()
    return StoryBook(dict(of), stories)


def _stored(body: str) -> Stored:
    relation_id, route, claim_ids, digest = json.loads(body)
    return Stored(relation_id, route, (claim_ids[0], claim_ids[1]), digest)


def _story(body: str) -> Story:
    story_id, oldest, into = json.loads(body)
    return Story(story_id, (oldest[0], oldest[1]), into)


class MemoryReader:
    """Documents in memory: the same state without a database, for files and for tests."""

    def __init__(self) -> None:
        self._documents: dict[tuple[str, str], str] = {}
        self._links: dict[tuple[str, str], dict[str, None]] = {}
        self._buckets: dict[int, bytes] = {}

    def buckets(self, names: Iterable[int]) -> dict[int, bytes]:
        """See ``Reader``."""
        return {name: self._buckets[name] for name in names if name in self._buckets}

    def put_buckets(self, buckets: Mapping[int, bytes]) -> None:
        """See ``Writer``."""
        self._buckets.update(buckets)

    def documents(self, kind: str, keys: Iterable[str]) -> dict[str, str]:
        """See ``Reader``."""
        return {key: self._documents[kind, key] for key in keys if (kind, key) in self._documents}

    def linked(self, kind: str, link: str) -> dict[str, str]:
        """See ``Reader``."""
        return self.documents(kind, sorted(self._links.get((kind, link), {})))

    def drop_documents(self, kind: str, keys: Iterable[str]) -> None:
        """Forget the documents under ``keys``; what links to them finds nothing."""
        for key in keys:
            self._documents.pop((kind, key), None)

    def put_documents(
        self, kind: str, documents: Mapping[str, str], links: Mapping[str, Iterable[str]]
    ) -> None:
        """Store ``documents``; ``links`` names, per key, what it can also be found by."""
        for key, body in documents.items():
            self._documents[kind, key] = body
        for key, names in links.items():
            for name in names:
                self._links.setdefault((kind, name), {})[key] = None

    def kept_buckets(self) -> tuple[bytes, ...]:
        """Return what is kept under numbers."""
        return tuple(self._buckets.values())

    def stored(self) -> tuple[tuple[tuple[str, str], str], ...]:
        """Return all documents as ((kind, key), body)."""
        return tuple(self._documents.items())
