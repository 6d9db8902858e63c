"""Windows with their gold: which labels each piece may have, and which pieces point where."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from training.corpora import AttributedText, EntityText, Span
from training.labels import ATTRIBUTION_LABELS, ENTITY_LABELS, ROLES, TYPES, silent
from workers.nlp.pieces import Pieces, Window

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """One window. ``allowed`` [T, L] is all true where the gold is silent.

    ``cue_links`` are (first piece of a content, first piece of its cue or 0), ``source_links``
    (first piece of a cue, first piece of its source or 0).
    """

    window: Window
    allowed: Bools
    cue_links: tuple[Span, ...] = ()
    source_links: tuple[Span, ...] = ()

    def links(self, kind: str) -> tuple[Span, ...]:
        """Gold links of the pointer ``cue`` or ``source``."""
        return self.cue_links if kind == "cue" else self.source_links

    def candidates(self, kind: str) -> tuple[int, ...]:
        """First pieces of the gold spans that the pointer may choose, "none" not among them."""
        role = {"cue": 1, "source": 0}[kind]
        heads = np.flatnonzero(self.allowed[:, 2 * role + 1] & ~self.allowed[:, 0])
        return tuple(int(head) for head in heads)


def attribution_examples(
    article: AttributedText, pieces: Pieces, *, first_window: int | None = None
) -> list[Example]:
    """Windows of ``article`` with roles and links; attributions in ignored text are left out."""
    examples = []
    kept = [
        item
        for item in article.attributions
        if not any(
            _overlap(span, hole)
            for span in (*item.source, *item.cue, *item.content)
            for hole in article.ignore
        )
    ]
    for window in pieces.windows(article.text, first_window=first_window):
        allowed = _nothing(len(window), len(ATTRIBUTION_LABELS))
        heads: dict[Span, int] = {}
        for item in kept:
            for role, spans in enumerate((item.source, item.cue, item.content)):
                for span in spans:
                    inside = covered(window, span)
                    if len(inside) and allowed[inside, 0].all():
                        heads[span] = int(inside[0])
                        _mark(allowed, inside, (role,))
        for hole in article.ignore:
            allowed[covered(window, hole)] = True
        cue_links = []
        source_links = []
        for item in kept:
            cue = _first(heads, item.cue)
            cue_links += [(heads[span], cue) for span in item.content if span in heads]
            if cue:
                source_links.append((cue, _first(heads, item.source)))
        examples.append(Example(window, allowed, tuple(cue_links), tuple(source_links)))
    return examples


def entity_examples(
    article: EntityText,
    mapping: Mapping[str, frozenset[str]],
    pieces: Pieces,
    *,
    first_window: int | None = None,
) -> list[Example]:
    """Windows of ``article`` with entities; unmarked text may hold any type the corpus lacks."""
    free = [TYPES.index(name) for name in sorted(silent(mapping))]
    examples = []
    for window in pieces.windows(article.text, first_window=first_window):
        allowed = _nothing(len(window), len(ENTITY_LABELS))
        for name in free:
            allowed[1:-1, 2 * name + 1 : 2 * name + 3] = True
        for start, end, label in article.entities:
            inside = covered(window, (start, end))
            if len(inside):
                types = sorted(mapping.get(label, ()))
                if types:
                    _mark(allowed, inside, [TYPES.index(name) for name in types])
                else:
                    allowed[inside] = True
        examples.append(Example(window, allowed))
    return examples


def covered(window: Window, span: Span) -> npt.NDArray[np.intp]:
    """Places of the window's pieces that share a character with ``span``, ascending."""
    starts, ends = window.offsets[1:-1, 0], window.offsets[1:-1, 1]
    return np.flatnonzero((ends > span[0]) & (starts < span[1])) + 1


def _nothing(size: int, labels: int) -> Bools:
    allowed = np.zeros((size, labels), dtype=np.bool_)
    allowed[:, 0] = True
    return allowed


def _mark(allowed: Bools, inside: npt.NDArray[np.intp], kinds: Iterable[int]) -> None:
    allowed[inside] = False
    for kind in kinds:
        allowed[inside[0], 2 * kind + 1] = True
        allowed[inside[1:], 2 * kind + 2] = True


def _first(heads: Mapping[Span, int], spans: Sequence[Span]) -> int:
    return next((heads[span] for span in spans if span in heads), 0)


def _overlap(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]


assert len(ATTRIBUTION_LABELS) == 2 * len(ROLES) + 1
