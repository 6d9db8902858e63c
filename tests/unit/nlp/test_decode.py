"""The decoder against sums and maxima over every path, on inputs small enough to list them."""

from __future__ import annotations

from itertools import pairwise, product

import numpy as np
import pytest

from workers.nlp.decode import TaggedSpan, calibrate, decode, link
from workers.nlp.heads import LinkHead, Platt, TagHead
from workers.nlp.pieces import CASE_CLASSES, Window

LABELS = ("O", "B-SOURCE", "I-SOURCE", "B-CUE", "I-CUE")
LOWER_SPACED = CASE_CLASSES.index("lower/spaced")
LOWER_LINE = CASE_CLASSES.index("lower/line")


def a_head(seed: int = 0, calibration: dict[str, Platt] | None = None) -> TagHead:
    rng = np.random.default_rng(seed)
    transitions = rng.normal(size=(5, 5))
    for inside in (2, 4):
        barred = [label for label in range(5) if label not in (inside - 1, inside)]
        transitions[barred, inside] = -1e4
    start = rng.normal(size=5)
    start[[2, 4]] = -1e4
    return TagHead(LABELS, transitions, start, rng.normal(size=5), calibration or {})


def a_window(words: int, line_at: int | None = None) -> Window:
    """Words of three letters, one space between them."""
    case_ids = np.array([0, *([LOWER_SPACED] * words), 0])
    if line_at is not None:
        case_ids[line_at] = LOWER_LINE
    offsets = np.array([(0, 0), *((4 * k, 4 * k + 3) for k in range(words)), (0, 0)])
    return Window(np.arange(words + 2), case_ids, offsets)


def scores_for(windows: list[Window], seed: int = 1) -> np.ndarray:
    rng = np.random.default_rng(seed)
    longest = max(len(window) for window in windows)
    return rng.normal(scale=2, size=(len(windows), longest, 5)).astype(np.float32)


def every_path(head: TagHead, scores: np.ndarray, size: int) -> list[tuple[tuple[int, ...], float]]:
    paths = []
    for middle in product(range(5), repeat=size - 2):
        path = (0, *middle, 0)
        score = head.start[path[0]] + head.end[path[-1]]
        score += sum(scores[step, label] for step, label in enumerate(path))
        score += sum(head.transitions[one, two] for one, two in pairwise(path))
        paths.append((path, float(score)))
    return paths


def spans_of(path: tuple[int, ...]) -> set[tuple[str, int, int]]:
    spans = set()
    for first, label in enumerate(path):
        if label % 2 == 1:
            last = first + 1
            while last < len(path) and path[last] == label + 1:
                last += 1
            spans.add((LABELS[label][2:], first, last))
    return spans


@pytest.mark.parametrize("seed", range(8))
def test_best_path_and_span_probabilities_agree_with_listing_every_path(seed: int) -> None:
    windows = [a_window(5), a_window(3)]
    head, scores = a_head(seed), scores_for(windows, seed)

    found = decode(head, scores, windows)

    for row, window in enumerate(windows):
        paths = every_path(head, scores[row], len(window))
        best = max(paths, key=lambda item: item[1])[0]
        top = max(score for _, score in paths)
        total = sum(np.exp(score - top) for _, score in paths)
        assert {(span.label, span.first, span.last) for span in found[row]} == spans_of(best)
        for span in found[row]:
            same = (
                np.exp(score - top)
                for path, score in paths
                if (span.label, span.first, span.last) in spans_of(path)
            )
            assert span.probability == pytest.approx(sum(same) / total, abs=1e-6)


def test_a_window_decodes_alike_alone_and_padded() -> None:
    short, long = a_window(3), a_window(9)
    scores = scores_for([short, long])

    alone = decode(a_head(), scores[:1, : len(short)], [short])

    assert decode(a_head(), scores, [short, long])[0] == alone[0]


def test_characters_are_those_of_the_first_and_last_piece() -> None:
    windows = [a_window(6)]
    logits = np.zeros((1, 8, 5), dtype=np.float32)
    logits[0, 2, 1] = logits[0, 3, 2] = 50
    head = TagHead(LABELS, a_head().transitions * 0, np.zeros(5), np.zeros(5))
    logits[0, [1, 4, 5, 6], 0] = 50

    (spans,) = decode(head, logits, windows)

    assert [(span.label, span.start, span.end) for span in spans] == [("SOURCE", 4, 11)]


def test_no_span_goes_on_at_the_start_of_a_line() -> None:
    windows = [a_window(4, line_at=3)]
    logits = np.zeros((1, 6, 5), dtype=np.float32)
    logits[0, 1, 1] = 50
    logits[0, 2:5, 2] = 50

    (spans,) = decode(a_head(), logits, windows)

    assert spans
    assert (spans[0].first, spans[0].last) == (1, 3)


def test_scores_of_another_shape_are_refused() -> None:
    with pytest.raises(ValueError, match="windows"):
        decode(a_head(), scores_for([a_window(2)]), [a_window(2), a_window(2)])


def a_span(first: int) -> TaggedSpan:
    return TaggedSpan("CUE", first, first + 1, 0, 3, 0.9)


def test_link_picks_the_candidate_with_the_highest_product() -> None:
    query, key = np.zeros((6, 4), np.float32), np.zeros((6, 4), np.float32)
    query[1], key[4], key[3] = 4, 4, -4

    links = link(LinkHead(), query, key, [a_span(1)], [a_span(3), a_span(4)])

    assert links[0].target == 1
    assert links[0].probability > 0.99


def test_link_answers_none_when_piece_zero_wins() -> None:
    query, key = np.ones((4, 4), np.float32), np.zeros((4, 4), np.float32)
    key[0] = 3

    assert link(LinkHead(), query, key, [a_span(1)], [a_span(2)])[0].target is None
    assert link(LinkHead(), query, key, [a_span(1)], [])[0].probability == 1.0
    assert link(LinkHead(), query, key, [], [a_span(2)]) == ()


def test_a_higher_temperature_is_less_sure() -> None:
    rng = np.random.default_rng(3)
    query, key = rng.normal(size=(2, 6, 4)).astype(np.float32)
    sure = link(LinkHead(1.0), query, key, [a_span(1)], [a_span(2), a_span(3)])[0]
    unsure = link(LinkHead(5.0), query, key, [a_span(1)], [a_span(2), a_span(3)])[0]

    assert sure.target == unsure.target
    assert unsure.probability < sure.probability


def test_calibration_moves_log_odds() -> None:
    assert calibrate(0.7, None) == 0.7
    assert calibrate(0.7, Platt(1.0, 0.0)) == pytest.approx(0.7)
    assert calibrate(0.9, Platt(0.5, 0.0)) == pytest.approx(0.75)
    assert 0.0 < calibrate(1.0, Platt(2.0, 5.0)) < 1.0
