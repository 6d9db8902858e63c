"""From the encoder's scores to spans and links, each with a probability. numpy only.

Tags come from a linear-chain CRF (Lafferty et al. 2001): the best path by Viterbi, and for each
span on it the exact probability that all paths together give that very span (forward-backward;
Culotta and McCallum 2004). A link is a choice among candidate spans and "none".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from workers.nlp.heads import LinkHead, Platt, TagHead
from workers.nlp.pieces import JOINS, Window

Floats = npt.NDArray[np.float64]
Scores = npt.NDArray[np.float32]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]

BARRED = -1e4


@dataclass(frozen=True, slots=True)
class TaggedSpan:
    """A span of one window: pieces [first, last), code points [start, end) of the text."""

    label: str
    first: int
    last: int
    start: int
    end: int
    probability: float


@dataclass(frozen=True, slots=True)
class Link:
    """``target`` is a place in the candidates, ``None`` for none of them; 0 < probability <= 1."""

    target: int | None
    probability: float


def decode(head: TagHead, logits: Scores, windows: Sequence[Window]) -> tuple[tuple[TaggedSpan, ...], ...]:
    """The best spans of each window, in text order, never overlapping, none over a line end.

    ``logits`` is [B, T, L], row b for ``windows[b]``; what lies past a window's length is ignored.
    Raises ``ValueError`` when the shapes do not fit.
    """
    rows, steps, size = logits.shape
    if rows != len(windows) or size != len(head.labels) or steps < max(map(len, windows)):
        raise ValueError(f"logits {logits.shape} for {len(windows)} windows of {head.labels}")
    lengths = np.array([len(window) for window in windows])
    scores = _restrained(logits, windows)
    path = _viterbi(head, scores, lengths)
    row, first, last, kind = _spans_of(path, lengths)
    chances = _span_probabilities(head, scores, lengths, (row, first, last, kind))
    found: list[list[TaggedSpan]] = [[] for _ in windows]
    for b, f, e, k, chance in zip(row, first, last, kind, chances, strict=True):
        offsets = windows[b].offsets
        name = head.types[k]
        calibrated = calibrate(float(chance), head.calibration.get(name))
        span = TaggedSpan(name, int(f), int(e), int(offsets[f, 0]), int(offsets[e - 1, 1]), calibrated)
        found[b].append(span)
    return tuple(map(tuple, found))


def link(
    head: LinkHead,
    query: Scores,
    key: Scores,
    froms: Sequence[TaggedSpan],
    candidates: Sequence[TaggedSpan],
) -> tuple[Link, ...]:
    """For each span of ``froms`` its likeliest candidate, or none; all of one window.

    ``query`` and ``key`` are [T, D]. A span stands at its first piece, "none" at piece 0.
    """
    if not froms:
        return ()
    rows = query[[span.first for span in froms]]
    columns = key[[0, *(span.first for span in candidates)]]
    scores = (rows @ columns.T).astype(np.float64) / (query.shape[1] ** 0.5 * head.temperature)
    chances = np.exp(scores - scores.max(axis=1, keepdims=True))
    chances /= chances.sum(axis=1, keepdims=True)
    best = chances.argmax(axis=1)
    return tuple(
        Link(int(place) - 1 if place else None, float(chance[place]))
        for place, chance in zip(best, chances, strict=True)
    )


def calibrate(probability: float, platt: Platt | None) -> float:
    """Platt's sigmoid over the log odds; as it is without one."""
    if platt is None:
        return min(max(probability, 1e-6), 1.0 - 1e-6)
    clipped = min(max(probability, 1e-6), 1.0 - 1e-6)
    odds = platt.slope * float(np.log(clipped / (1.0 - clipped))) + platt.offset
    return 1.0 / (1.0 + float(np.exp(-odds)))


def _restrained(logits: Scores, windows: Sequence[Window]) -> Floats:
    """No span on [CLS] or [SEP], none that goes on at the start of a line."""
    scores = logits.astype(np.float64)
    for row, window in enumerate(windows):
        size = len(window)
        scores[row, [0, size - 1], 1:] = BARRED
        line_starts = np.flatnonzero((window.case_ids > 0) & (window.case_ids % len(JOINS) == 0))
        scores[row, line_starts, 2::2] = BARRED
    return scores


def _viterbi(head: TagHead, scores: Floats, lengths: Ints) -> Ints:
    """Best labels [B, T]; 0 past a window's length."""
    rows, steps, size = scores.shape
    into = np.ascontiguousarray(head.transitions.T)
    # Best score of a path that ends with each label, steps first: [T, B, L].
    best = np.empty((steps, rows, size))
    best[0] = head.start + scores[:, 0]
    for step in range(1, steps):
        np.add((best[step - 1][:, None, :] + into).max(axis=2), scores[:, step], out=best[step])
    path = np.zeros((rows, steps), dtype=np.int64)
    for step in range(steps - 1, -1, -1):
        ending = (best[step] + head.end).argmax(axis=1)
        # Only the labels chosen on the way back need to know where they came from.
        coming = (best[step] + into[path[:, step + 1]]).argmax(axis=1) if step + 1 < steps else ending
        label = np.where(step == lengths - 1, ending, coming)
        path[:, step] = np.where(step < lengths, label, 0)
    return path


def _spans_of(path: Ints, lengths: Ints) -> tuple[Ints, Ints, Ints, Ints]:
    """Row, first piece, piece after the last, and type of each span, row by row in order."""
    rows, steps = path.shape
    padded = np.zeros((rows, steps + 1), dtype=np.int64)
    padded[:, :steps] = path
    row, first = np.nonzero(padded % 2 == 1)
    inside = (padded > 0) & (padded % 2 == 0)
    # For each piece, the next piece at or after it that is not inside a span.
    place = np.where(inside, steps, np.arange(steps + 1))
    stop = np.minimum.accumulate(place[:, ::-1], axis=1)[:, ::-1]
    last = stop[row, first + 1]
    return row, first, np.minimum(last, lengths[row]), padded[row, first] // 2


def _span_probabilities(
    head: TagHead, scores: Floats, lengths: Ints, spans: tuple[Ints, Ints, Ints, Ints]
) -> Floats:
    row, first, last, kind = spans
    if not len(row):
        return np.zeros(0)
    before, after, total = _forward_backward(head, scores, lengths)
    begin, inside = 2 * kind + 1, 2 * kind + 2
    going = np.cumsum(scores + np.diagonal(head.transitions), axis=1)
    longer = last - first > 1
    chances = before[row, first, begin]
    chances += np.where(
        longer,
        head.transitions[begin, inside]
        + scores[row, np.minimum(first + 1, last - 1), inside]
        + going[row, last - 1, inside]
        - going[row, np.minimum(first + 1, last - 1), inside],
        0.0,
    )
    ends = np.where(longer, inside, begin)
    # [SEP] carries no span, so the piece after a span is always in the window.
    leave = head.transitions[ends] + scores[row, last] + after[row, last]
    leave[np.arange(len(row)), inside] = BARRED
    chances += _logsumexp(leave) - total[row]
    return np.exp(np.minimum(chances, 0.0))


def _forward_backward(head: TagHead, scores: Floats, lengths: Ints) -> tuple[Floats, Floats, Floats]:
    """Log sums of all paths: up to a label (its score included), after it, and in all [B].

    Runs on weights scaled to sum to one at each step (Rabiner 1989), logarithms taken at the end.
    """
    rows, steps, size = scores.shape
    ways = np.exp(np.maximum(head.transitions, -80.0)) * (head.transitions > BARRED / 2)
    top = scores.max(axis=2)
    local = np.exp(scores - top[..., None]).transpose(1, 0, 2).copy()
    before, after = np.empty((2, steps, rows, size))
    grown, shrunk = np.empty((2, steps, rows, 1))
    ending = np.broadcast_to(np.exp(head.end), (rows, size))
    before[0] = np.exp(head.start) * local[0]
    grown[0] = 1.0
    for step in range(1, steps):
        reached = _each(before[step - 1], ways) * local[step]
        grown[step] = reached.sum(axis=1, keepdims=True)
        before[step] = reached / grown[step]
    back = ways.T
    after[-1] = ending
    shrunk[-1] = 1.0
    for step in range(steps - 1, 0, -1):
        leaving = _each(after[step] * local[step], back)
        shrunk[step - 1] = leaving.sum(axis=1, keepdims=True)
        live = (step < lengths)[:, None]
        shrunk[step - 1] = np.where(live, shrunk[step - 1], 1.0)
        after[step - 1] = np.where(live, leaving / shrunk[step - 1], ending)
    every = np.arange(rows)
    height = np.cumsum(top + np.log(grown)[..., 0].T, axis=1)
    # What follows a step: the scales and heights of all steps after it, up to the window's end.
    inside = np.arange(steps) < lengths[:, None]
    follows = np.zeros((rows, steps))
    gained = np.where(inside, top, 0.0)[:, 1:] + np.log(shrunk)[:-1, :, 0].T
    follows[:, :-1] = np.cumsum(gained[:, ::-1], axis=1)[:, ::-1]
    total = np.log((before[lengths - 1, every] * ending).sum(axis=1)) + height[every, lengths - 1]
    return (
        np.log(np.maximum(before, 1e-300)).transpose(1, 0, 2) + height[..., None],
        np.log(np.maximum(after, 1e-300)).transpose(1, 0, 2) + follows[..., None],
        total,
    )


def _each(rows: Floats, ways: Floats) -> Floats:
    """Return every row times ``ways``, each by itself: a product of all at once differs in its last digits.

    A window's scores must not depend on what shares its batch, to the last digit.
    """
    found: Floats = (rows[:, None, :] @ ways)[:, 0, :]
    return found


def _logsumexp(values: Floats) -> Floats:
    top = values.max(axis=-1)
    summed: Floats = np.log(np.exp(values - top[..., None]).sum(axis=-1)) + top
    return summed
