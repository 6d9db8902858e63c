"""Counts and ratios: exact spans, tokens, links, whole claims, calibration."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import dataclass

import numpy as np

from training.corpora import AttributedText, Span
from training.predict import Read

ROLES = ("source", "cue", "content")
_TOKEN = re.compile(r"\w+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Tally:
    """True positives, and how many were found and how many are gold; tallies add up."""

    right: int = 0
    found: int = 0
    gold: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.right + other.right, self.found + other.found, self.gold + other.gold)

    @property
    def precision(self) -> float:
        """Share of what was found that is right; 0 when nothing was found."""
        return self.right / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        """Share of the gold that was found; 0 when there is no gold."""
        return self.right / self.gold if self.gold else 0.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        both = self.found + self.gold
        return 2 * self.right / both if both else 0.0


@dataclass(frozen=True, slots=True)
class Claim:
    """Pieces of text of each role; a role may be empty."""

    source: tuple[Span, ...]
    cue: tuple[Span, ...]
    content: tuple[Span, ...]


def exact(found: Set[Span], gold: Set[Span]) -> Tally:
    """Compare two sets of spans."""
    return Tally(len(found & gold), len(found), len(gold))


def tokens(text: str, spans: Iterable[Span]) -> set[int]:
    """Starts of the words and marks of ``text`` that begin inside one of ``spans``."""
    return {match.start() for start, end in spans for match in _TOKEN.finditer(text, start, end)}


def roles_of(reads: Sequence[Read], ignore: Sequence[Span]) -> dict[str, set[Span]]:
    """Predicted fragments of each role outside ``ignore``."""
    return {
        role: {
            (span.start, span.end)
            for item in reads
            for span in item.spans(role.upper())
            if not touches((span.start, span.end), ignore)
        }
        for role in ROLES
    }


def gold_roles(article: AttributedText) -> dict[str, set[Span]]:
    """Gold fragments of each role."""
    return {role: {span for item in article.attributions for span in getattr(item, role)} for role in ROLES}


def claims_of(reads: Sequence[Read], ignore: Sequence[Span]) -> list[Claim]:
    """Predicted claims: each cue with its source and the contents that point to it."""
    claims = []
    for item in reads:
        sources, cues, contents = (
            [(span.start, span.end) for span in item.spans(role.upper())] for role in ROLES
        )
        for place, (cue, to_source) in enumerate(zip(cues, item.source_links, strict=True)):
            content = tuple(
                span for span, to_cue in zip(contents, item.cue_links, strict=True) if to_cue.target == place
            )
            source = () if to_source.target is None else (sources[to_source.target],)
            if content and not any(touches(span, ignore) for span in (*content, cue, *source)):
                claims.append(Claim(source, (cue,), content))
    return claims


def whole_claims(found: Sequence[Claim], gold: Sequence[Claim], overlap: float = 0.8) -> Tally:
    """One-to-one matches where every role overlaps by ``overlap`` of the union of characters."""
    left = list(gold)
    right = 0
    for claim in found:
        match = next((other for other in left if _alike(claim, other, overlap)), None)
        if match is not None:
            left.remove(match)
            right += 1
    return Tally(right, len(found), len(gold))


def touches(span: Span, others: Iterable[Span]) -> bool:
    """Whether ``span`` shares a character with any of ``others``."""
    return any(span[0] < other[1] and other[0] < span[1] for other in others)


def calibration_error(chances: Sequence[float], hits: Sequence[bool], bins: int = 10) -> float:
    """Expected calibration error over ``bins`` equal widths (Naeini et al. 2015), 0 to 1."""
    probability = np.asarray(chances, dtype=np.float64)
    right = np.asarray(hits, dtype=np.float64)
    place = np.minimum((probability * bins).astype(int), bins - 1)
    gaps = [abs(float(probability[place == k].sum() - right[place == k].sum())) for k in range(bins)]
    return sum(gaps) / max(1, len(probability))


def interval(
    tallies: Sequence[Tally], measure: Callable[[Tally], float], rounds: int = 1000, seed: int = 1
) -> tuple[float, float]:
    """95 % bootstrap interval over documents (Efron 1979); (0, 0) without any."""
    if not tallies:
        return 0.0, 0.0
    counts = np.array([(tally.right, tally.found, tally.gold) for tally in tallies])
    rng = np.random.default_rng(seed)
    values = []
    for _ in range(rounds):
        right, found, gold = counts[rng.integers(0, len(counts), len(counts))].sum(axis=0)
        values.append(measure(Tally(int(right), int(found), int(gold))))
    low, high = np.quantile(values, (0.025, 0.975))
    return float(low), float(high)


def _alike(one: Claim, other: Claim, overlap: float) -> bool:
    return all(_shared(getattr(one, role), getattr(other, role)) >= overlap for role in reversed(ROLES))


def _shared(one: Sequence[Span], other: Sequence[Span]) -> float:
    first = {place for start, end in one for place in range(start, end)}
    second = {place for start, end in other for place in range(start, end)}
    both = first | second
    return len(first & second) / len(both) if both else 1.0
