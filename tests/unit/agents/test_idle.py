"""When a partition counts as idle: the broker said so, for long enough, to the worker that holds it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from aiokafka.errors import KafkaConnectionError

from workers.agents.idle import Activity, Idle, Partition, Passed

ONE, TWO = ("claims", 0), ("claims", 1)


@dataclass
class Broker:
    """Partitions that are this worker's, and which of them were read to their end."""

    held: set[Partition] = field(default_factory=lambda: {ONE})
    ended: set[Partition] = field(default_factory=lambda: {ONE, TWO})
    busy: bool = False
    away: bool = False

    def assigned(self) -> frozenset[Partition]:
        return frozenset(self.held)

    def in_flight(self) -> bool:
        return self.busy

    async def drained(self, partitions: Sequence[Partition]) -> frozenset[Partition]:
        if self.away:
            raise KafkaConnectionError
        return frozenset(self.ended.intersection(partitions))


class Watch:
    """A clock that is set by hand over an ``Idle`` that waits for a minute."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.broker = Broker()
        self.activity = Activity(lambda: self.now)
        self.idle = Idle(self.broker, self.activity, timedelta(minutes=1))

    def after(self, seconds: float) -> Passed:
        self.now += seconds
        return asyncio.run(self.idle.passed())


def waited(passed: Passed) -> dict[str, float]:
    return {name: time.total_seconds() for name, time in passed.waited.items()}


def test_a_partition_is_new_once_and_idle_after_a_minute_without_records() -> None:
    watch = Watch()

    first, early, late = watch.after(0), watch.after(59), watch.after(1)

    assert first.new == {"claims/0"}
    assert early.new == frozenset()
    assert waited(early) == {}
    assert waited(late) == {"claims/0": 60}


def test_what_was_waited_is_counted_once() -> None:
    watch = Watch()
    watch.after(0)

    assert [waited(watch.after(60)), waited(watch.after(5)), waited(watch.after(7))] == [
        {"claims/0": 60},
        {"claims/0": 5},
        {"claims/0": 7},
    ]


def test_an_idle_partition_is_told_of_every_few_seconds_only() -> None:
    watch = Watch()
    watch.after(0)

    assert [waited(watch.after(seconds)) for seconds in (60, 2, 2, 2)] == [
        {"claims/0": 60},
        {},
        {},
        {"claims/0": 6},
    ]


def test_a_record_starts_the_minute_anew() -> None:
    watch = Watch()
    watch.after(0)
    watch.after(50)
    watch.activity.note([ONE])

    assert waited(watch.after(59)) == {}
    assert waited(watch.after(2)) == {"claims/0": 61}


def test_records_that_still_wait_on_the_broker_are_no_quiet() -> None:
    watch = Watch()
    watch.after(0)
    watch.broker.ended = set()

    assert waited(watch.after(600)) == {}


def test_records_in_flight_are_no_quiet() -> None:
    watch = Watch()
    watch.after(0)
    watch.broker.busy = True

    assert waited(watch.after(600)) == {}


def test_a_broker_that_does_not_answer_is_no_quiet() -> None:
    watch = Watch()
    watch.after(0)
    watch.broker.away = True

    assert waited(watch.after(600)) == {}


def test_a_partition_that_went_and_came_back_has_to_be_watched_again() -> None:
    watch = Watch()
    watch.after(0)
    watch.after(60)
    watch.broker.held = {TWO}
    moved = watch.after(1)
    watch.broker.held = {ONE, TWO}

    back = watch.after(1)

    assert moved.new == {"claims/1"}
    assert back.new == {"claims/0"}
    assert waited(back) == {}
