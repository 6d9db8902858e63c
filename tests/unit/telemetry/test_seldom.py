"""What happens often is said seldom, and counted all the same."""

from workers.telemetry.seldom import Seldom


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_the_first_time_is_said_at_once_and_the_rest_once_the_interval_is_over() -> None:
    clock = Clock()
    seldom = Seldom(clock, interval=60.0)

    assert seldom.times("late") == 1
    clock.now += 59.0
    assert [seldom.times("late") for _ in range(3)] == [None] * 3
    clock.now += 1.0
    assert seldom.times("late") == 4


def test_each_kind_is_counted_by_itself() -> None:
    clock = Clock()
    seldom = Seldom(clock)

    assert seldom.times(("relate", "late")) == 1
    assert seldom.times(("relate", "again")) == 1
    assert seldom.times(("relate", "late")) is None


def test_what_was_said_is_not_counted_again() -> None:
    clock = Clock()
    seldom = Seldom(clock, interval=1.0)
    for _ in range(5):
        seldom.times("late")
    clock.now += 1.0

    assert seldom.times("late") == 5
    clock.now += 1.0
    assert seldom.times("late") == 1
