"""Named entities of one article."""

from dataclasses import dataclass
from enum import StrEnum


class MentionKind(StrEnum):
    """How a stretch of text refers to its entity."""

    NAME = "name"
    PRONOUN = "pronoun"
    DESCRIPTION = "description"


@dataclass(frozen=True, slots=True)
class Mention:
    """One reference to an entity: ``text`` is the article's ``text[start:end]``."""

    start: int
    end: int
    text: str
    kind: MentionKind


@dataclass(frozen=True, slots=True)
class Entity:
    """Somebody or something named in an article, with all its mentions in text order.

    ``label`` is an OntoNotes name. ``entity_id`` is ``kb_id`` where there is one, else made from label and
    name. ``salience`` (0..1) is the share of the article's mentions that are this entity's.
    ``score`` (0..1) is the probability that the name's span and label are right.
    """

    entity_id: str
    name: str
    label: str
    kb_id: str | None
    mentions: tuple[Mention, ...]
    salience: float
    score: float
