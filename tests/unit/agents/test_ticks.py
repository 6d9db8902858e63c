"""Event time going on in the worker: what it ends, what it raises, and that a crash repeats the very same."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest

from tests.builders import a_claim, a_record, a_source, rules_text
from tests.support.alert_desk import TODAY, Shop
from tests.support.databases import Database
from workers.agents.idle import Passed
from workers.alerting.inhibitions import parse_matcher
from workers.alerting.muting import Matcher, Silence
from workers.domain.alert import Alert, AlertStatus, AlertTense, AlertType
from workers.domain.claim import Act
from workers.domain.ids import content_id
from workers.domain.outcome import Record
from workers.state.patience import Patience, PatientStore
from workers.wire.messages import encode_claim

HOUR = timedelta(hours=1)
DENIALS = rules_text(
    alert="Denial",
    id="denials",
    match="'claim.act == \"deny\"'",
    group_by="[source.name]",
    cooldown="1h",
    keep_firing_for="2h",
    budget="{alerts: 5, per: 1h}",
)
QUIET = rules_text(
    alert="Quiet",
    id="quiet",
    match="'claim.act == \"promise\"'",
    group_by="[source.name]",
    window="[{quiet: 6h}]",
).partition("rules:\n")[2]
BOTH = DENIALS + QUIET


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    opened = Shop(tmp_path, BOTH)
    opened.now = TODAY + 30 * HOUR
    yield opened
    opened.close()


_offsets = iter(range(10_000))


def said(name: str, after: timedelta, act: Act = Act.DENY, partition: int = 0, **changes: Any) -> Record:
    """A record of a claim that ``name`` made so long after noon; the record itself is of the day after."""
    claim_id = content_id("claim", name, str(after))
    source = a_source(name=name, role=None)
    claim = a_claim(claim_id=claim_id, source=source, act=act, published_at=TODAY + after)
    at_ms = int((TODAY + 30 * HOUR).timestamp() * 1000)
    values = {
        "topic": "news.claim.v1",
        "partition": partition,
        "offset": next(_offsets),
        "timestamp_ms": at_ms,
    }
    return a_record(key=claim_id.encode(), value=encode_claim(claim), **(values | changes))


def told(alerts: list[Alert]) -> list[tuple[str, str, str]]:
    return [(dict(each.labels)["source_name"], each.alert_type.value, each.status.value) for each in alerts]


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


def test_a_storm_ends_with_its_whole_number_though_its_rule_is_never_seen_again(shop: Shop) -> None:
    shop.hears(*(said(f"Speaker {number}", 0 * HOUR) for number in range(9)))

    shop.hears(said("Bob", 90 * timedelta(minutes=1), Act.STATE))
    (summary,) = shop.ticks_on()

    assert dict(summary.labels)["alertname"] == "AlertStorm"
    assert (summary.status, summary.ends_at) == (AlertStatus.RESOLVED, TODAY + HOUR)
    assert "4 held back" in dict(summary.annotations)["summary"]
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


def a_silence(shop: Shop, text: str = "rule=denials", lasting: timedelta = HOUR) -> Silence:
    found = parse_matcher(text)
    assert isinstance(found, Matcher)
    return Silence((found,), shop.now, shop.now + lasting, "Jo", "exercise")


def test_a_silence_keeps_back_by_the_wall_clock_what_is_older_news(shop: Shop) -> None:
    shop.silences.silences = (a_silence(shop),)

    assert shop.hears(said("Ada", 0 * HOUR)) == []
    assert shop.metric("claimwire_alerts_withheld_total", rule="denials", reason="silenced") == 1


def test_what_a_silence_kept_back_is_told_when_somebody_expires_it(shop: Shop) -> None:
    shop.silences.silences = (a_silence(shop),)
    shop.hears(said("Ada", 0 * HOUR))
    assert shop.ticks_on() == []

    shop.silences.silences = ()

    assert told(shop.ticks_on()) == [("Ada", "initial", "firing")]
    assert shop.ticks_on() == []


def test_what_a_silence_kept_back_is_told_when_its_time_is_up(shop: Shop) -> None:
    shop.silences.silences = (a_silence(shop),)
    shop.hears(said("Ada", 0 * HOUR))
    shop.ticks_on()

    shop.now += HOUR

    assert told(shop.ticks_on()) == [("Ada", "initial", "firing")]


def test_what_would_be_over_when_its_silence_ends_is_not_told(shop: Shop) -> None:
    shop.silences.silences = (a_silence(shop),)
    shop.hears(said("Ada", 0 * HOUR))
    shop.hears(said("Bob", 9 * HOUR, Act.STATE))

    shop.silences.silences = ()

    assert shop.ticks_on() == []


def test_what_another_silence_still_covers_waits_for_that_one(shop: Shop) -> None:
    shop.silences.silences = (a_silence(shop), a_silence(shop, "source_name=Ada", 2 * HOUR))
    shop.hears(said("Ada", 0 * HOUR), said("Bob", 0 * HOUR))
    shop.ticks_on()

    shop.now += HOUR
    first = told(shop.ticks_on())
    shop.now += HOUR
    second = told(shop.ticks_on())

    assert (first, second) == ([("Bob", "initial", "firing")], [("Ada", "initial", "firing")])


def test_quiet_news_that_is_silenced_is_told_after_the_silence(shop: Shop) -> None:
    shop.silences.silences = (a_silence(shop, "rule=quiet"),)
    shop.hears(said("Ada", 0 * HOUR, Act.PROMISE), said("Bob", 7 * HOUR, Act.STATE))
    assert shop.ticks_on() == []
    assert shop.ticks_on() == []

    shop.silences.silences = ()

    assert told(shop.ticks_on()) == [("Ada", "initial", "firing")]


def test_what_was_inhibited_is_told_when_the_other_alert_ends(tmp_path: Path) -> None:
    critical = DENIALS.replace("severity: info", "severity: critical")
    inhibit = "inhibit: [{source: [severity=critical], target: [rule=promises]}]\n"
    promises = rules_text(
        alert="Promise", id="promises", match="'claim.act == \"promise\"'", group_by="[source.name]"
    ).partition("rules:\n")[2]
    shop = Shop(tmp_path, critical + promises + inhibit)
    shop.hears(said("Ada", 0 * HOUR))

    assert shop.hears(said("Bob", 0 * HOUR, Act.PROMISE)) == []
    assert shop.metric("claimwire_alerts_withheld_total", rule="promises", reason="inhibited") == 1
    shop.hears(said("Cy", 9 * HOUR, Act.STATE))

    alerts = told(shop.ticks_on() + shop.ticks_on())
    assert alerts == [("Ada", "update", "resolved"), ("Bob", "initial", "firing")]
    shop.close()


def test_a_rule_that_is_gone_ends_its_alerts_and_leaves_the_others(shop: Shop) -> None:
    shop.hears(said("Ada", 0 * HOUR), said("Bob", 0 * HOUR, Act.PROMISE))
    shop.hears(said("Cy", 7 * HOUR, Act.STATE))
    asyncio.run(shop.ticks.adopt(shop.book.rules))
    before = sorted(told(shop.ticks_on()))
    shop.hears(said("Ada", 7 * HOUR))

    shop.adopts("groups:\n  - name: g\n    rules:\n" + QUIET)

    assert before == [("Ada", "update", "resolved"), ("Bob", "initial", "firing")]
    assert told(shop.ticks_on()) == [("Ada", "update", "resolved")]
    assert told(shop.hears(said("Bob", 8 * HOUR, Act.PROMISE))) == [("Bob", "update", "resolved")]


def test_a_rule_that_went_while_the_worker_was_down_ends_its_alerts(tmp_path: Path) -> None:
    first = Shop(tmp_path, BOTH)
    asyncio.run(first.ticks.adopt(first.book.rules))
    first.hears(said("Ada", 0 * HOUR))
    first.ticks_on()
    first.close()
    first.file.write_text("groups:\n  - name: g\n    rules:\n" + QUIET)

    second = Shop(tmp_path, "")
    asyncio.run(second.ticks.adopt(second.book.rules))

    assert told(second.ticks_on()) == [("Ada", "update", "resolved")]
    second.close()


def test_a_changed_rule_keeps_its_groups_and_ends_them_by_its_new_words(shop: Shop) -> None:
    asyncio.run(shop.ticks.adopt(shop.book.rules))
    shop.hears(said("Ada", 0 * HOUR), said("Bob", 1 * HOUR, Act.STATE))
    assert shop.ticks_on() == []

    shop.adopts(BOTH.replace("keep_firing_for: 2h", "keep_firing_for: 30m"))
    (end,) = shop.ticks_on()

    assert end.ends_at == TODAY + timedelta(minutes=30)
