"""Check-worthiness of the sentences and contents of a window, from the encoder's hidden states."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from workers.nlp.decode import TaggedSpan
from workers.nlp.found import Role, SentenceWorth, Stretch
from workers.nlp.heads import Heads
from workers.nlp.pieces import Window

Scores = npt.NDArray[np.float32]


def shared_out(sentences: Sequence[Stretch], windows: Sequence[Window]) -> list[Sequence[Stretch]]:
    """The sentences that begin in each window of one text; both are in text order."""
    ends = [int(window.offsets[-2, 1]) for window in windows]
    borders = [0, *(bisect_left(sentences, (end, 0)) for end in ends)]
    return [sentences[first:last] for first, last in pairwise(borders)]


class Worths:
    """Check-worthiness of stretches of one ``window``, from its ``hidden`` states [T, H]."""

    def __init__(self, heads: Heads, window: Window, hidden: Scores) -> None:
        self._head = heads.checkworthiness
        self._ids = window.input_ids
        own = hidden[: len(window)]  # without padding: how many rows there are shows in the last digits
        self._states = None if self._head is None else own @ self._head.weights.astype(np.float32)

    def of_contents(self, spans: Sequence[TaggedSpan]) -> dict[int, float]:
        """Of each content, by its place among ``spans``."""
        if self._states is None:
            return {}
        return {
            place: self._of(span.first, span.last)
            for place, span in enumerate(spans)
            if span.label == Role.CONTENT
        }

    def of_sentences(self, sentences: Sequence[Stretch], window: Window) -> tuple[SentenceWorth, ...]:
        """Of the part of each sentence that stands in the window."""
        if self._states is None or not sentences:
            return ()
        starts = window.offsets[1:-1, 0]
        firsts = 1 + np.searchsorted(starts, [start for start, _ in sentences])
        lasts = 1 + np.searchsorted(starts, [end for _, end in sentences])
        return tuple(
            SentenceWorth(start, end, self._of(int(first), int(last)))
            for (start, end), first, last in zip(sentences, firsts, lasts, strict=True)
            if first < last
        )

    def _of(self, first: int, last: int) -> float:
        assert self._head is not None
        assert self._states is not None
        mean = float(self._states[first:last].mean(dtype=np.float64))
        return self._head.from_state(mean, self._ids[first:last])
