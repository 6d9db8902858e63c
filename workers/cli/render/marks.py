"""Annotations overlap, a page is flat: the text is cut into pieces that carry their marks."""

import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from workers.cli.render.words import in_text_order
from workers.domain.article import EnrichedArticle
from workers.domain.claim import Offsets

_BLANK_LINES = re.compile(r"(?:\r?\n[^\S\n]*){2,}")
_LINE_ENDS = re.compile(r"\r?\n")
_WRAPPED_AT = 100


class MarkKind(StrEnum):
    """What a stretch of the text is marked as."""

    ENTITY = "entity"
    MASK = "mask"
    CONTENT = "content"
    SOURCE = "source"
    CUE = "cue"


@dataclass(frozen=True, slots=True)
class Mark:
    """``value`` is the entity's label, the mask's reason, or the number (from 1) of the claim."""

    kind: MarkKind
    start: int
    end: int
    value: str


@dataclass(frozen=True, slots=True)
class Piece:
    """``text[start:end]``, over all of which the same ``marks`` lie, the longest first."""

    start: int
    end: int
    marks: tuple[Mark, ...]

    def values(self, kind: MarkKind) -> tuple[str, ...]:
        """Return the values of the marks of ``kind``, each once."""
        return tuple(dict.fromkeys(mark.value for mark in self.marks if mark.kind is kind))

    def opening(self, kind: MarkKind) -> tuple[Mark, ...]:
        """Return the marks of ``kind`` that begin with this piece."""
        return tuple(m for m in self.marks if m.kind is kind and m.start == self.start)

    def closing(self, kind: MarkKind) -> tuple[Mark, ...]:
        """Return the marks of ``kind`` that end with this piece."""
        return tuple(m for m in self.marks if m.kind is kind and m.end == self.end)


def marks_of(article: EnrichedArticle) -> list[Mark]:
    """Return all marks; claims are numbered in the order of the text."""
    marks = [
        Mark(MarkKind.ENTITY, mention.start, mention.end, entity.label)
        for entity in article.entities
        for mention in entity.mentions
        if mention.kind == "name"
    ]
    marks += [Mark(MarkKind.MASK, m.start, m.end, m.reason) for m in article.masked]
    for number, claim in enumerate(in_text_order(article), start=1):
        marks += [Mark(MarkKind.CONTENT, s.start, s.end, str(number)) for s in claim.content.spans]
        if claim.source is not None:
            marks.append(Mark(MarkKind.SOURCE, claim.source.start, claim.source.end, str(number)))
        if claim.cue is not None:
            marks.append(Mark(MarkKind.CUE, claim.cue.start, claim.cue.end, str(number)))
    return [mark for mark in marks if mark.start < mark.end]


def paragraphs(text: str) -> list[Offsets]:
    """Return the stretches between blank lines, without the blank lines.

    In a text without blank lines but with long lines, such as one taken from a page, each line is one.
    """
    found, start = [], 0
    for gap in _borders(text).finditer(text):
        found.append(Offsets(start, gap.start()))
        start = gap.end()
    found.append(Offsets(start, len(text)))
    return [stretch for stretch in found if text[stretch.start : stretch.end].strip()]


def _borders(text: str) -> re.Pattern[str]:
    if _BLANK_LINES.search(text.strip()) or max(map(len, text.splitlines()), default=0) <= _WRAPPED_AT:
        return _BLANK_LINES
    return _LINE_ENDS


def pieces(marks: Iterable[Mark], within: Offsets) -> Iterator[Piece]:
    """Cut ``within`` wherever a mark begins or ends; the pieces cover it without gap or overlap."""
    inside = [m for m in marks if m.start < within.end and m.end > within.start]
    cuts = {within.start, within.end}
    cuts.update(at for m in inside for at in (m.start, m.end) if within.start < at < within.end)
    edges = sorted(cuts)
    waiting = sorted(inside, key=lambda m: (m.start, -m.end), reverse=True)
    active: list[Mark] = []
    for start, end in itertools.pairwise(edges):
        active = [mark for mark in active if mark.end > start]
        while waiting and waiting[-1].start <= start:
            active.append(waiting.pop())
        yield Piece(start, end, tuple(sorted(active, key=lambda m: (m.start - m.end, m.start))))
