from typing import Any

from workers.agents.health import Observed, liveness, readiness


def seen(**changes: Any) -> Observed:
    values: dict[str, Any] = {
        "assigned": 4,
        "rebalancing": False,
        "rebalancing_for": 0.0,
        "oldest_in_flight": {"enrich-articles": 1.0},
    }
    return Observed(**(values | changes))


def test_a_worker_that_moves_is_alive_and_ready() -> None:
    assert liveness(seen()).ok
    assert readiness(seen()).ok


def test_a_record_in_flight_for_minutes_means_it_is_stuck_and_says_where() -> None:
    health = liveness(seen(oldest_in_flight={"enrich-articles": 130.0, "raise-alerts": 1.0}))

    assert not health.ok
    assert health.reasons == ("enrich-articles: a record has been in flight for 130 s",)


def test_a_rebalance_is_not_ready_but_alive_until_it_takes_minutes() -> None:
    short = seen(rebalancing=True, rebalancing_for=5.0)
    long = seen(rebalancing=True, rebalancing_for=121.0)

    assert liveness(short).ok
    assert not readiness(short).ok
    assert not liveness(long).ok


def test_a_worker_without_partitions_is_alive_and_not_ready() -> None:
    assert liveness(seen(assigned=0)).ok
    assert readiness(seen(assigned=0)).reasons == ("no partitions assigned",)


def test_a_worker_that_waits_for_its_state_database_is_alive_but_not_ready() -> None:
    waiting = seen(state_away=True, oldest_in_flight={"raise-alerts": 130.0})

    assert liveness(waiting).ok
    assert readiness(waiting).reasons == ("waiting for the state database",)
