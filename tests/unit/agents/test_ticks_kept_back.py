"""What silences, inhibitions and budgets keep back, and the tick that tells it when they no longer do."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.support.alert_desk import TODAY, Shop
from tests.support.alert_rules import rules_text
from tests.support.ticking import DENIALS, HOUR, a_ticking_shop, said, told
from workers.alerting.inhibitions import parse_matcher
from workers.alerting.muting import Matcher, Silence
from workers.domain.alert import Alert, AlertStatus
from workers.domain.claim import Act

MINUTE = timedelta(minutes=1)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    with a_ticking_shop(tmp_path) as opened:
        yield opened


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


def is_storm(alert: Alert) -> bool:
    return dict(alert.labels)["alertname"] == "AlertStorm"


def test_a_storm_ends_with_its_whole_number_though_its_rule_is_never_seen_again(shop: Shop) -> None:
    shop.hears(*(said(f"Speaker {number}", 0 * HOUR) for number in range(9)))

    shop.hears(said("Bob", 90 * MINUTE, Act.STATE))
    summary, *others = shop.ticks_on()

    assert is_storm(summary)
    assert (summary.status, summary.ends_at) == (AlertStatus.RESOLVED, TODAY + HOUR)
    assert "4 held back" in dict(summary.annotations)["summary"]
    assert not any(map(is_storm, others))
    assert shop.ticks_on() == []


def test_what_was_over_budget_is_told_when_the_budget_frees_though_its_group_is_never_seen_again(
    shop: Shop,
) -> None:
    shop.hears(*(said(f"Speaker {number}", number * MINUTE) for number in range(9)))

    shop.hears(said("Bob", 64 * MINUTE, Act.STATE))
    early = shop.ticks_on()
    shop.hears(said("Bob", 66 * MINUTE, Act.STATE))
    alerts = [alert for alert in shop.ticks_on() if not is_storm(alert)]

    assert early == []
    assert told(alerts) == [(f"Speaker {number}", "initial", "firing") for number in range(5, 9)]
    assert [alert.starts_at for alert in alerts] == [TODAY + number * MINUTE for number in range(5, 9)]
    assert shop.ticks_on() == []


def test_what_the_next_budget_has_no_room_for_waits_for_the_one_after_it(shop: Shop) -> None:
    shop.hears(*(said(f"Speaker {number:02}", 30 * MINUTE + number * MINUTE) for number in range(13)))
    found = []
    for minutes in (66, 126, 140):
        shop.hears(said("Bob", minutes * MINUTE, Act.STATE))
        found.append([dict(each.labels)["source_name"] for each in shop.ticks_on() if not is_storm(each)])

    first, second, third = found
    assert first == [f"Speaker {number:02}" for number in range(5, 10)]
    assert second == [f"Speaker {number}" for number in range(10, 13)]
    assert third == []


def test_what_would_be_over_when_the_budget_frees_is_not_told(shop: Shop) -> None:
    shop.hears(*(said(f"Speaker {number}", 0 * HOUR) for number in range(9)))

    shop.hears(said("Bob", 3 * HOUR, Act.STATE))

    assert {(alert.status, is_storm(alert)) for alert in shop.ticks_on()} == {
        (AlertStatus.RESOLVED, True),
        (AlertStatus.RESOLVED, False),
    }


def test_a_silence_that_ends_does_not_make_the_budget_whole(shop: Shop) -> None:
    shop.hears(*(said(f"Speaker {number}", 0 * HOUR) for number in range(5)))
    shop.silences.silences = (a_silence(shop),)
    shop.hears(said("Ada", 0 * HOUR))
    shop.ticks_on()

    shop.silences.silences = ()
    (storm,) = shop.ticks_on()

    assert is_storm(storm)
    assert all(map(is_storm, shop.hears(said("Bob", 0 * HOUR))))
