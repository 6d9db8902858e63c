import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support import pool_jobs
from workers.agents.pool import JobPool, PoolStartError
from workers.agents.process import Work
from workers.domain.outcome import Reject, RejectReason

Items = list[Any]


class Restarts:
    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> None:
        self.count += 1


def with_pool(
    body: Callable[[JobPool[Any, Any]], Awaitable[Any]],
    restarts: Restarts | None = None,
    job_timeout: float = 30.0,
    initializer: Callable[[], None] = pool_jobs.quiet_start,
) -> Any:
    async def run() -> Any:
        return await body(pool)

    work = Work(pool_jobs.double_or_misbehave, initializer)
    pool: JobPool[Any, Any] = JobPool(work, 2, 20.0, job_timeout, restarts or Restarts())
    try:
        pool.start()
        return asyncio.run(run())
    finally:
        pool.stop()


def test_results_come_in_the_order_of_the_items() -> None:
    assert with_pool(lambda pool: pool.run(list(range(7)))) == [0, 2, 4, 6, 8, 10, 12]


def test_no_items_make_no_results() -> None:
    assert with_pool(lambda pool: pool.run([])) == []


def test_a_crashing_item_is_rejected_and_its_neighbours_keep_their_results() -> None:
    restarts = Restarts()

    results = with_pool(lambda pool: pool.run([1, 2, "crash", 4, 5, 6]), restarts)

    detail = "the language job gave no result: exit code 9"
    assert results[2] == Reject(RejectReason.PROCESS_CRASHED, detail, attempts=2)
    assert [result for index, result in enumerate(results) if index != 2] == [2, 4, 8, 10, 12]
    assert restarts.count == 2  # among its neighbours, and alone


def test_a_hanging_item_is_ended_and_rejected() -> None:
    results = with_pool(lambda pool: pool.run([1, "hang"]), job_timeout=2.0)

    assert results[0] == 2
    assert isinstance(results[1], Reject)
    assert results[1].reason is RejectReason.PROCESSING_TIMEOUT
    assert results[1].attempts == 2


def test_several_bad_items_in_one_chunk_are_each_found_and_cost_nobody_else() -> None:
    restarts = Restarts()

    results = with_pool(
        lambda pool: pool.run([1, "crash", "hang", "raise", 5, "crash", 7, 8]), restarts, job_timeout=2.0
    )

    reasons = [result.reason if isinstance(result, Reject) else result for result in results]
    assert reasons == [
        2,
        RejectReason.PROCESS_CRASHED,
        RejectReason.PROCESSING_TIMEOUT,
        RejectReason.PROCESSING_FAILED,
        10,
        RejectReason.PROCESS_CRASHED,
        14,
        16,
    ]
    assert restarts.count == 6  # two bad ones crash, one hangs, each twice; raising costs no process


def test_a_hanging_item_costs_two_processes_wherever_it_stands() -> None:
    restarts = Restarts()

    results = with_pool(lambda pool: pool.run([1, 2, 3, "hang", 5, 6, 7, 8]), restarts, job_timeout=2.0)

    assert [index for index, result in enumerate(results) if isinstance(result, Reject)] == [3]
    assert restarts.count == 2  # searching for it by halves would cost one more for each half


def test_an_item_that_makes_the_job_raise_is_rejected_by_its_type_alone() -> None:
    results = with_pool(lambda pool: pool.run(["raise", 3]))

    assert results == [
        Reject(RejectReason.PROCESSING_FAILED, "the language job gave no result: ValueError", attempts=2),
        6,
    ]


def test_an_item_whose_process_died_by_chance_succeeds_when_tried_again(tmp_path: Path) -> None:
    restarts = Restarts()

    results = with_pool(lambda pool: pool.run([f"once:{tmp_path / 'died'}"]), restarts)

    assert results == [0]
    assert restarts.count == 1


def test_processes_that_cannot_start_are_reported_in_one_line() -> None:
    with pytest.raises(PoolStartError, match="do not start"):
        with_pool(lambda pool: pool.run([1]), initializer=pool_jobs.failing_start)


def test_processes_killed_while_they_wait_are_replaced() -> None:
    async def kill_idle_ones(pool: JobPool[Any, Any]) -> Any:
        assert len(pool.pids) == 2
        for pid in pool.pids:
            os.kill(pid, signal.SIGKILL)
        return await pool.run([1, 2, 3])

    assert with_pool(kill_idle_ones) == [2, 4, 6]
