"""Stories against the event links of ECB+: B³ (Bagga and Baldwin 1998) over sentences.

A checked sentence with a linked event stands for a claim. Two sentences of different articles tell of one
happening when they share at least two events and half of those that either names (``pairs.events``); what is
linked so, over any number of steps, is one gold story. The stage gets the sentences of a topic, both of its
happenings mixed, in the order of the corpus.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path
from typing import Final, TypeVar

from training.relations.cost import a_claim
from training.relations.pairs import Part, Sentence, are_same, sentences
from workers.domain.claim import Claim
from workers.domain.relation import Relation
from workers.nlp.quantities import find_quantities
from workers.relations.engine import Policy, keep, relate
from workers.relations.known import routes
from workers.relations.opinion import PairModel
from workers.relations.records import MemoryReader
from workers.relations.stories import resolved

Item = TypeVar("Item", bound=Hashable)
START: Final = datetime(2026, 3, 1, tzinfo=UTC)
_APART: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class BCubed:
    """Precision and recall of a grouping, each the mean over its items."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """Their harmonic mean."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0

    def __str__(self) -> str:
        return f"B³ {self.f1:.3f} (P {self.precision:.3f}, R {self.recall:.3f})"


@dataclass(frozen=True, slots=True)
class Grouped:
    """Every sentence's gold story and the one that the stage gave it; the stage's relations by topic."""

    gold: Mapping[Hashable, Hashable]
    found: Mapping[Hashable, Hashable]
    relations: int


def b_cubed(gold: Mapping[Item, Hashable], found: Mapping[Item, Hashable]) -> BCubed:
    """Score ``found`` against ``gold``; both say of the same items which group each is in."""
    both = Counter((gold[item], found[item]) for item in gold)
    golds, founds = Counter(gold.values()), Counter(found[item] for item in gold)
    precision = sum(count**2 / founds[group] for (_, group), count in both.items())
    recall = sum(count**2 / golds[group] for (group, _), count in both.items())
    return BCubed(precision / max(1, len(gold)), recall / max(1, len(gold)))


def grouped(folder: Path, part: Part, model: PairModel | None = None) -> Grouped:
    """Put every topic of a part through the stage."""
    topics: dict[int, list[Sentence]] = defaultdict(list)
    for sentence in sentences(folder, part):
        if sentence.events:
            topics[sentence.topic].append(sentence)
    gold: dict[Hashable, Hashable] = {}
    found: dict[Hashable, Hashable] = {}
    relations = 0
    for topic, listed in sorted(topics.items()):
        links = [
            (one, two)
            for (one, left), (two, right) in combinations(enumerate(listed), 2)
            if left.article != right.article and are_same(left, right)
        ]
        gold |= {(topic, place): (topic, root) for place, root in enumerate(joined(len(listed), links))}
        stories, number = stories_of(listed, model)
        relations += number
        found |= {(topic, place): (topic, story) for place, story in enumerate(stories)}
    return Grouped(gold, found, relations)


def joined(count: int, links: Iterable[tuple[int, int]]) -> list[int]:
    """The group of each of ``count`` items, named by its first item, when links join groups."""
    group = list(range(count))
    for one, two in links:
        low, high = sorted((group[one], group[two]))
        group = [low if each == high else each for each in group]
    return group


def stories_of(listed: Iterable[Sentence], model: PairModel | None) -> tuple[list[str], int]:
    """The story of each sentence (its own id where it has none), and how many relations there are."""
    reader, policy = MemoryReader(), Policy()
    found: dict[str, Relation] = {}
    merges: dict[str, str] = {}
    ids = []
    for number, sentence in enumerate(listed):
        claim = claim_of(number, sentence)
        ids.append(claim.claim_id)
        for route in routes(claim):
            decided = relate(reader, policy, route, claim, START, model=model)
            keep(reader, decided)
            found |= {relation.relation_id: relation for relation in decided.relations}
            merges |= {merge.story_id: merge.into for merge in decided.merges}
    story = {claim_id: claim_id for claim_id in ids}
    for relation in found.values():
        for side in (relation.left, relation.right):
            story[side.claim_id] = resolved(relation.story_id, merges)
    return [story[claim_id] for claim_id in ids], len(found)


def claim_of(number: int, sentence: Sentence) -> Claim:
    """A sentence as a claim in its outlet's own voice."""
    return replace(
        a_claim(number, sentence.text),
        article_id=sentence.article,
        publisher=f"{sentence.article}.example",
        published_at=START + number * _APART,
        quantities=find_quantities(sentence.text),
    )
