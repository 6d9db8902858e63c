"""Who a pronoun means: a learned choice among the people named so far, or nobody.

A log-linear ranker over a few features of each candidate (after Denis and Baldridge 2008, whose "nobody" is a
candidate too). ``training/fit_antecedents.py`` writes the weights beside this module.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from workers.nlp.layout import Layout

FEATURES: Final = (
    "same sentence",
    "sentence before",
    "two sentences before",
    "sentences",
    "same paragraph",
    "paragraph before",
    "quoted",
    "opens its sentence",
    "ever opened that sentence",
    "spoke just before",
    "last speaker",
    "mentions",
    "sex fits",
    "later ones",
    "latest",
    "in the first lines",
    "named last",
)
REACH: Final = 12
_LEAD: Final = 2


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who may be meant. All places stand before the pronoun, in text order; ``places`` is not empty.

    ``spoke`` are the places where he was a source, ``named`` where his name or description stands;
    ``sexed`` says that his sex is known and fits.
    """

    places: Sequence[int]
    spoke: Sequence[int]
    named: Sequence[int]
    sexed: bool


def features(candidates: Sequence[Candidate], start: int, layout: Layout) -> list[list[float]]:
    """One row a candidate, in the order of ``FEATURES``, for a pronoun at ``start``."""
    here, line = layout.sentence_number(start), layout.line_at(start)
    quoted = layout.in_quote(start)
    last = [candidate.places[-1] for candidate in candidates]
    speakers = [candidate.spoke[-1] for candidate in candidates if candidate.spoke]
    speaker = max(speakers, default=-1)
    rows = []
    for candidate, place in zip(candidates, last, strict=True):
        number = layout.sentence_number(place)
        gap, lines = here - number, line - layout.line_at(place)
        first = layout.sentences[max(number, 0)][0]
        begun = next(p for p in candidate.places if p >= first)
        spoken = candidate.spoke[-1] if candidate.spoke else -1
        later = sum(other > place for other in last)
        rows.append(
            [
                float(gap == 0),
                float(gap == 1),
                float(gap == 2),
                min(gap, REACH) / REACH,
                float(lines == 0),
                float(lines == 1),
                float(layout.in_quote(place) and not quoted),
                math.exp(-(place - first) / 40),
                math.exp(-(begun - first) / 40),
                float(spoken >= 0 and here - layout.sentence_number(spoken) <= 1),
                float(spoken >= 0 and spoken == speaker),
                math.log1p(len(candidate.places)),
                float(candidate.sexed),
                min(later, 3) / 3,
                float(later == 0),
                float(layout.line_at(candidate.places[0]) < _LEAD),
                float(bool(candidate.named) and candidate.named[-1] == place),
            ]
        )
    return rows


@dataclass(frozen=True, slots=True)
class Ranker:
    """Weights of ``FEATURES``; ``nobody`` is the score of no candidate, ``least`` the least sure choice."""

    weights: tuple[float, ...]
    nobody: float
    least: float

    def choose(self, candidates: Sequence[Candidate], start: int, layout: Layout) -> int | None:
        """Place of the likeliest candidate; ``None`` when nobody, or nobody surely enough, is meant."""
        if not candidates:
            return None
        chances = self.chances(features(candidates, start, layout))
        best = max(range(len(candidates)), key=lambda place: (chances[place], -place))
        return best if chances[best] >= max(self.least, chances[-1]) else None

    def chances(self, rows: Sequence[Sequence[float]]) -> list[float]:
        """Probability of each row, and last that nobody is meant; they sum to 1."""
        scores = [sum(w * x for w, x in zip(self.weights, row, strict=True)) for row in rows]
        scores.append(self.nobody)
        top = max(scores)
        weights = [math.exp(score - top) for score in scores]
        total = sum(weights)
        return [weight / total for weight in weights]


@cache
def shipped() -> Ranker:
    """The ranker that ships. ``ValueError`` when its file and ``FEATURES`` do not fit."""
    content = json.loads(Path(__file__).with_name("antecedents.json").read_text(encoding="utf-8"))
    return parsed(content)


def parsed(content: Mapping[str, object]) -> Ranker:
    """A ranker from the file's content."""
    weights, nobody, least = content["weights"], content["nobody"], content["least"]
    if not isinstance(weights, dict) or tuple(weights) != FEATURES:
        raise ValueError("antecedents.json was fitted for other features")
    if not isinstance(nobody, float) or not isinstance(least, float):
        raise TypeError("nobody and least must be numbers")
    return Ranker(tuple(map(float, weights.values())), nobody, least)
