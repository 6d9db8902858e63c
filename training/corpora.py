"""Readers of the public corpora: gzip JSON Lines in, frozen documents out.

Offsets are half-open code points of ``text``. Which corpus lies where is told in README.md.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

Span = tuple[int, int]

POLNEAR_TRAIN: Final = "attribution/polnear-train.jsonl.gz"
POLNEAR_DEV: Final = "attribution/polnear-dev.jsonl.gz"
NEWSWIRE: Final = "entities/en-worldwide-newswire.jsonl.gz"
WIKIGOLD: Final = "entities/wikigold.jsonl.gz"
UNER: Final = "entities/uner-ewt-train.jsonl.gz"
CLAIMBUSTER: Final = "checkworthiness/claimbuster-train.jsonl.gz"
FILES: Final = (POLNEAR_TRAIN, POLNEAR_DEV, NEWSWIRE, WIKIGOLD, CLAIMBUSTER)
DEV_TENTH: Final = 0


@dataclass(frozen=True, slots=True)
class Attribution:
    """Pieces of the three roles in text order; a role that is absent is empty."""

    source: tuple[Span, ...]
    cue: tuple[Span, ...]
    content: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class AttributedText:
    """An article with its attributions; ``ignore`` was not annotated."""

    id: str
    text: str
    attributions: tuple[Attribution, ...]
    ignore: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class EntityText:
    """A text with outermost, non-overlapping entities: start, end, the corpus's own label."""

    id: str
    text: str
    entities: tuple[tuple[int, int, str], ...]


@dataclass(frozen=True, slots=True)
class RatedSentence:
    """A sentence; ``worth`` says that a human found it worth checking."""

    id: str
    text: str
    worth: bool


def attributed(path: Path) -> list[AttributedText]:
    """Read a PolNeAR file."""
    return [
        AttributedText(
            row["id"],
            row["text"],
            tuple(
                Attribution(_spans(item["source"]), _spans(item["cue"]), _spans(item["content"]))
                for item in row["attributions"]
            ),
            _spans(row["ignore"]),
        )
        for row in _rows(path)
    ]


def with_entities(path: Path) -> list[EntityText]:
    """Read one of the entity sets."""
    return [
        EntityText(
            row["id"],
            row["text"],
            tuple((start, end, label) for start, end, label in row["entities"]),
        )
        for row in _rows(path)
    ]


def newswire(path: Path) -> tuple[list[EntityText], list[EntityText]]:
    """The worldwide newswire as train and dev; dev is about a tenth of the documents.

    A document is dev by the digest of its ``id``, so no order or seed can change the split.
    """
    train: list[EntityText] = []
    dev: list[EntityText] = []
    for article in with_entities(path):
        (dev if tenth(article.id) == DEV_TENTH else train).append(article)
    return train, dev


def rated(path: Path) -> list[RatedSentence]:
    """Read a set of sentences rated for check-worthiness."""
    return [RatedSentence(row["id"], row["text"], row["label"] == 1) for row in _rows(path)]


def tenth(name: str) -> int:
    """0 to 9 from the SHA-256 of ``name``: splits that no order or seed can change."""
    return int(hashlib.sha256(name.encode()).hexdigest(), 16) % 10


def digests(data: Path) -> Mapping[str, str]:
    """SHA-256 of each corpus file under ``data``, by its path relative to ``data``."""
    return {name: hashlib.sha256((data / name).read_bytes()).hexdigest() for name in FILES}


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def _spans(pairs: list[list[int]]) -> tuple[Span, ...]:
    return tuple((start, end) for start, end in pairs)
