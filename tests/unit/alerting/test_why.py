from datetime import timedelta

from tests.builders import NOON, a_claim
from tests.support.alert_rules import a_desk, a_rule_set, claim_at, rules_text
from workers.alerting.alerts import Outcome
from workers.alerting.engine import Verdict
from workers.alerting.muting import Matcher, Muting, Operator, Silence
from workers.alerting.observations import observe_claim
from workers.alerting.why import Reason, story, why


def test_a_rule_that_did_not_match_names_the_clause_and_the_value() -> None:
    rules = a_rule_set(match="claim.act == 'deny'")

    assert why(rules, observe_claim(a_claim(), NOON), {}) == (
        Reason("harbour-news", Verdict.CLAUSE_NOT_HELD, None, "claim.act == 'deny'", "state"),
    )


def test_every_rule_has_its_say_in_the_order_of_the_file() -> None:
    two = rules_text() + rules_text(id="denials", match="claim.act == 'deny'").partition("rules:\n")[2]

    reasons = why(a_rule_set(two), observe_claim(a_claim(), NOON), {})

    assert [(reason.rule_id, reason.decision) for reason in reasons] == [
        ("harbour-news", Outcome.INITIAL),
        ("denials", Verdict.CLAUSE_NOT_HELD),
    ]


def test_a_window_below_its_threshold_tells_how_far_it_is() -> None:
    rules = a_rule_set(window="[{count: publishers, at_least: 3, within: 6h}]")

    (reason,) = why(rules, observe_claim(a_claim(), NOON), {})

    assert (reason.decision, reason.clause, reason.value) == (
        Outcome.BELOW_THRESHOLD,
        "publishers >= 3 within 6h",
        1,
    )


def test_cooling_down_tells_since_when() -> None:
    desk = a_desk()
    desk.hears(claim_at(0))

    (reason,) = why(desk.rules, observe_claim(claim_at(5), NOON), desk.groups)

    assert (reason.decision, reason.clause, reason.value) == (
        Outcome.COOLING_DOWN,
        "last alert at",
        "2024-10-24T12:00:00Z",
    )


def test_a_silence_tells_whose_it_is() -> None:
    matchers = (Matcher("rule", Operator.EQUAL, "harbour-news"),)
    silence = Silence(matchers, NOON, NOON + timedelta(hours=1), "Jo", "exercise")

    (reason,) = why(a_rule_set(), observe_claim(a_claim(), NOON), {}, Muting((silence,)))

    assert (reason.decision, reason.value) == (Outcome.SILENCED, "Jo until 2024-10-24T13:00:00Z: exercise")


def test_asking_changes_nothing() -> None:
    desk = a_desk()
    desk.hears(claim_at(0))
    before = dict(desk.groups)

    why(desk.rules, observe_claim(claim_at(90), NOON), desk.groups)

    assert desk.groups == before


def test_an_alert_can_be_told_as_a_story() -> None:
    desk = a_desk()
    desk.hears(claim_at(0))
    firing = story(desk.states[0])
    desk.forgets("c0")

    assert firing == (
        "HarbourNews (source_name=Ada Holt): firing since 2024-10-24T12:00:00Z, last told at "
        "2024-10-24T12:00:00Z; 1 records so far; 1 claims remembered, the last of 2024-10-24T12:00:00Z"
    )
    assert "over; 2 records so far; 0 claims" in story(desk.states[0])
