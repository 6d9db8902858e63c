"""Event time going on in the worker: what it ends, what it raises, and that a crash repeats the very same."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import pytest

from tests.support.alert_desk import TODAY, Shop
from tests.support.databases import Database
from tests.support.ticking import BOTH, HOUR, a_ticking_shop, said, told
from workers.agents.idle import Passed
from workers.domain.alert import Alert, AlertStatus, AlertTense, AlertType
from workers.domain.claim import Act
from workers.state.patience import Patience, PatientStore


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    with a_ticking_shop(tmp_path) as opened:
        yield opened


def test_an_alert_ends_when_event_time_has_passed_its_end_by_the_lateness(shop: Shop) -> None:
    shop.hears(said("Ada", 0 * HOUR))

    shop.hears(said("Bob", 2 * HOUR + timedelta(minutes=5), Act.STATE))
    early = shop.ticks_on()
    shop.hears(said("Bob", 2 * HOUR + timedelta(minutes=6), Act.STATE))
    (end,) = shop.ticks_on()

    assert early == []
    assert (end.status, end.ends_at, end.sequence) == (AlertStatus.RESOLVED, TODAY + 2 * HOUR, 1)
    assert shop.ticks_on() == []


def test_an_end_carries_the_time_of_the_records_whatever_this_machine_takes_for_now(shop: Shop) -> None:
    shop.hears(said("Ada", 0 * HOUR), said("Bob", 9 * HOUR, Act.STATE))
    shop.now = TODAY + 1_000 * HOUR  # a clock that jumped: the broker would refuse its time

    (end,) = shop.ticks_on()

    assert end.status is AlertStatus.RESOLVED
    assert shop.wire.timestamps == [pytest.approx((TODAY + 30 * HOUR).timestamp(), abs=0.001)]


def test_the_slowest_partition_decides_how_late_it_is(shop: Shop) -> None:
    shop.hears(said("Ada", 0 * HOUR, partition=0), said("Bob", 9 * HOUR, Act.STATE, partition=1))
    assert shop.ticks_on() == []

    shop.hears(said("Bob", 3 * HOUR, Act.STATE, partition=0))

    assert told(shop.ticks_on()) == [("Ada", "update", "resolved")]


def test_a_partition_that_ran_dry_holds_nobody_back(shop: Shop) -> None:
    shop.hears(said("Ada", 0 * HOUR, partition=0), said("Bob", 9 * HOUR, Act.STATE, partition=1))

    ends = shop.waits("news.claim.v1/0", timedelta(seconds=1))

    assert told(ends) == [("Ada", "update", "resolved")]


def test_without_any_news_time_goes_on_by_what_was_waited(shop: Shop) -> None:
    shop.hears(said("Ada", 0 * HOUR))

    assert shop.waits("news.claim.v1/0", 2 * HOUR) == []
    assert told(shop.waits("news.claim.v1/0", timedelta(minutes=6))) == [("Ada", "update", "resolved")]


def test_a_partition_that_came_to_another_worker_is_not_idle_until_it_has_looked(shop: Shop) -> None:
    shop.hears(said("Ada", 0 * HOUR, partition=0), said("Bob", 9 * HOUR, Act.STATE, partition=1))

    moved = Passed(new=frozenset({"news.claim.v1/0"}))
    asyncio.run(shop.ticks.once(Passed(waited={"news.claim.v1/1": HOUR})))
    asyncio.run(shop.ticks.once(moved))

    assert shop.wire.sent == []


def test_news_that_fell_quiet_is_told_once_time_says_so(shop: Shop) -> None:
    shop.hears(said("Ada", 0 * HOUR, Act.PROMISE))

    shop.hears(said("Bob", 7 * HOUR, Act.STATE))
    (alert,) = shop.ticks_on()

    assert (alert.alert_type, alert.starts_at) == (AlertType.INITIAL, TODAY + 6 * HOUR)
    assert shop.ticks_on() == []


def test_each_alert_ends_in_the_tense_it_was_told_in(shop: Shop) -> None:
    shop.hears(said("Ada", 0 * HOUR, headers=(("claimwire-tense", b"archival"),)), said("Bob", 0 * HOUR))
    shop.hears(said("Cy", 9 * HOUR, Act.STATE))

    ends = {dict(end.labels)["source_name"]: end.alert_tense for end in shop.ticks_on()}

    assert ends == {"Ada": AlertTense.ARCHIVAL, "Bob": AlertTense.CURRENT}


def test_what_the_broker_did_not_take_is_published_again_byte_for_byte(
    tmp_path: Path, database: Database
) -> None:
    shop = Shop(tmp_path, BOTH, database.open())
    shop.hears(*(said(f"Speaker {number}", 0 * HOUR) for number in range(4)))
    shop.hears(said("Bob", 9 * HOUR, Act.STATE))
    shop.wire.refuses = True
    with pytest.raises(ConnectionError):
        shop.ticks_on()
    lost = (shop.wire.sent, shop.wire.timestamps)
    shop.close()

    again = Shop(tmp_path, BOTH, database.open())
    again.now = TODAY + 90 * HOUR
    again.ticks_on()

    assert len(lost[0]) == 4
    assert (again.wire.sent, again.wire.timestamps) == lost
    assert again.ticks_on() == []
    again.close()


def test_two_workers_end_an_alert_once(tmp_path: Path, database: Database) -> None:
    one, two = (Shop(tmp_path, BOTH, PatientStore(database.open, Patience())) for _ in range(2))
    one.hears(said("Ada", 0 * HOUR, partition=0))
    two.hears(said("Bob", 9 * HOUR, Act.STATE, partition=0))

    both = Barrier(2)

    def tick(shop: Shop) -> list[Alert]:
        both.wait(30)
        return shop.ticks_on()

    with ThreadPoolExecutor(2) as at_once:
        ends = [end for alerts in at_once.map(tick, (one, two)) for end in alerts]

    assert set(told(ends)) == {("Ada", "update", "resolved")}
    assert {end.sequence for end in ends} == {1}
    assert one.ticks_on() + two.ticks_on() == []
    one.close()
    two.close()
