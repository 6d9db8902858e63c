"""What became of a claim at each rule, told from the states after the decision."""

from datetime import timedelta

import pytest

from tests.builders import NOON, a_claim, a_source
from tests.support.alert_rules import AlertDesk, a_desk, claim_at
from workers.alerting.advance import Outcome
from workers.alerting.engine import Verdict
from workers.alerting.muting import Matcher, Muting, Operator, Silence
from workers.alerting.observations import observe_claim
from workers.alerting.standing import Stand, Standing, standings
from workers.domain.claim import Claim

WINDOW = "[{count: claims, at_least: 3, within: 6h}]"


def stands(desk: AlertDesk, claim: Claim) -> Standing:
    """The one rule's answer."""
    (standing,) = standings(desk.rules, observe_claim(claim, NOON), desk.groups)
    return standing


def test_a_rule_that_did_not_match_names_the_clause_and_the_value() -> None:
    standing = stands(a_desk(match="claim.act == 'deny'"), a_claim())

    assert standing == Standing("harbour-news", Verdict.CLAUSE_NOT_HELD, None, "claim.act == 'deny'", "state")


def test_the_first_claim_began_the_alert_and_the_second_cools_down_until_it_may_be_told() -> None:
    desk = a_desk(cooldown="1h")
    desk.hears(claim_at(0))
    desk.hears(claim_at(5))

    began, waits = stands(desk, claim_at(0)), stands(desk, claim_at(5))

    assert (began.decision, began.clause, began.value) == (
        Stand.BEGAN_THE_ALERT,
        "firing since",
        "2024-10-24T12:00:00Z",
    )
    assert (waits.decision, waits.until) == (Outcome.COOLING_DOWN, NOON + timedelta(hours=1))
    assert began.alert_key == waits.alert_key


def test_what_was_told_later_made_the_last_record_and_what_it_showed_is_evidence() -> None:
    desk = a_desk(cooldown="1h")
    for minutes in (0, 5, 90):
        desk.hears(claim_at(minutes))

    assert stands(desk, claim_at(90)).decision is Stand.MADE_THE_LAST_RECORD
    assert stands(desk, claim_at(5)).decision is Stand.SHOWN_AS_EVIDENCE


def test_below_the_threshold_names_the_condition_and_how_far_it_is() -> None:
    desk = a_desk(window=WINDOW)
    desk.hears(claim_at(0))
    desk.hears(claim_at(5))

    first, second = stands(desk, claim_at(0)), stands(desk, claim_at(5))

    assert (first.decision, first.clause, first.value) == (
        Outcome.BELOW_THRESHOLD,
        "claims >= 3 within 6h",
        1,
    )
    assert second.value == 2


def test_pending_tells_until_when_matches_must_go_on_coming() -> None:
    desk = a_desk(**{"for": "30m"})
    desk.hears(claim_at(0))

    standing = stands(desk, claim_at(0))

    assert (standing.decision, standing.until) == (Outcome.PENDING, NOON + timedelta(minutes=30))


def test_a_silence_is_named_after_it_has_held_an_alert_back() -> None:
    matchers = (Matcher("rule", Operator.EQUAL, "harbour-news"),)
    silence = Silence(matchers, NOON - timedelta(hours=1), NOON + timedelta(hours=1), "Jo", "exercise")
    desk = a_desk()
    desk.muting = Muting((silence,))
    desk.hears(claim_at(0))

    standing = stands(desk, claim_at(0))

    assert standing.decision is Outcome.SILENCED
    assert "Jo until" in standing.value
    assert "exercise" in standing.value


def test_over_budget_tells_until_when_and_what_the_budget_is() -> None:
    desk = a_desk(group_by="[source.name]", budget="{alerts: 1, per: 1h}")
    desk.hears(claim_at(0))
    other = claim_at(5, source=a_source(name="NATO"))
    desk.hears(other)

    standing = stands(desk, other)

    assert (standing.decision, standing.value) == (Outcome.OVER_BUDGET, "1 alerts in 1h")
    assert standing.until == NOON + timedelta(hours=1)


@pytest.mark.parametrize(("minutes", "value"), [(0, "showed it"), (5, "never showed it")])
def test_an_alert_that_is_over_says_whether_it_showed_the_claim(minutes: int, value: str) -> None:
    desk = a_desk(cooldown="1h", keep_firing_for="2h")
    desk.hears(claim_at(0))
    desk.hears(claim_at(5))
    desk.waits_until(NOON + timedelta(days=1))

    standing = stands(desk, claim_at(minutes))

    assert (standing.decision, standing.value) == (Stand.ALERT_IS_OVER, value)


def test_a_claim_that_the_group_does_not_hold_is_not_explained_away() -> None:
    desk = a_desk()
    desk.hears(claim_at(0))

    assert stands(desk, claim_at(7)).decision is Stand.NOT_REMEMBERED
