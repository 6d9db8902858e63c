"""Window conditions: what a rule asks of a group's past."""

from datetime import timedelta
from typing import Any

import pytest

from tests.builders import NOON, a_claim, a_quantity
from tests.support.alert_rules import AlertDesk, a_desk, claim_at
from workers.alerting.alerts import Outcome
from workers.domain.alert import AlertStatus, AlertType, MatchedClause
from workers.domain.claim import Claim, Content, Offsets, Via


def a_window(*conditions: str, **changes: str | None) -> AlertDesk:
    return a_desk(window=f"[{', '.join(conditions)}]", group_by="[act]", **changes)


def printed_by(publisher: str, minutes: float, said: str = "", **changes: Any) -> Claim:
    text = said or f"Words of {publisher}"
    return claim_at(
        minutes,
        article_id=f"{publisher}-{minutes}",
        publisher=publisher,
        content=Content(text, (Offsets(0, len(text)),)),
        **{"via": (), **changes},
    )


def outcomes(desk: AlertDesk, *claims: Claim) -> list[str]:
    return [str(outcome.outcome) for claim in claims for outcome in desk.hears(claim).outcomes]


def test_three_publishers_within_the_window_make_an_alert_and_two_do_not() -> None:
    desk = a_window("{count: publishers, at_least: 3, within: 1h}")

    first = outcomes(desk, printed_by("a", 0), printed_by("b", 1), printed_by("b", 2))
    third = desk.hears(printed_by("c", 3))

    assert first == ["below-threshold"] * 3
    assert third.alerts[0].matched[-1] == MatchedClause("publishers >= 3 within 1h", 3)
    assert len(third.alerts[0].evidence) == 4
    assert third.alerts[0].starts_at == NOON + timedelta(minutes=3)


def test_what_lies_before_the_window_does_not_count() -> None:
    desk = a_window("{count: articles, at_least: 2, within: 1h}")

    assert outcomes(desk, printed_by("a", 0), printed_by("b", 61)) == ["below-threshold"] * 2
    assert outcomes(desk, printed_by("c", 100)) == ["initial"]


def test_a_late_claim_counts_in_its_own_window() -> None:
    desk = a_window("{count: publishers, at_least: 2, within: 10m}")

    assert outcomes(desk, printed_by("a", 60), printed_by("b", 0)) == ["below-threshold"] * 2


def test_copies_and_shared_wires_are_one_origin() -> None:
    desk = a_window("{count: origins, at_least: 2, within: 1h}")
    wire = (Via("the wire", 0, 8, "Continental Wire", None),)

    same_words = outcomes(desk, printed_by("a", 0, "It fell."), printed_by("b", 1, "It fell!"))
    same_via = outcomes(desk, printed_by("a", 2, "x", via=wire), printed_by("d", 3, "y", via=wire))

    assert same_words + same_via == ["below-threshold"] * 4
    assert outcomes(desk, printed_by("e", 4)) == ["initial"]


def test_a_withdrawal_below_the_count_takes_the_alert_back() -> None:
    desk = a_window("{count: publishers, at_least: 2, within: 1h}", cooldown="0s")
    outcomes(desk, printed_by("a", 0), printed_by("b", 1), printed_by("c", 2))

    still = desk.forgets("c0").alerts
    gone = desk.forgets("c2").alerts

    assert [alert.alert_type for alert in (*still, *gone)] == [AlertType.UPDATE, AlertType.RETRACTION]


def test_the_first_time_in_a_month_is_news_and_the_second_is_not() -> None:
    desk = a_window("{first: 30d}", cooldown="0s", keep_firing_for="1d")
    day = 24 * 60

    assert outcomes(desk, claim_at(0), claim_at(5)) == ["initial", "below-threshold"]
    assert outcomes(desk, claim_at(29 * day)) == ["resolved", "below-threshold"]
    assert outcomes(desk, claim_at(60 * day)) == ["initial"]


def test_the_first_time_is_taken_back_with_its_claim_whoever_came_after() -> None:
    desk = a_window("{first: 30d}")
    outcomes(desk, claim_at(0), claim_at(5))

    assert [alert.alert_type for alert in desk.forgets("c0").alerts] == [AlertType.RETRACTION]


def toll(minutes: float, number: float, unit: str = "people") -> Claim:
    return claim_at(minutes, quantities=(a_quantity(value=number, unit=unit),))


def test_a_figure_that_moved_far_enough_is_an_alert_with_both_values() -> None:
    desk = a_window("{change: 20%, within: 2d}", cooldown="0s")

    small = outcomes(desk, toll(0, 10), toll(1, 12), toll(2, 300, "trucks"))
    (alert,) = desk.hears(toll(3, 19)).alerts

    assert small == ["below-threshold"] * 3
    assert alert.matched[-1].value == {"unit": "people", "from": 12.0, "to": 19.0, "percent": 58.33}


def test_a_figure_that_rises_from_nothing_has_moved() -> None:
    assert outcomes(a_window("{change: 500%, within: 2d}"), toll(0, 0), toll(1, 1)) == [
        "below-threshold",
        "initial",
    ]


def test_a_figure_without_a_past_in_the_window_has_not_moved() -> None:
    assert (
        outcomes(a_window("{change: 20%, within: 1h}"), toll(0, 10), toll(61, 99)) == ["below-threshold"] * 2
    )


def test_a_figure_without_a_past_is_explained_by_that() -> None:
    (outcome,) = a_window("{change: 20%, within: 1h}").hears(toll(0, 10)).outcomes

    assert outcome.because is not None
    assert outcome.because.value == "no earlier figure of a unit that it gives"


def test_three_times_the_usual_rate_is_an_alert_once_there_is_a_usual() -> None:
    desk = a_window("{rate: 3, within: 1h, baseline: 10h, at_least: 3}", cooldown="0s")
    hourly = [claim_at(60 * hour) for hour in range(10)]

    assert outcomes(desk, *hourly) == ["below-threshold"] * 10
    assert outcomes(desk, claim_at(600), claim_at(601)) == ["below-threshold"] * 2
    (alert,) = desk.hears(claim_at(602)).alerts
    assert alert.matched[-1].value == {"now": 3, "usual": 1.0}


def test_a_burst_at_the_very_start_is_no_rate() -> None:
    desk = a_window("{rate: 3, within: 1h, baseline: 10h, at_least: 3}")

    assert set(outcomes(desk, *(claim_at(minute) for minute in range(10)))) == {"below-threshold"}


def test_all_conditions_must_hold() -> None:
    desk = a_window("{count: claims, at_least: 2, within: 1h}", "{change: 20%, within: 1h}")

    assert outcomes(desk, toll(0, 10), toll(1, 10), toll(2, 20)) == ["below-threshold"] * 2 + ["initial"]


def test_a_group_that_falls_quiet_is_an_alert_that_the_next_claim_ends() -> None:
    desk = a_window("{quiet: 6h}", annotations="{summary: 'No word of {{ group.act }}'}")

    heard = outcomes(desk, claim_at(0), claim_at(30))
    early = desk.waits_until(NOON + timedelta(hours=6)).alerts
    (alert,) = desk.waits_until(NOON + timedelta(hours=6, minutes=30)).alerts
    again = desk.waits_until(NOON + timedelta(hours=9)).alerts
    (end,) = desk.hears(claim_at(600)).alerts

    assert heard == ["listening"] * 2
    assert (early, again) == ((), ())
    assert alert.starts_at == NOON + timedelta(hours=6, minutes=30)
    assert dict(alert.annotations) == {"summary": "No word of state"}
    assert (end.status, end.ends_at) == (AlertStatus.RESOLVED, NOON + timedelta(hours=10))
    assert outcomes(desk, claim_at(601)) == ["listening"]


def test_an_alert_ends_when_its_conditions_have_not_held_for_long_enough() -> None:
    desk = a_desk(keep_firing_for="2h")
    desk.hears(claim_at(0))
    desk.hears(claim_at(30))

    on_time = desk.waits_until(NOON + timedelta(hours=2, minutes=30)).alerts
    (end,) = desk.waits_until(NOON + timedelta(hours=3)).alerts

    assert on_time == ()
    assert (end.alert_type, end.status, end.sequence) == (AlertType.UPDATE, AlertStatus.RESOLVED, 1)
    assert end.ends_at == NOON + timedelta(hours=2, minutes=30)
    assert len(end.evidence) == 2
    assert desk.waits_until(NOON + timedelta(hours=9)).alerts == ()


def test_an_alert_whose_time_was_over_ends_before_the_next_one_begins() -> None:
    desk = a_desk(keep_firing_for="2h")
    desk.hears(claim_at(0))

    end, begin = desk.hears(claim_at(300)).alerts

    assert (end.status, end.sequence, begin.alert_type, begin.sequence) == (
        AlertStatus.RESOLVED,
        1,
        AlertType.INITIAL,
        2,
    )
    assert [each.claim_id for each in begin.evidence] == ["c300"]


def test_each_update_doubles_the_cooldown_up_to_the_longest() -> None:
    desk = a_desk(cooldown="{first: 10m, factor: 2, longest: 30m}")

    told = [minute for minute in range(0, 121, 5) if desk.hears(claim_at(minute)).alerts]

    assert told == [0, 10, 30, 60, 90, 120]


def test_a_condition_that_fails_while_pending_starts_the_wait_anew() -> None:
    desk = a_window("{count: claims, at_least: 2, within: 10m}", for_="15m")

    came = outcomes(desk, *(claim_at(minute) for minute in (0, 5, 30, 35, 40, 45, 51)))

    assert came == [
        "below-threshold",
        "pending",
        "below-threshold",
        "pending",
        "pending",
        "pending",
        "initial",
    ]


def test_ticking_leaves_budgets_and_groups_of_lost_rules_alone() -> None:
    desk = a_desk(keep_firing_for="2h")
    desk.hears(claim_at(0))
    desk.rules = a_desk(id="another").rules

    decided = desk.waits_until(NOON + timedelta(days=9))

    assert (decided.alerts, dict(decided.groups)) == ((), {})


@pytest.mark.parametrize("claim", [a_claim(), a_claim(published_at=None, publisher=None)])
def test_the_same_claim_again_is_already_seen_by_every_kind_of_rule(claim: Claim) -> None:
    for window in ("{count: claims, at_least: 2, within: 1h}", "{first: 1h}", "{quiet: 1h}"):
        desk = a_window(window)
        desk.hears(claim)
        before = dict(desk.groups)

        (again,) = desk.hears(claim).outcomes

        assert again.outcome is Outcome.ALREADY_SEEN
        assert desk.groups == before


def test_a_repeated_claim_does_not_end_the_quiet() -> None:
    desk = a_window("{quiet: 6h}")
    outcomes(desk, claim_at(0))
    desk.waits_until(NOON + timedelta(hours=6))

    assert outcomes(desk, claim_at(0)) == ["already-seen"]
