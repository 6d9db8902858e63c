"""Readers of the corpora of text pairs; ``folder`` is the one that holds them (see its README)."""

from __future__ import annotations

import gzip
import itertools
import json
import random
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

Part = Literal["train", "tune", "test"]
Pair = tuple[str, str]
ECB_TUNE: Final = frozenset({2, 5, 12, 18, 21, 23, 34, 35})
ECB_PARTS: Final = {
    "train": frozenset(range(1, 36)) - ECB_TUNE,
    "tune": ECB_TUNE,
    "test": frozenset(range(36, 46)),
}
_SHORTEST: Final = 20


@dataclass(frozen=True, slots=True)
class Labelled:
    """Two texts and what a corpus says of them."""

    left: str
    right: str
    label: str


@dataclass(frozen=True, slots=True)
class EventPairs:
    """ECB+: sentences of two articles. ``same`` share half of their events and at least two.

    ``other`` tell of the same happening without sharing an event, ``elsewhere`` of another one of its kind.
    """

    same: list[Pair]
    other: list[Pair]
    elsewhere: list[Pair]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A checked sentence of ECB+ with the events in it that are linked across documents."""

    topic: int
    subtopic: str
    article: str
    text: str
    events: frozenset[str]


def sick(folder: Path, part: Part) -> list[Labelled]:
    """Picture captions: neutral, entailment, contradiction. A tenth tunes, a fifth tests."""
    rows = list(_rows(folder / "sick.jsonl.gz"))
    random.Random(11).shuffle(rows)
    return [Labelled(row["a"], row["b"], row["label"]) for row in _cut(rows, part)]


def emergent(folder: Path, part: Part) -> list[Labelled]:
    """Claims and headlines: for, against, observing; split by claim."""
    rows = list(_rows(folder / "emergent.jsonl.gz"))
    claims = sorted({row["claim_id"] for row in rows})
    random.Random(11).shuffle(claims)
    chosen = set(_cut(claims, part))
    return [
        Labelled(row["claim"], row["headline"], row["stance"]) for row in rows if row["claim_id"] in chosen
    ]


def mrpc(folder: Path, part: Part) -> list[Labelled]:
    """Sentences from the news: 1 (same), 0; the corpus's own test part; a tenth of the rest tunes."""
    rows = list(_rows(folder / "mrpc.jsonl.gz"))
    if part == "test":
        chosen = [row for row in rows if row["split"] == "test"]
    else:
        known = [row for row in rows if row["split"] == "train"]
        random.Random(11).shuffle(known)
        tenth = len(known) // 10
        chosen = known[:tenth] if part == "tune" else known[tenth:]
    return [Labelled(row["a"], row["b"], str(row["label"])) for row in chosen]


def events(folder: Path, part: Part) -> EventPairs:
    """ECB+, cut by topic as is usual."""
    by_subtopic: dict[tuple[int, str], list[Sentence]] = defaultdict(list)
    for sentence in sentences(folder, part):
        by_subtopic[sentence.topic, sentence.subtopic].append(sentence)
    rng = random.Random(11)
    found = EventPairs([], [], [])
    for (topic, subtopic), listed in sorted(by_subtopic.items()):
        for one, two in itertools.combinations(listed, 2):
            if one.article != two.article:
                _sort_in(one, two, found)
        others = [
            sentence
            for (topic_, subtopic_), there in sorted(by_subtopic.items())
            if topic_ == topic and subtopic_ != subtopic
            for sentence in there
        ]
        if others:
            found.elsewhere.extend((one.text, rng.choice(others).text) for one in listed)
    return found


def sentences(folder: Path, part: Part) -> Iterable[Sentence]:
    """The checked sentences of a part of ECB+, in the corpus' order."""
    for row in _rows(folder / "ecbplus.jsonl.gz"):
        if int(row["topic"]) in ECB_PARTS[part]:
            yield from _sentences(row)


def are_same(one: Sentence, two: Sentence) -> bool:
    """Do they share at least two events, and half of those of the one that has more?"""
    shared = len(one.events & two.events)
    return shared >= 2 and 2 * shared >= max(len(one.events), len(two.events))


def mixed(rows: Iterable[Labelled], count: int, seed: int = 11) -> list[Pair]:
    """Return ``count`` pairs of a left text with the right text of another left text."""
    rng = random.Random(seed)
    known = list(rows)
    found: list[Pair] = []
    while len(found) < count:
        one, two = rng.choice(known), rng.choice(known)
        if one.left != two.left:
            found.append((one.left, two.right))
    return found


def _sort_in(one: Sentence, two: Sentence, found: EventPairs) -> None:
    if are_same(one, two):
        found.same.append((one.text, two.text))
    elif one.events and two.events and not one.events & two.events:
        found.other.append((one.text, two.text))


def _sentences(row: dict[str, Any]) -> Iterable[Sentence]:
    start = 0
    for line in row["text"].split("\n"):
        end = start + len(line)
        checked = any(first <= start + 1 and end - 1 <= last for first, last in row["validated"])
        if checked and len(line) > _SHORTEST:
            events = frozenset(_clusters(row["events"], start, end))
            yield Sentence(int(row["topic"]), row["subtopic"], row["id"], line, events)
        start = end + 1


def _clusters(mentions: Iterable[dict[str, Any]], start: int, end: int) -> Iterable[str]:
    for mention in mentions:
        cluster = mention["cluster"]
        inside = all(start <= first and last <= end for first, last in mention["spans"])
        if cluster and "#" not in cluster and inside:
            yield cluster


def _cut(items: list[Any], part: Part) -> list[Any]:
    tenth = len(items) // 10
    parts: dict[str, Collection[Any]] = {
        "tune": items[:tenth],
        "test": items[tenth : 3 * tenth],
        "train": items[3 * tenth :],
    }
    return list(parts[part])


def _rows(path: Path) -> Iterable[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)
