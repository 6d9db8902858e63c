"""Check-worthiness from the encoder's states and from the pieces themselves."""

import numpy as np
import pytest

from workers.nlp.heads import CheckWorthiness

LIKELY, UNLIKELY = 3, 1


def a_head() -> CheckWorthiness:
    return CheckWorthiness(np.array([1.0, -1.0]), 0.0, np.array([0.0, -2.0, 0.0, 2.0]))


def ids(*pieces: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array(pieces, dtype=np.int64)


def test_a_sentence_is_worth_more_by_its_mean_state_and_by_the_pieces_that_it_has() -> None:
    mean = np.array([0.5, 0.5])
    plain = a_head().probability(mean, ids(2))

    assert plain == pytest.approx(0.5)
    assert a_head().probability(np.array([1.0, 0.0]), ids(2)) > plain
    assert a_head().probability(mean, ids(2, LIKELY)) > plain > a_head().probability(mean, ids(2, UNLIKELY))


def test_a_piece_counts_once_however_often_it_stands_there() -> None:
    once, twice = (a_head().from_state(0.0, ids(*pieces)) for pieces in ((LIKELY,), (LIKELY, LIKELY)))

    assert once == twice


def test_a_piece_that_was_never_seen_says_nothing() -> None:
    assert a_head().from_state(0.0, ids(30_000)) == pytest.approx(0.5)
