"""Laws of the alert decisions, whatever claims come in whatever order."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import NOON, a_claim, a_source
from tests.support.alert_rules import a_rule_set, rules_text
from workers.alerting.alerts import decide, group_keys, retract, tick
from workers.alerting.engine import Verdict, explain, matches
from workers.alerting.expressions import split_clauses
from workers.alerting.groups import GroupState, Phase, from_json, to_json
from workers.alerting.loading import BadRules, load_rules
from workers.alerting.plain import to_mapping
from workers.alerting.rules import Subject
from workers.alerting.ticks import due_at
from workers.domain.alert import Alert, AlertStatus, AlertTense, AlertType
from workers.domain.claim import Act, Claim, Stance

LAW = settings(deadline=None, max_examples=40)  # a slow machine is no broken law


def rule_text(**changes: str | None) -> str:
    return rules_text(**changes).partition("rules:\n")[2]


DENIES = '\'claim.act == "deny" || claim.stance == "refutes"\''
RULES = a_rule_set(
    rules_text(group_by="[source.name]", cooldown="30m")
    + rule_text(id="denials", match=DENIES, group_by="[publisher]", for_="10m")
    + rule_text(id="ending", match=DENIES, group_by="[act]", keep_firing_for="20m", cooldown="0s")
    + rule_text(id="several", match="'true'", window="[{count: claims, at_least: 3, within: 1h}]")
    + rule_text(id="new", match="'true'", group_by="[source.name]", window="[{first: 40m}]")
    + rule_text(id="still", match="'true'", group_by="[source.name]", window="[{quiet: 15m, after: 2}]")
    + rule_text(id="tight", match="'true'", group_by="[act, stance]", budget="{alerts: 2, per: 1h}")
)

CLAIMS = st.builds(
    lambda number, minutes, name, act, stance: a_claim(
        claim_id=f"c{number}",
        published_at=NOON + timedelta(minutes=minutes),
        source=a_source(name=name),
        act=act,
        stance=stance,
    ),
    st.integers(0, 12),
    st.integers(0, 120),
    st.sampled_from(["Ada Holt", "NATO"]),
    st.sampled_from([Act.STATE, Act.DENY, Act.ASK]),
    st.sampled_from(list(Stance)),
)


def run(claims: list[Claim], groups: dict[str, GroupState]) -> list[Alert]:
    alerts: list[Alert] = []
    for claim in claims:
        known = {key: groups[key] for key in group_keys(RULES, claim) if key in groups}
        decided = decide(RULES, claim, NOON, AlertTense.CURRENT, known)
        groups.update(decided.groups)
        alerts += decided.alerts
    return alerts


def wait(minutes: int, groups: dict[str, GroupState]) -> list[Alert]:
    decided = tick(RULES, NOON + timedelta(minutes=minutes), groups)
    groups.update(decided.groups)
    return list(decided.alerts)


@LAW
@given(st.lists(CLAIMS, max_size=20))
def test_the_same_claims_make_the_same_alerts_and_states(claims: list[Claim]) -> None:
    one: dict[str, GroupState] = {}
    two: dict[str, GroupState] = {}

    assert run(claims, one) == run(claims, two)
    assert one == two


@LAW
@given(st.lists(CLAIMS, max_size=20), CLAIMS)
def test_a_claim_twice_in_a_row_is_as_good_as_once(claims: list[Claim], claim: Claim) -> None:
    groups: dict[str, GroupState] = {}
    run([*claims, claim], groups)
    before = dict(groups)

    assert run([claim], groups) == []
    assert groups == before


@LAW
@given(st.lists(CLAIMS, max_size=20), st.integers(0, 200))
def test_sequences_count_up_by_one_and_an_alert_starts_with_an_initial(
    claims: list[Claim], minutes: int
) -> None:
    by_key: dict[str, list[Alert]] = {}
    groups: dict[str, GroupState] = {}
    for alert in [*run(claims[:10], groups), *wait(minutes, groups), *run(claims[10:], groups)]:
        by_key.setdefault(alert.alert_key, []).append(alert)

    for alerts in by_key.values():
        assert [alert.sequence for alert in alerts] == list(range(len(alerts)))
        assert alerts[0].alert_type is AlertType.INITIAL
        assert all(alert.evidence for alert in alerts)


@LAW
@given(st.lists(CLAIMS, max_size=20))
def test_when_every_claim_is_withdrawn_nothing_fires_any_more(claims: list[Claim]) -> None:
    groups: dict[str, GroupState] = {}
    published = run(claims, groups)
    for claim in claims:
        decided = retract(claim.claim_id, NOON + timedelta(days=1), groups)
        groups.update(decided.groups)
        published += decided.alerts

    published += wait(10_000, groups)

    last = {alert.alert_key: alert.status for alert in published}
    assert set(last.values()) <= {AlertStatus.RESOLVED}


@LAW
@given(st.lists(CLAIMS, max_size=20), st.integers(0, 200))
def test_a_second_look_at_the_time_finds_nothing_new(claims: list[Claim], minutes: int) -> None:
    groups: dict[str, GroupState] = {}
    run(claims, groups)
    wait(minutes, groups)

    assert wait(minutes, groups) == []


@LAW
@given(st.lists(CLAIMS, max_size=20), st.integers(0, 200))
def test_a_tick_changes_what_is_due_and_beside_it_at_most_the_budgets_that_this_asks(
    claims: list[Claim], minutes: int
) -> None:
    groups: dict[str, GroupState] = {}
    run(claims, groups)
    now = NOON + timedelta(minutes=minutes)

    changed = tick(RULES, now, groups).groups.keys()

    dues = {key: due_at(RULES, state) for key, state in groups.items()}
    assert {key for key, due in dues.items() if due is not None and due < now} <= changed
    budgets = {key for key, state in groups.items() if state.spent is not None}
    assert changed - budgets <= {key for key, due in dues.items() if due is not None and due <= now}


@LAW
@given(st.lists(CLAIMS, max_size=20))
def test_how_often_it_ticks_changes_nothing_but_what_fell_quiet_or_waited(claims: list[Claim]) -> None:
    ordered = in_order(claims)
    seldom: dict[str, GroupState] = {}
    often: dict[str, GroupState] = {}

    once = run(ordered, seldom) + wait(10_000, seldom)
    many: list[Alert] = []
    for claim in ordered:
        at = claim.published_at or NOON
        many += wait(int((at - NOON).total_seconds()) // 60, often) + run([claim], often)
    many += wait(10_000, often)

    by_time = {"still", "tight"}
    assert sorted(told(alert) for alert in once if alert.rule.id not in by_time) == sorted(
        told(alert) for alert in many if alert.rule.id not in by_time
    )


@LAW
@given(st.lists(CLAIMS, max_size=30))
def test_what_was_over_budget_is_told_in_the_end_and_never_more_than_the_budget_in_an_hour(
    claims: list[Claim],
) -> None:
    groups: dict[str, GroupState] = {}
    run(in_order(claims), groups)
    waited = [wait(60 * hour, groups) for hour in range(3, 12)]

    tight = [state for state in groups.values() if state.rule.id == "tight" and state.spent is None]
    assert all(state.phase is Phase.FIRING and state.held_back is None for state in tight)
    for alerts in waited:
        told_now = [
            alert
            for alert in alerts
            if alert.rule.id == "tight" and ("alertname", "HarbourNews") in alert.labels
        ]
        assert len(told_now) <= 2


def in_order(claims: list[Claim]) -> list[Claim]:
    return sorted(claims, key=lambda claim: (claim.published_at or NOON, claim.claim_id))


def told(alert: Alert) -> tuple[str, int, str, str]:
    return (alert.alert_key, alert.sequence, alert.alert_type, f"{alert.starts_at} {alert.ends_at}")


@LAW
@given(st.lists(CLAIMS, max_size=20))
def test_every_alert_is_resolved_before_its_group_begins_another(claims: list[Claim]) -> None:
    firing: set[str] = set()
    for alert in run(claims, {}):
        assert (alert.alert_type is AlertType.INITIAL) is (alert.alert_key not in firing)
        if alert.status is AlertStatus.RESOLVED:
            firing.discard(alert.alert_key)
        else:
            firing.add(alert.alert_key)


@LAW
@given(st.lists(CLAIMS, max_size=20))
def test_a_state_comes_back_from_json_unchanged(claims: list[Claim]) -> None:
    groups: dict[str, GroupState] = {}
    run(claims, groups)

    assert {key: from_json(to_json(state)) for key, state in groups.items()} == groups


@LAW
@given(CLAIMS)
def test_the_index_leaves_out_no_rule_that_matches(claim: Claim) -> None:
    message = to_mapping(claim)

    matched = [each for each in explain(RULES, Subject.CLAIM, message) if each.verdict is Verdict.MATCHED]

    assert tuple(matched) == matches(RULES, Subject.CLAIM, message)


@LAW
@given(st.text())
def test_any_text_is_a_rule_set_or_problems_with_their_line(text: str) -> None:
    loaded = load_rules("rules.yaml", lambda _: text)

    if isinstance(loaded, BadRules):
        assert all(problem.line >= 1 and problem.message for problem in loaded.problems)


@LAW
@given(st.text(alphabet="ab&|()\"' ?.=", max_size=40))
def test_cutting_an_expression_loses_nothing_but_the_ands(expression: str) -> None:
    pieces = split_clauses(expression)

    assert "".join("".join(pieces).split()).replace("&", "") == "".join(expression.split()).replace("&", "")
