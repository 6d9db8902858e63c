"""Reads the annotated pairs of claims (``pairs.jsonl``); the texts stay with the corpus."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from training.annotations.gold import FOLDER
from training.corpora import Span


class Answer(StrEnum):
    """What two claims are to each other."""

    UNRELATED = "unrelated"
    CORROBORATES = "corroborates"
    CONTRADICTS = "contradicts"
    UPDATES = "updates"


@dataclass(frozen=True, slots=True)
class GoldSide:
    """A claim: the article's id in the corpus and where the content stands in its text."""

    article: str
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class GoldPair:
    """Two claims, the earlier first. ``first`` and ``second`` are what the two passes said.

    ``seen`` pairs may be looked at while the decision is built; the others only count.
    """

    left: GoldSide
    right: GoldSide
    answer: Answer
    first: Answer
    second: Answer
    stratum: str
    seen: bool


PAIRS: Final = FOLDER / "pairs.jsonl"


def gold_pairs(path: Path = PAIRS) -> list[GoldPair]:
    """The annotated pairs, in the file's order."""
    with path.open(encoding="utf-8") as lines:
        return [_pair(json.loads(line)) for line in lines]


def _pair(row: dict[str, Any]) -> GoldPair:
    return GoldPair(
        _side(row["left"]),
        _side(row["right"]),
        Answer(row["answer"]),
        Answer(row["first"]),
        Answer(row["second"]),
        row["stratum"],
        row["seen"],
    )


def _side(given: Any) -> GoldSide:
    article, spans = given
    return GoldSide(article, tuple((start, end) for start, end in spans))
