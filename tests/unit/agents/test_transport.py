"""What is bent of Faust's transport, without a broker."""

import pytest
from faust.transport.drivers.aiokafka import AIOKafkaConsumerThread
from faust.types import TP

from workers.agents.transport import RewindingThread

PARTITION = TP("news.claim.v1", 0)


def test_a_partition_that_has_no_position_yet_does_not_end_the_worker(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[TP] = []

    def no_position_yet(_: object, now: float, tp: TP) -> None:
        asked.append(tp)
        raise AssertionError  # as aiokafka does in the midst of a rebalance

    monkeypatch.setattr(AIOKafkaConsumerThread, "verify_event_path", no_position_yet)

    object.__new__(RewindingThread).verify_event_path(1.0, PARTITION)

    assert asked == [PARTITION]


def test_any_other_error_of_that_look_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: object, now: float, tp: TP) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(AIOKafkaConsumerThread, "verify_event_path", broken)

    with pytest.raises(RuntimeError, match="broken"):
        object.__new__(RewindingThread).verify_event_path(1.0, PARTITION)
