"""What a fixed batch costs, counted and not timed: the same on every machine, so it can stand in a test."""

import cProfile
import pstats
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from spacy.language import Language

from workers.domain.article import Article
from workers.nlp.encoder import ClaimwireEncoder
from workers.nlp.enrich import enrich_articles


@dataclass(frozen=True, slots=True)
class Counts:
    """``positions`` are what the network was run over, padding included; ``pieces`` what it had to read.

    ``calls`` are Python and C function calls of everything around the network.
    """

    runs: int
    windows: int
    positions: int
    pieces: int
    calls: int

    @property
    def calls_per_piece(self) -> float:
        """Function calls for each word piece read."""
        return self.calls / self.pieces


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that is allowed."""

    calls_per_piece: float
    windows_per_full_window: float


def count(nlp: Language, articles: Sequence[Article]) -> Counts:
    """Enrich ``articles`` twice and count the second time, when every cache is warm."""
    enrich_articles(nlp, articles)
    encoder = encoder_of(nlp)
    network = _Counting(encoder)
    pieces = encoder.loaded()[0]
    cut: list[int] = []
    windows_of = pieces.windows

    def windows(*arguments: Any, **named: Any) -> Any:
        found = windows_of(*arguments, **named)
        cut.extend(map(len, found))
        return found

    profile = cProfile.Profile()
    encoder.loaded, pieces.windows = network.loaded, windows  # type: ignore[method-assign]
    try:
        profile.runcall(enrich_articles, nlp, articles)
    finally:
        del encoder.loaded, pieces.windows
    calls = pstats.Stats(profile).total_calls  # type: ignore[attr-defined]
    return Counts(network.runs, len(cut), network.positions, sum(cut), calls)


def problems(counts: Counts, limits: Limits, largest_window: int) -> list[str]:
    """Return one line for each way in which ``counts`` exceed what is allowed."""
    full = -(-counts.pieces // largest_window)
    found = []
    if counts.runs > counts.windows:
        found.append(f"{counts.runs} runs of the network for {counts.windows} windows")
    if counts.positions > counts.pieces:
        found.append(f"{counts.positions} positions computed for {counts.pieces} word pieces")
    if counts.windows > limits.windows_per_full_window * full:
        found.append(f"{counts.windows} windows where {full} full ones would do")
    if counts.calls_per_piece > limits.calls_per_piece:
        found.append(f"{counts.calls_per_piece:.1f} function calls a word piece, {limits.calls_per_piece}")
    return found


def encoder_of(nlp: Language) -> ClaimwireEncoder:
    """Return the pipeline's encoder; ``ValueError`` when it has none."""
    for _, part in nlp.pipeline:
        if isinstance(part, ClaimwireEncoder):
            return part
    raise ValueError("the pipeline has no claimwire_encoder")


class _Counting:
    """Stands before the network and counts."""

    def __init__(self, encoder: ClaimwireEncoder) -> None:
        self._pieces, self._heads, self._session = encoder.loaded()
        self.runs = self.positions = 0

    def loaded(self) -> tuple[Any, Any, Any]:
        return self._pieces, self._heads, self

    def run(self, names: Sequence[str], feed: dict[str, Any]) -> Any:
        self.runs += 1
        self.positions += feed["input_ids"].size
        return self._session.run(names, feed)
