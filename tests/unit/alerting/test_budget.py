"""A rule that matches everything: so many alerts, then one that speaks for the rest, nothing lost."""

from datetime import timedelta

from tests.builders import NOON, a_source
from tests.support.alert_rules import AlertDesk, a_desk, claim_at
from workers.alerting.alerts import Decided, Outcome
from workers.alerting.muting import Matcher, Muting, Operator, Silence
from workers.domain.alert import Alert, AlertStatus, AlertType
from workers.domain.claim import Claim


def somebody(number: int, minutes: float = 0) -> Claim:
    return claim_at(minutes, number, source=a_source(name=f"Speaker {number}"))


def a_tight_desk() -> AlertDesk:
    return a_desk(match="'true'", budget="{alerts: 3, per: 1h}")


def summaries(decided: list[Decided]) -> list[Alert]:
    found = [alert for each in decided for alert in each.alerts]
    return [alert for alert in found if dict(alert.labels)["alertname"] == "AlertStorm"]


def test_beyond_its_budget_a_rule_makes_one_summary_alert() -> None:
    desk = a_tight_desk()

    decided = [desk.hears(somebody(number)) for number in range(12)]

    assert [len(each.alerts) for each in decided] == [1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0]
    (summary,) = summaries(decided)
    assert summary.alert_type is AlertType.INITIAL
    assert summary.rule.id == "harbour-news"
    assert "more than 3 alerts in 1h; 1 held back so far" in dict(summary.annotations)["summary"]
    assert [each.outcomes[0].outcome for each in decided[3:]] == [Outcome.OVER_BUDGET] * 9


def test_the_summary_is_told_again_at_ten_and_at_the_end_with_the_whole_number() -> None:
    desk = a_tight_desk()
    decided = [desk.hears(somebody(number)) for number in range(15)]

    told = summaries([*decided, desk.hears(somebody(99, minutes=60))])

    assert [(alert.sequence, alert.alert_type) for alert in told] == [
        (0, AlertType.INITIAL),
        (1, AlertType.UPDATE),
        (2, AlertType.UPDATE),
    ]
    assert "12 held back" in dict(told[-1].annotations)["summary"]
    assert (told[-1].status, told[-1].ends_at) == (AlertStatus.RESOLVED, NOON + timedelta(hours=1))


def test_what_was_held_back_is_told_when_its_group_is_next_seen() -> None:
    desk = a_tight_desk()
    for number in range(4):
        desk.hears(somebody(number))

    later = claim_at(61, 100, source=a_source(name="Speaker 3"))
    alerts = [
        alert for alert in desk.hears(later).alerts if alert.rule and "source_name" in dict(alert.labels)
    ]

    assert [each.claim_id for each in alerts[0].evidence] == ["c3", "c100"]
    assert alerts[0].alert_type is AlertType.INITIAL


def test_an_update_that_was_over_budget_is_told_as_one_when_the_budget_frees() -> None:
    desk = a_desk(cooldown="0s", budget="{alerts: 1, per: 1h}")
    desk.hears(claim_at(0))
    desk.hears(claim_at(5))

    alerts = [each for each in desk.waits_until(NOON + timedelta(hours=1)).alerts if each.status == "firing"]

    assert [(alert.alert_type, alert.sequence) for alert in alerts] == [(AlertType.UPDATE, 1)]
    assert [each.claim_id for each in alerts[0].evidence] == ["c0", "c5"]


def test_what_was_withdrawn_while_it_waited_is_not_told() -> None:
    desk = a_tight_desk()
    for number in range(4):
        desk.hears(somebody(number))
    desk.forgets("c3")

    decided = desk.waits_until(NOON + timedelta(hours=1))

    assert [dict(alert.labels)["alertname"] for alert in decided.alerts] == ["AlertStorm"]


def test_what_is_silenced_by_then_waits_for_the_silence() -> None:
    desk = a_tight_desk()
    for number in range(4):
        desk.hears(somebody(number))
    matchers = (Matcher("alertname", Operator.EQUAL, "HarbourNews"),)
    desk.muting = Muting((Silence(matchers, NOON, NOON + timedelta(hours=9), "Jo", "exercise"),))

    decided = desk.waits_until(NOON + timedelta(hours=1))

    assert [each.outcome for each in decided.outcomes] == [Outcome.RESOLVED, Outcome.SILENCED]


def test_a_late_claim_spends_from_the_span_that_is_open() -> None:
    desk = a_tight_desk()
    for number in range(3):
        desk.hears(somebody(number, minutes=60))

    assert desk.hears(somebody(9, minutes=0)).outcomes[0].outcome is Outcome.OVER_BUDGET


def test_a_retraction_is_never_held_back() -> None:
    desk = a_tight_desk()
    for number in range(4):
        desk.hears(somebody(number))

    assert [alert.alert_type for alert in desk.forgets("c0").alerts] == [AlertType.RETRACTION]
    assert desk.forgets("c3").alerts == ()
