"""Reads the hand annotations beside this module, and the counting that measures share."""

from __future__ import annotations

import hashlib
import json
import math
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from spacy.language import Language

from training.corpora import AttributedText, Span
from workers.domain.article import Article, EnrichedArticle
from workers.domain.claim import Act, Certainty, Claim, SourceKind, Stance
from workers.nlp.enrich import enrich_articles

FOLDER: Final = Path(__file__).parent
HALVES: Final = (0, 1)
OVERLAP: Final = 0.3


@dataclass(frozen=True, slots=True)
class GoldSource:
    """Who the source of an attribution of dev is. ``kinds`` and ``names`` are equally right, best first.

    ``named`` is false where the article never names it: then its own words are right as well.
    """

    document: str
    index: int
    source: Span
    names: tuple[str, ...]
    named: bool
    kinds: tuple[SourceKind, ...]
    stratum: str


@dataclass(frozen=True, slots=True)
class Label:
    """How a claim is made."""

    act: Act
    stance: Stance
    certainty: Certainty


@dataclass(frozen=True, slots=True)
class GoldClaim:
    """An attribution with its label; ``first`` and ``second`` are what the two passes said."""

    corpus: str
    document: str
    index: int
    content: tuple[Span, ...]
    label: Label
    first: Label
    second: Label
    stratum: str


@dataclass(frozen=True, slots=True)
class GoldSentence:
    """A sentence that nothing attributes: is it a checkable statement in the outlet's own voice?"""

    document: str
    start: int
    end: int
    checkable: bool


@dataclass(frozen=True, slots=True)
class Ratio:
    """``right`` of ``total``, printed with the 95 % interval of Wilson (1927)."""

    right: int
    total: int

    @property
    def share(self) -> float:
        """0 to 1; 0 when nothing was counted."""
        return self.right / self.total if self.total else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Where the true share lies, 19 times of 20."""
        if not self.total:
            return 0.0, 1.0
        z, n, p = 1.959964, self.total, self.share
        middle = (p + z * z / (2 * n)) / (1 + z * z / n)
        reach = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
        return max(middle - reach, 0.0), min(middle + reach, 1.0)

    def __str__(self) -> str:
        low, high = self.interval
        return f"{self.share:.3f} [{low:.3f}, {high:.3f}] ({self.right} / {self.total})"


def gold_sources(path: Path = FOLDER / "sources.jsonl") -> list[GoldSource]:
    """The annotated sources, in the file's order."""
    return [
        GoldSource(
            row["document"],
            row["index"],
            (row["source"][0], row["source"][1]),
            tuple(row["names"]),
            row["named"],
            tuple(SourceKind(kind) for kind in row["kinds"]),
            row["stratum"],
        )
        for row in _rows(path)
    ]


def gold_claims(path: Path = FOLDER / "claims.jsonl") -> list[GoldClaim]:
    """The annotated claims, in the file's order."""
    return [
        GoldClaim(
            row["corpus"],
            row["document"],
            row["index"],
            tuple((start, end) for start, end in row["content"]),
            _label((row["act"], row["stance"], row["certainty"])),
            _label(row["first"]),
            _label(row["second"]),
            row["stratum"],
        )
        for row in _rows(path)
    ]


def gold_voice(path: Path = FOLDER / "voice.jsonl") -> list[GoldSentence]:
    """The annotated sentences of no source, in the file's order."""
    return [GoldSentence(row["document"], row["start"], row["end"], row["checkable"]) for row in _rows(path)]


def half(document: str) -> int:
    """0: errors may be looked at; 1: only counted. By the digest of the article's id."""
    return hashlib.sha256(document.encode()).digest()[0] % 2


def ratio(answers: Iterable[bool]) -> Ratio:
    """How many of ``answers`` are true."""
    found = list(answers)
    return Ratio(sum(found), len(found))


def kappa(one: Sequence[Hashable], other: Sequence[Hashable]) -> float:
    """Agreement of two passes beyond chance (Cohen 1960)."""
    total = len(one)
    seen = sum(a == b for a, b in zip(one, other, strict=True)) / total
    counts, others = Counter(one), Counter(other)
    chance = sum(count * others[label] for label, count in counts.items()) / total**2
    return 1.0 if chance == 1 else (seen - chance) / (1 - chance)


def enriched(nlp: Language, articles: Sequence[AttributedText]) -> Mapping[str, tuple[Claim, ...]]:
    """The pipeline's claims by article id. An article that it drops or rejects has none."""
    found = enriched_articles(nlp, articles)
    return {a.id: found[a.id].claims if a.id in found else () for a in articles}


def enriched_articles(nlp: Language, articles: Sequence[AttributedText]) -> Mapping[str, EnrichedArticle]:
    """What the pipeline makes of each article, by its id, without those that it drops or rejects."""
    found = {}
    for article in articles:
        given = Article(article_id=article.id, body=article.text)
        answer = enrich_articles(nlp, [given])[0]
        if isinstance(answer, EnrichedArticle):
            if answer.text != article.text:
                raise ValueError(f"{article.id}: the pipeline changed the text, offsets cannot be compared")
            found[article.id] = answer
    return found


def matched(claims: Sequence[Claim], content: Sequence[Span]) -> Claim | None:
    """The claim whose content overlaps ``content`` best, by at least ``OVERLAP`` of the union."""
    best, score = None, OVERLAP
    wanted = _places(content)
    for claim in claims:
        places = _places([(span.start, span.end) for span in claim.content.spans])
        share = len(places & wanted) / max(len(places | wanted), 1)
        if share >= score:
            best, score = claim, share
    return best


def _places(spans: Iterable[Span]) -> set[int]:
    return {place for start, end in spans for place in range(start, end)}


def _label(words: Sequence[str]) -> Label:
    act, stance, certainty = words
    return Label(Act(act), Stance(stance), Certainty(certainty))


def _rows(path: Path) -> Iterable[Mapping[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)
