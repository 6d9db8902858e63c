from collections.abc import Mapping
from datetime import timedelta

from tests.builders import NOON, a_claim, a_source
from tests.support.alert_rules import a_desk, a_rule_set, claim_at, rules_text
from workers.alerting.alerts import Outcome
from workers.alerting.groups import GroupState, Phase, from_json, to_json
from workers.domain.alert import Alert, AlertStatus, AlertTense, AlertType
from workers.domain.claim import Certainty


def only(alerts: tuple[Alert, ...]) -> Alert:
    (alert,) = alerts
    return alert


def test_the_first_match_of_a_group_is_an_alert_with_its_evidence() -> None:
    claim = claim_at(0)

    alert = only(
        a_desk(labels="{desk: harbour}", annotations="{said: '{{ claim.content.text }}'}").hears(claim).alerts
    )

    assert (alert.alert_type, alert.status, alert.sequence) == (AlertType.INITIAL, AlertStatus.FIRING, 0)
    assert dict(alert.labels) == {
        "alertname": "HarbourNews",
        "rule": "harbour-news",
        "severity": "info",
        "desk": "harbour",
        "source_name": "Ada Holt",
    }
    assert dict(alert.annotations) == {"said": "The harbour will close on Friday"}
    assert (alert.starts_at, alert.ends_at) == (NOON, None)
    assert [(each.claim_id, each.spans, each.text) for each in alert.evidence] == [
        (claim.claim_id, claim.content.spans, claim.content.text)
    ]


def test_claims_within_the_cooldown_are_kept_and_told_with_the_next_update() -> None:
    desk = a_desk()
    desk.hears(claim_at(0))

    quiet = desk.hears(claim_at(59))
    update = only(desk.hears(claim_at(60)).alerts)

    assert (quiet.alerts, quiet.outcomes[0].outcome) == ((), Outcome.COOLING_DOWN)
    assert (update.alert_type, update.sequence, update.starts_at) == (AlertType.UPDATE, 1, NOON)
    assert [each.claim_id for each in update.evidence] == ["c0", "c59", "c60"]


def test_the_same_claim_again_changes_nothing() -> None:
    desk = a_desk()
    desk.hears(claim_at(0))

    again = desk.hears(claim_at(0))

    assert (again.alerts, dict(again.groups)) == ((), {})
    assert again.outcomes[0].outcome is Outcome.ALREADY_SEEN


def test_deciding_again_from_the_same_state_gives_the_identical_alert() -> None:
    assert a_desk().hears(claim_at(0)) == a_desk().hears(claim_at(0))


def test_groups_are_apart_and_the_article_before_a_name_is_no_part_of_it() -> None:
    desk = a_desk()

    alerts = [
        desk.hears(claim_at(0, number, source=a_source(name=name))).alerts
        for number, name in enumerate(["White House", "the White  House", "Red Cross"], start=1)
    ]

    assert [len(each) for each in alerts] == [1, 0, 1]
    assert alerts[0][0].alert_key != alerts[2][0].alert_key
    assert alerts[0][0].fingerprint != alerts[2][0].fingerprint


def test_a_list_in_group_by_makes_a_group_of_each_item() -> None:
    decided = a_desk(group_by="[subjects]").hears(claim_at(0, subjects=("s1", "s2")))

    assert [dict(alert.labels)["subjects"] for alert in decided.alerts] == ["s1", "s2"]


def test_the_first_item_of_a_list_can_be_grouped_by_alone() -> None:
    decided = a_desk(group_by="['subjects[0]']").hears(claim_at(0, subjects=("s1", "s2")))

    assert [dict(alert.labels)["subjects"] for alert in decided.alerts] == ["s1"]


def test_a_rule_with_for_waits_until_matches_have_come_that_long() -> None:
    desk = a_desk(for_="30m")

    first, second, third = (desk.hears(claim_at(minutes)) for minutes in (0, 20, 30))

    assert first.outcomes[0].outcome is Outcome.PENDING
    assert second.alerts == ()
    assert only(third.alerts).starts_at == NOON
    assert len(only(third.alerts).evidence) == 3


def test_a_claim_without_a_date_takes_the_time_of_its_record() -> None:
    alert = only(a_desk().hears(a_claim(published_at=None)).alerts)

    assert alert.starts_at == NOON


def test_the_tense_is_passed_on() -> None:
    assert only(a_desk().hears(claim_at(0), AlertTense.ARCHIVAL).alerts).alert_tense is AlertTense.ARCHIVAL


def test_an_alert_that_rested_on_one_withdrawn_claim_is_taken_back() -> None:
    desk = a_desk()
    initial = only(desk.hears(claim_at(0)).alerts)

    retraction = only(desk.forgets("c0").alerts)

    assert (retraction.alert_type, retraction.status) == (AlertType.RETRACTION, AlertStatus.RESOLVED)
    assert (retraction.sequence, retraction.alert_key) == (1, initial.alert_key)
    assert (retraction.labels, retraction.fingerprint) == (initial.labels, initial.fingerprint)
    assert retraction.ends_at == NOON + timedelta(days=1)
    assert retraction.evidence == initial.evidence
    assert desk.forgets("c0").alerts == ()
    assert [state.phase for state in desk.states] == [Phase.RESOLVED]


def test_an_alert_with_other_evidence_is_told_anew_without_the_withdrawn_claim() -> None:
    desk = a_desk(cooldown="0s")
    desk.hears(claim_at(0))
    desk.hears(claim_at(1))

    update = only(desk.forgets("c0").alerts)

    assert (update.alert_type, update.sequence) == (AlertType.UPDATE, 2)
    assert [each.claim_id for each in update.evidence] == ["c1"]


def test_a_withdrawn_claim_that_no_alert_showed_is_forgotten_quietly() -> None:
    desk = a_desk()
    desk.hears(claim_at(0))
    desk.hears(claim_at(1))

    assert desk.forgets("c1").alerts == ()
    assert only(tuple(desk.forgets("c0").alerts)).alert_type is AlertType.RETRACTION


def test_after_a_retraction_the_next_match_begins_a_new_alert_under_the_same_key() -> None:
    desk = a_desk()
    first = only(desk.hears(claim_at(0)).alerts)
    desk.forgets("c0")

    again = only(desk.hears(claim_at(5)).alerts)

    assert (again.alert_type, again.sequence) == (AlertType.INITIAL, 2)
    assert again.alert_key == first.alert_key
    assert again.starts_at == NOON + timedelta(minutes=5)


def test_the_state_of_a_group_stays_small_however_many_claims_come() -> None:
    desk = a_desk()
    for minute in range(100):
        desk.hears(claim_at(minute / 60, minute + 1))

    (state,) = desk.states

    assert len(state.sightings) == 64
    assert len(to_json(state)) < 25_000


def test_a_changed_rule_carries_its_groups_on_under_its_new_digest() -> None:
    desk = a_desk()
    old = only(desk.hears(claim_at(0)).alerts)
    desk.rules = a_rule_set(rules_text(group_by="[source.name]", cooldown="5m"))

    new = only(desk.hears(claim_at(10)).alerts)

    assert (new.alert_key, new.sequence) == (old.alert_key, 1)
    assert new.rule.sha256 != old.rule.sha256


def test_states_come_back_from_json_as_they_went() -> None:
    desk = a_desk()
    decided: Mapping[str, GroupState] = desk.hears(claim_at(0)).groups

    assert decided
    assert {key: from_json(to_json(state)) for key, state in decided.items()} == decided


def test_an_update_after_a_withdrawal_speaks_of_what_is_left() -> None:
    desk = a_desk(cooldown="0s", annotations="{said: '{{ claim.certainty }} ({{ count }})'}")
    desk.hears(claim_at(0))
    desk.hears(claim_at(1, certainty=Certainty.POSSIBLE))

    update = only(desk.forgets("c1").alerts)

    assert dict(update.annotations) == {"said": "certain (1)"}
    assert [each.claim_id for each in update.evidence] == ["c0"]
