"""What is told once a mute is lifted, what ends with its rule, and in whose tense."""

from datetime import timedelta

from tests.builders import NOON, a_source
from tests.support.alert_rules import AlertDesk, a_desk, claim_at
from workers.alerting.groups import GroupState, Withheld, from_json, to_json
from workers.alerting.inhibitions import parse_matcher
from workers.alerting.muting import NOTHING_MUTED, Matcher, Muting, Silence
from workers.alerting.ticks import due_at, release, retire
from workers.alerting.why import story
from workers.domain.alert import Alert, AlertStatus, AlertTense, AlertType

LATER = NOON + timedelta(hours=1)


def silenced(text: str = "rule=harbour-news") -> Muting:
    found = parse_matcher(text)
    assert isinstance(found, Matcher)
    return Muting((Silence((found,), NOON, NOON + timedelta(days=9), "Jo", "exercise"),))


def lifted(desk: AlertDesk, muting: Muting = NOTHING_MUTED) -> list[Alert]:
    decided = release(desk.rules, LATER, desk.groups, muting)
    desk.groups.update(decided.groups)
    return list(decided.alerts)


def a_silent_desk(**changes: str | None) -> AlertDesk:
    desk = a_desk(**changes)
    desk.muting = silenced()
    return desk


def test_the_state_says_who_keeps_an_alert_back() -> None:
    desk = a_silent_desk()
    desk.hears(claim_at(0))

    (state,) = desk.states

    assert state.held_back is not None
    assert (state.held_back.reason, state.held_back.at) == (Withheld.SILENCED, NOON)
    assert "not told since 2024-10-24T12:00:00Z: silenced, Jo until" in story(state)


def test_a_lifted_silence_tells_one_alert_with_all_that_came() -> None:
    desk = a_silent_desk()
    desk.hears(claim_at(0))
    desk.hears(claim_at(5))

    (alert,) = lifted(desk)

    assert (alert.alert_type, alert.sequence) == (AlertType.INITIAL, 0)
    assert [each.claim_id for each in alert.evidence] == ["c0", "c5"]
    assert lifted(desk) == []


def test_an_update_that_was_kept_back_is_told_as_one() -> None:
    desk = a_desk(cooldown="0s")
    desk.hears(claim_at(0))
    desk.muting = silenced()
    desk.hears(claim_at(5))

    (alert,) = lifted(desk)

    assert (alert.alert_type, alert.sequence) == (AlertType.UPDATE, 1)


def test_what_is_still_silenced_waits_on() -> None:
    desk = a_silent_desk()
    desk.hears(claim_at(0))

    assert lifted(desk, silenced("severity=info")) == []
    assert len(lifted(desk)) == 1


def test_what_was_withdrawn_meanwhile_is_not_told() -> None:
    desk = a_silent_desk()
    desk.hears(claim_at(0))
    desk.forgets("c0")

    assert lifted(desk) == []
    assert desk.states[0].held_back is None


def test_a_count_that_fell_meanwhile_is_not_told() -> None:
    desk = a_silent_desk(window="[{count: claims, at_least: 2, within: 1h}]")
    desk.hears(claim_at(0))
    desk.hears(claim_at(5))
    desk.forgets("c5")

    assert lifted(desk) == []


def test_a_first_word_is_still_the_first_when_others_followed_it() -> None:
    desk = a_silent_desk(window="[{first: 30d}]")
    desk.hears(claim_at(0))
    desk.hears(claim_at(5))

    (alert,) = lifted(desk)

    assert alert.alert_type is AlertType.INITIAL


def test_a_lifted_silence_does_not_break_the_budget() -> None:
    desk = a_silent_desk(budget="{alerts: 2, per: 1h}")
    for number in range(5):
        desk.hears(claim_at(0, number, source=a_source(name=f"Speaker {number}")))

    told = [dict(alert.labels)["alertname"] for alert in lifted(desk)]

    assert sorted(told) == ["AlertStorm", "HarbourNews", "HarbourNews"]


def test_a_replay_has_a_budget_of_its_own() -> None:
    desk = a_desk(budget="{alerts: 1, per: 1h}")
    for number in range(3):
        desk.hears(claim_at(0, number, source=a_source(name=f"Old {number}")), AlertTense.ARCHIVAL)

    (alert,) = desk.hears(claim_at(0, 9)).alerts

    assert alert.alert_tense is AlertTense.CURRENT


def test_a_group_that_fires_for_people_ends_for_people_though_a_replay_joined_it() -> None:
    desk = a_desk(keep_firing_for="2h")
    desk.hears(claim_at(0))
    desk.hears(claim_at(5), AlertTense.ARCHIVAL)

    (end,) = desk.waits_until(NOON + timedelta(hours=5)).alerts

    assert (end.status, end.alert_tense) == (AlertStatus.RESOLVED, AlertTense.CURRENT)


def test_an_archival_alert_ends_and_is_taken_back_archivally() -> None:
    desk = a_desk(keep_firing_for="2h")
    desk.hears(claim_at(0), AlertTense.ARCHIVAL)
    desk.hears(claim_at(0, 9, source=a_source(name="NATO")), AlertTense.ARCHIVAL)

    taken_back = desk.forgets("c9").alerts
    ended = desk.waits_until(NOON + timedelta(hours=5)).alerts

    assert [alert.alert_type for alert in (*taken_back, *ended)] == [AlertType.RETRACTION, AlertType.UPDATE]
    assert {alert.alert_tense for alert in (*taken_back, *ended)} == {AlertTense.ARCHIVAL}


def test_a_rule_that_is_gone_ends_what_fires_and_forgets_what_was_kept_back() -> None:
    desk = a_desk()
    desk.hears(claim_at(0))
    desk.muting = silenced()
    desk.hears(claim_at(0, 9, source=a_source(name="NATO")))

    decided = retire(LATER, desk.groups)

    assert [(alert.status, alert.ends_at) for alert in decided.alerts] == [(AlertStatus.RESOLVED, LATER)]
    assert [state.held_back for state in decided.groups.values()] == [None, None]
    assert retire(LATER, {**desk.groups, **decided.groups}).alerts == ()


def test_matches_with_a_gap_longer_than_for_have_not_been_coming() -> None:
    desk = a_desk(for_="30m")

    gap = [desk.hears(claim_at(minutes)).outcomes[0].outcome for minutes in (0, 31, 60)]
    steady = desk.hears(claim_at(62)).alerts

    assert gap == ["pending", "pending", "pending"]
    assert [alert.starts_at for alert in steady] == [NOON + timedelta(minutes=31)]


def test_a_state_that_an_older_version_stored_is_read() -> None:
    desk = a_desk()
    desk.hears(claim_at(0))
    old = to_json(desk.states[0]).replace('"held_back":null,', "").replace(',"tense":"current"', "")
    assert "tense" not in old
    assert "held_back" not in old

    assert from_json(old) == desk.states[0]


def test_what_an_older_version_held_back_without_saying_until_when_is_told_a_span_later() -> None:
    desk = a_desk(budget="{alerts: 1, per: 1h}")
    desk.hears(claim_at(10, 1))
    desk.hears(claim_at(10, 2, source=a_source(name="NATO")))
    (held,) = [state for state in desk.states if state.held_back is not None]
    until = ',"until":"2024-10-24T13:00:00Z"'
    assert until in to_json(held)

    old = from_json(to_json(held).replace(until, ""))

    assert due_at(desk.rules, held) == NOON + timedelta(minutes=60)
    assert due_at(desk.rules, old) == NOON + timedelta(minutes=70)


def test_nothing_is_due_where_nothing_ends_by_itself() -> None:
    desk = a_desk()
    desk.hears(claim_at(0))
    states: list[GroupState] = desk.states

    assert [due_at(desk.rules, state) for state in states] == [None]
