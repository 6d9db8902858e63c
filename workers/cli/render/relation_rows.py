"""Relations as a reader wants them: reprints of a sentence told once, what is in dispute first."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from workers.cli.render.words import one_line
from workers.domain.relation import Change, Relation, RelationKind, RelationSide

_ORDER = (RelationKind.CONTRADICTS, RelationKind.UPDATES, RelationKind.CORROBORATES)
_TITLE_LENGTH = 90
_Key = tuple[RelationKind, Change | None, str, str]


@dataclass(frozen=True, slots=True)
class Row:
    """A relation; ``left`` and ``right`` are all that say the same in the same words, the earliest first."""

    relation: Relation
    left: tuple[RelationSide, ...]
    right: tuple[RelationSide, ...]


@dataclass(frozen=True, slots=True)
class StoryRows:
    """A story: what it is about, its rows, and how many relations of each kind they stand for."""

    title: str
    rows: tuple[Row, ...]
    kinds: tuple[tuple[RelationKind, int], ...]
    articles: int


def stories(relations: Iterable[Relation]) -> list[StoryRows]:
    """Return the stories: those in dispute first, then those with a figure that moved, else as they came."""
    found: dict[str, list[Relation]] = {}
    for relation in relations:
        found.setdefault(relation.story_id, []).append(relation)
    return sorted((_story(each) for each in found.values()), key=lambda each: _ORDER.index(each.kinds[0][0]))


def _story(relations: list[Relation]) -> StoryRows:
    kinds = Counter(relation.kind for relation in relations)
    sides = [side for each in relations for side in (each.left, each.right)]
    oldest = min(sides, key=lambda side: (side.published_at is None, side.published_at or 0, side.claim_id))
    rows = sorted(_rows(relations), key=lambda row: _ORDER.index(row.relation.kind))
    return StoryRows(
        _shortened(one_line(oldest.text)),
        tuple(rows),
        tuple((kind, kinds[kind]) for kind in _ORDER if kinds[kind]),
        len({side.article_id for side in sides}),
    )


def _rows(relations: Iterable[Relation]) -> list[Row]:
    """Return one row for all relations of a kind between the same two texts."""
    groups: dict[_Key, list[Relation]] = {}
    for each in relations:
        key = (each.kind, each.change, _plain(each.left), _plain(each.right))
        groups.setdefault(key, []).append(each)
    return [
        Row(group[0], _distinct(each.left for each in group), _distinct(each.right for each in group))
        for group in groups.values()
    ]


def _distinct(sides: Iterable[RelationSide]) -> tuple[RelationSide, ...]:
    return tuple({side.claim_id: side for side in sides}.values())


def _plain(side: RelationSide) -> str:
    return " ".join(side.text.casefold().split()) + f"/{side.stance.value}"


def _shortened(text: str) -> str:
    plain = re.sub(r"[\"“”]", "", text).strip("‘’' ,")
    plain = plain[:1].upper() + plain[1:]
    if len(plain) <= _TITLE_LENGTH:
        return plain
    return plain[: _TITLE_LENGTH - 1].rsplit(" ", 1)[0].rstrip(",;:—- ") + "…"
