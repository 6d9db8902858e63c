"""Event time: a clock for each partition, and the slowest of those that have something to say."""

import pytest

from workers.alerting.clock import Clock, watermark


def test_there_is_no_time_before_the_first_record() -> None:
    assert watermark([], 5) is None


@pytest.mark.parametrize(
    ("clocks", "expected"),
    [
        ([Clock(100)], 95),
        ([Clock(100), Clock(70)], 65),
        ([Clock(100), Clock(70, idle=True)], 95),
        ([Clock(100, idle=True), Clock(70, idle=True)], 95),
        ([Clock(100, idle=True), Clock(70)], 65),
    ],
)
def test_the_slowest_that_is_not_idle_decides(clocks: list[Clock], expected: int) -> None:
    assert watermark(clocks, 5) == expected


def test_a_late_record_turns_no_clock_back() -> None:
    assert Clock(100).saw(40) == Clock(100)
    assert Clock(100).saw(140) == Clock(140)


def test_a_record_wakes_an_idle_partition() -> None:
    assert Clock(100, idle=True).saw(40) == Clock(100)


def test_an_idle_clock_goes_on_by_what_was_waited_and_never_back() -> None:
    assert Clock(100).waited(30) == Clock(130, idle=True)
    assert Clock(100).waited(-30) == Clock(100, idle=True)
    assert Clock(130, idle=True).awake() == Clock(130)
