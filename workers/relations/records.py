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

GONE = '{"gone":true}'


class Kind(StrEnum):
    """Kinds of documents; the keys are a route, a bucket, a claim, a relation, a story and a claim."""

    WINDOW = "relation-window"
    BAND = "relation-band"
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


@dataclass(frozen=True, slots=True)
class Remembered:
    """A claim and the routes by which it has come in, each with the digest of what came."""

    known: Known
    under: tuple[tuple[str, str], ...] = ()

    def came_by(self, route: str) -> str | None:
        """Return the digest of what came in by this route, or ``None``."""
        return dict(self.under).get(route)

    def to_json(self) -> str:
        """Return compact JSON; equal values give equal text."""
        return json.dumps(
            [remembering.to_json(self.known), self.under], separators=(",", ":"), ensure_ascii=False
        )


@dataclass(frozen=True, slots=True)
class Stored:
    """What is kept of a published relation; ``digest`` changes when it has to be published again."""

    relation_id: str
    route: str
    claim_ids: tuple[str, str]
    digest: str
    retracted: bool = False


@dataclass(slots=True)
class Changes:
    """Collects the documents of one decision."""

    documents: dict[Kind, dict[str, str]] = field(default_factory=dict)
    links: dict[Kind, dict[str, tuple[str, ...]]] = field(default_factory=dict)

    def put(self, kind: Kind, key: str, body: str) -> None:
        """Store ``body``."""
        self.documents.setdefault(kind, {})[key] = body

    def put_relation(self, stored: Stored) -> None:
        """Store a relation so that either of its claims finds it."""
        fields = [stored.relation_id, stored.route, stored.claim_ids, stored.digest, stored.retracted]
        self.put(Kind.RELATION, stored.relation_id, json.dumps(fields, separators=(",", ":")))
        self.links.setdefault(Kind.RELATION, {})[stored.relation_id] = stored.claim_ids

    def put_stories(self, book: StoryBook) -> None:
        """Store what changed in the stories."""
        for story in book.changed.values():
            fields = [story.story_id, story.oldest, story.into]
            self.put(Kind.STORY, story.story_id, json.dumps(fields, separators=(",", ":")))
        for claim_id, story_id in book.changed_of.items():
            self.put(Kind.STORY_OF, claim_id, story_id)


def remembered(reader: Reader, claim_ids: Iterable[str]) -> dict[str, Remembered]:
    """Return the claims that are known and were not withdrawn."""
    bodies = reader.documents(Kind.CLAIM, claim_ids)
    return {claim_id: _remembered(body) for claim_id, body in bodies.items() if body != GONE}


def relations_of(reader: Reader, claim_id: str) -> dict[str, Stored]:
    """Return the relations that the claim is or was in."""
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


def _remembered(body: str) -> Remembered:
    known, under = json.loads(body)
    return Remembered(remembering.from_json(known), tuple((route, digest) for route, digest in under))


def _stored(body: str) -> Stored:
    relation_id, route, claim_ids, digest, retracted = json.loads(body)
    return Stored(relation_id, route, (claim_ids[0], claim_ids[1]), digest, retracted)


def _story(body: str) -> Story:
    story_id, oldest, into = json.loads(body)
    return Story(story_id, (oldest[0], oldest[1]), into)


class MemoryReader:
    """Documents in memory: the same state without a database, for files and for tests."""

    def __init__(self) -> None:
        self._documents: dict[tuple[str, str], str] = {}
        self._links: dict[tuple[str, str], dict[str, None]] = {}

    def documents(self, kind: str, keys: Iterable[str]) -> dict[str, str]:
        """See ``Reader``."""
        return {key: self._documents[kind, key] for key in keys if (kind, key) in self._documents}

    def linked(self, kind: str, link: str) -> dict[str, str]:
        """See ``Reader``."""
        return self.documents(kind, sorted(self._links.get((kind, link), {})))

    def put_documents(
        self, kind: str, documents: Mapping[str, str], links: Mapping[str, Iterable[str]]
    ) -> None:
        """Store ``documents``; ``links`` names, per key, what it can also be found by."""
        for key, body in documents.items():
            self._documents[kind, key] = body
        for key, names in links.items():
            for name in names:
                self._links.setdefault((kind, name), {})[key] = None

    def stored(self) -> tuple[tuple[tuple[str, str], str], ...]:
        """Return all documents as ((kind, key), body)."""
        return tuple(self._documents.items())
