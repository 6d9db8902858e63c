"""Percentiles, the steady part, arrivals, slopes."""

import math

import pytest

from bench.figures import Sample, doubt, percentile, poisson_schedule, slope, spread, steady

PLACE = ("topic", 0)


def samples(*points: tuple[float, int]) -> list[Sample]:
    return [Sample(at, {PLACE: end}) for at, end in points]


def words_of(count: int, words: int) -> dict[tuple[tuple[str, int], int], int]:
    return {(PLACE, offset): words for offset in range(count)}


def test_a_percentile_is_a_value_that_was_measured() -> None:
    values = [float(n) for n in range(1, 101)]

    assert [percentile(values, p) for p in (50, 95, 99, 100)] == [50.0, 95.0, 99.0, 100.0]
    assert percentile([3.0], 99) == 3.0


def test_a_percentile_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="of 0 values"):
        percentile([], 50)


def test_the_spread_holds_median_and_extremes() -> None:
    found = spread([3.0, 1.0, 2.0])

    assert (found.median, found.low, found.high, found.runs) == (2.0, 1.0, 3.0, 3)


def test_the_steady_part_leaves_out_the_start_and_the_idle_end() -> None:
    seen = samples((0.0, 0), (30.0, 10), (31.0, 10), (35.0, 20), (40.0, 30), (90.0, 40))

    part = steady(seen, words_of(40, 100), skip=0, busy_until=30)

    assert (part.articles, part.words) == (20, 2000)
    assert (part.first_at, part.last_at) == (30.0, 40.0)
    assert part.words_per_second == 200.0
    assert part.articles_per_second == 2.0


def test_a_first_batch_of_one_article_is_warm_up() -> None:
    seen = samples((0.0, 0), (5.0, 1), (30.0, 17), (40.0, 33), (50.0, 49), (90.0, 64))

    part = steady(seen, words_of(64, 100), skip=8, busy_until=63)

    assert (part.first_at, part.last_at, part.articles) == (30.0, 50.0, 32)


def test_the_steady_part_starts_where_the_topic_ended_before() -> None:
    seen = [Sample(at, {PLACE: 100 + end}) for at, end in ((0.0, 0), (10.0, 5), (20.0, 10))]

    part = steady(seen, {(PLACE, 100 + n): 7 for n in range(10)}, skip=0, busy_until=10)

    assert (part.articles, part.words) == (5, 35)


def test_one_completion_makes_no_rate() -> None:
    with pytest.raises(ValueError, match="no steady part: 1 completions seen"):
        steady(samples((0.0, 0), (10.0, 40)), words_of(40, 1), skip=0, busy_until=40)


def test_arrivals_are_the_same_for_the_same_seed_and_come_at_the_asked_rate() -> None:
    due = poisson_schedule(4.0, 2000, seed=1)

    assert due == poisson_schedule(4.0, 2000, seed=1)
    assert due == sorted(due)
    assert len(due) / due[-1] == pytest.approx(4.0, rel=0.1)


def test_the_slope_of_a_line_is_its_own_and_of_one_point_zero() -> None:
    assert slope([(0.0, 5.0), (1.0, 7.0), (2.0, 9.0)]) == pytest.approx(2.0)
    assert slope([(1.0, 5.0)]) == 0.0


def test_a_straight_line_leaves_no_doubt_and_two_points_leave_every() -> None:
    assert doubt([(0.0, 5.0), (1.0, 7.0), (2.0, 9.0)]) == pytest.approx(0.0, abs=1e-9)
    assert doubt([(0.0, 5.0), (1.0, 7.0)]) == math.inf


def test_scatter_about_a_level_is_within_its_doubt() -> None:
    flat = [(float(x), 100.0 + (-1) ** x) for x in range(20)]
    assert abs(slope(flat)) < doubt(flat) < 0.1
