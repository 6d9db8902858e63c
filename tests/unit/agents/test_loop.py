import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence

import pytest

from tests.support.shell import STAGE, EchoStage, a_shell
from workers.agents import loop as loop_module
from workers.domain.outcome import Drop, DropReason, Outcome, Record, Reject, RejectReason


class LeftError(BaseException):
    """Stands for the end of the process."""


@pytest.fixture(autouse=True)
def process_end(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Leaving would end pytest: note it instead."""
    left: list[int] = []

    def leave(code: int) -> None:
        left.append(code)

    monkeypatch.setattr(loop_module, "leave", leave)
    return left


def run(body: Callable[[], Awaitable[None]]) -> None:
    async def main() -> None:
        await body()

    asyncio.run(main())


def test_nothing_is_acknowledged_before_the_broker_has_acknowledged() -> None:
    async def body() -> None:
        shell = a_shell([[0, 1]])
        await shell.run_until(lambda: len(shell.producer.sent) == 2)
        assert shell.stream.acked == []

    run(body)


def test_all_is_acknowledged_in_order_once_the_broker_has() -> None:
    async def body() -> None:
        shell = a_shell([[0, 1], [2], [3, 4, 5]])
        shell.producer.release.set()
        await shell.run_until(lambda: len(shell.stream.acked) == 6)
        assert shell.stream.acked == [0, 1, 2, 3, 4, 5]

    run(body)


def test_a_slow_batch_holds_back_faster_ones_behind_it() -> None:
    async def body() -> None:
        logic = EchoStage(delays={0: 0.2})
        shell = a_shell([[0], [1]], logic)
        shell.producer.release.set()
        await shell.run_until(lambda: len(shell.stream.acked) == 2)
        assert logic.settled == [0, 1]
        assert [out.key for out in shell.producer.sent] == [b"0", b"1"]
        assert shell.stream.acked == [0, 1]

    run(body)


def test_a_refused_record_ends_the_process_without_an_acknowledgement(process_end: list[int]) -> None:
    async def body() -> None:
        shell = a_shell([[0, 1]])
        shell.producer.error = ConnectionError("the broker refused")
        shell.producer.release.set()
        await shell.run_until(lambda: bool(process_end))
        assert shell.stream.acked == []

    run(body)


def test_an_unexpected_error_ends_the_process_before_later_batches_are_published(
    process_end: list[int],
) -> None:
    async def body() -> None:
        class Broken(EchoStage):
            async def compute(self, records: object) -> list[int]:
                raise RuntimeError("a bug")

        shell = a_shell([[0]], Broken())
        await shell.run_until(lambda: bool(process_end))
        assert shell.producer.sent == []
        assert shell.stream.acked == []

    run(body)


def test_a_reject_becomes_a_dead_letter_with_the_original_bytes_and_its_reason() -> None:
    async def body() -> None:
        reject = Reject(RejectReason.NOT_JSON, "no JSON at byte 0")
        shell = a_shell([[0]], EchoStage(outcomes={0: reject}))
        shell.producer.release.set()
        await shell.run_until(lambda: shell.stream.acked == [0])
        (letter,) = shell.producer.sent
        assert (letter.topic, letter.key, letter.value) == (STAGE.dlqs[0], b"k", b"v")
        headers = dict(letter.headers)
        assert headers["dlq-reason"] == b"not-json"
        assert headers["dlq-offset"] == b"0"
        assert headers["dlq-stage"] == b"enrich-articles"

    run(body)


def test_a_drop_publishes_nothing_and_is_counted_by_its_reason() -> None:
    async def body() -> None:
        shell = a_shell([[0]], EchoStage(outcomes={0: Drop(DropReason.NOT_ENGLISH)}))
        await shell.run_until(lambda: shell.stream.acked == [0])
        assert shell.producer.sent == []
        drops = shell.metrics.drops.labels(STAGE.name, DropReason.NOT_ENGLISH)
        assert drops._value.get() == 1

    run(body)


def test_a_thousand_drops_are_one_line_of_log(caplog: pytest.LogCaptureFixture) -> None:
    async def body() -> None:
        late = Drop(DropReason.NOT_ENGLISH)
        shell = a_shell([list(range(1000))], EchoStage(outcomes=dict.fromkeys(range(1000), late)))
        await shell.run_until(lambda: len(shell.stream.acked) == 1000)

    with caplog.at_level(logging.INFO, logger=loop_module.__name__):
        run(body)
    (line,) = caplog.records
    assert line.getMessage() == "dropped: not-english"
    assert line.__dict__["count"] == 1


def test_published_records_carry_the_timestamp_of_their_source() -> None:
    async def body() -> None:
        shell = a_shell([[0]])
        shell.producer.release.set()
        await shell.run_until(lambda: shell.stream.acked == [0])
        (timestamp,) = shell.producer.timestamps
        assert timestamp is not None
        assert int(timestamp * 1000.0) == 1_700_000_000_123

    run(body)


def test_too_many_processing_failures_in_a_row_stop_the_worker(process_end: list[int]) -> None:
    async def body() -> None:
        failed = Reject(RejectReason.PROCESSING_FAILED, "ValueError")
        shell = a_shell([[0, 1], [2, 3]], EchoStage(outcomes=dict.fromkeys(range(4), failed)))
        shell.producer.release.set()
        await shell.run_until(lambda: bool(process_end))
        assert process_end == [loop_module.EXIT_BUDGET_SPENT]
        assert len(shell.producer.sent) == 2  # the batch that goes over the limit is not published
        assert shell.stream.acked == [0, 1]

    run(body)


def test_too_large_a_share_of_dead_letters_stops_the_worker_whatever_their_reason(
    process_end: list[int],
) -> None:
    async def body() -> None:
        bad = dict.fromkeys((1, 3, 5, 6, 7), Reject(RejectReason.SCHEMA, "no body"))
        shell = a_shell([[0, 1, 2, 3], [4, 5, 6, 7], [8]], EchoStage(outcomes=dict(bad)))
        shell.producer.release.set()
        await shell.run_until(lambda: bool(process_end))
        assert process_end[0] == loop_module.EXIT_BUDGET_SPENT
        assert shell.stream.acked == [0, 1, 2, 3]

    run(body)


def test_nothing_behind_a_failed_batch_is_ever_acknowledged(process_end: list[int]) -> None:
    async def body() -> None:
        class BrokenOnce(EchoStage):
            async def settle(self, records: Sequence[Record], computed: Sequence[int]) -> list[Outcome]:
                if 0 in computed:
                    raise RuntimeError("a bug")
                return await super().settle(records, computed)

        shell = a_shell([[0], [1], [2]], BrokenOnce())
        shell.producer.release.set()
        await shell.run_until(lambda: len(shell.producer.sent) == 2)
        assert process_end
        assert shell.stream.acked == []

    run(body)


def test_what_was_revoked_in_flight_is_not_acknowledged(process_end: list[int]) -> None:
    async def body() -> None:
        shell = a_shell([[0, 1]])

        def revoked_once_sent() -> bool:
            if len(shell.producer.sent) == 2 and not shell.producer.release.is_set():
                shell.loop.revoke([(str(STAGE.sources[0]), 0)])
                shell.producer.release.set()
            return shell.loop.oldest_in_flight() == 0.0 and shell.producer.release.is_set()

        await shell.run_until(revoked_once_sent)
        assert shell.stream.acked == []
        assert process_end == []

    run(body)


def test_a_slow_batch_does_not_hold_back_another_partition() -> None:
    async def body() -> None:
        logic = EchoStage(delays={0: 60.0})
        shell = a_shell([[0], [1]], logic, partitions={1: 1})
        shell.producer.release.set()
        await shell.run_until(lambda: shell.stream.acked == [1])
        assert logic.settled == [1]

    run(body)


def test_a_batch_waits_for_those_before_it_in_any_of_its_partitions() -> None:
    async def body() -> None:
        logic = EchoStage(delays={0: 0.2})
        shell = a_shell([[0], [1, 2]], logic, partitions={1: 1})  # 2 is of partition 0, as 0 is
        shell.producer.release.set()
        await shell.run_until(lambda: len(shell.stream.acked) == 3)
        assert logic.settled == [0, 1, 2]

    run(body)


def test_what_was_revoked_before_a_batch_took_it_is_not_processed() -> None:
    async def body() -> None:
        logic = EchoStage()
        shell = a_shell([[0], [1], [2, 3]], logic)  # two batches in flight: 2 and 3 wait in the inbox

        def revoked_once_all_slots_are_taken() -> bool:
            if len(shell.producer.sent) == 1 and len(logic.computed) == 2 and shell.stream.is_drained:
                shell.loop.revoke([(str(STAGE.sources[0]), 0)])
                shell.producer.release.set()
            return shell.producer.release.is_set() and shell.loop.oldest_in_flight() == 0.0

        await shell.run_until(revoked_once_all_slots_are_taken)
        assert logic.computed == [0, 1]

    run(body)


def test_faust_does_not_acknowledge_what_the_loop_reads() -> None:
    async def body() -> None:
        shell = a_shell([[0]])
        assert shell.stream.enable_acks
        await shell.run_until(lambda: len(shell.producer.sent) == 1)
        assert not shell.stream.enable_acks

    run(body)


def test_what_came_while_all_slots_were_taken_is_one_batch() -> None:
    async def body() -> None:
        logic = EchoStage()
        shell = a_shell([[0], [1], [2], [3], [4]], logic)

        def all_acknowledged_when_released_at_last() -> bool:
            if shell.stream.is_drained:
                shell.producer.release.set()
            return len(shell.stream.acked) == 5

        await shell.run_until(all_acknowledged_when_released_at_last)
        assert logic.batches == [[0], [1], [2, 3, 4]]

    run(body)


def test_bad_input_alone_never_stops_the_worker(process_end: list[int]) -> None:
    async def body() -> None:
        bad = Reject(RejectReason.NOT_JSON, "no JSON")
        shell = a_shell([[0, 1, 2, 3, 4]], EchoStage(outcomes=dict.fromkeys(range(5), bad)))  # window: 8
        shell.producer.release.set()
        await shell.run_until(lambda: len(shell.stream.acked) == 5)
        assert process_end == []

    run(body)
