"""The laws of relations and alerts hold on both databases, as they do in memory."""

import random

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.builders import NOON, a_claim, a_source
from tests.support.alert_rules import a_rule_set, rules_text
from tests.support.databases import Database, contents, emptied
from tests.support.relating import STREAMS, Worker, stories, told_of, worked
from workers.alerting.alerts import decide, group_keys
from workers.alerting.groups import from_json, to_json
from workers.domain.alert import Alert, AlertTense
from workers.domain.claim import Act, Claim
from workers.domain.relation import Relation
from workers.relations.known import routes
from workers.state.sql import SqlStore, SqlTransaction

LAW = settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    phases=set(Phase) - {Phase.shrink, Phase.explain},
)
RULES = a_rule_set(rules_text(group_by="[source.name]", cooldown="0s"))
SAID = st.lists(
    st.builds(
        lambda number, name: a_claim(claim_id=f"c{number}", source=a_source(name=name), act=Act.STATE),
        st.integers(0, 12),
        st.sampled_from(["Ada Holt", "NATO"]),
    ),
    min_size=1,
    max_size=12,
    unique_by=lambda claim: claim.claim_id,
)


def related(store: SqlStore, claims: list[Claim]) -> Worker:
    """Relate claims in one fresh database, one transaction a route, as the stage does."""
    emptied(store)
    worker = Worker()
    for claim in claims:
        for route in routes(claim):
            with store.transaction() as transaction:
                worker.reader = transaction
                worker.take(route, claim)
    return worker


def alerted(transaction: SqlTransaction, claims: list[Claim]) -> list[Alert]:
    alerts: list[Alert] = []
    for claim in claims:
        stored = transaction.documents("alert-group", group_keys(RULES, claim))
        known = {key: from_json(body) for key, body in stored.items()}
        decided = decide(RULES, claim, NOON, AlertTense.CURRENT, known)
        bodies = {key: to_json(state) for key, state in decided.groups.items()}
        links = {key: state.claim_ids for key, state in decided.groups.items()}
        transaction.put_documents("alert-group", bodies, links)
        alerts += decided.alerts
    return alerts


@LAW
@given(claims=STREAMS, rng=st.randoms(use_true_random=False))
def test_order_within_the_lateness_does_not_matter(
    database: Database, claims: list[Claim], rng: random.Random
) -> None:
    store = database.open()
    shuffled = rng.sample(claims, len(claims))

    first, second = related(store, claims), related(store, shuffled)

    assert told_of(first.held) == told_of(second.held) == told_of(worked(claims).held)
    assert stories(first) == stories(second)
    store.close()


@LAW
@given(claims=STREAMS, data=st.data())
def test_a_claim_twice_gives_what_once_does(
    database: Database, claims: list[Claim], data: st.DataObject
) -> None:
    store = database.open()
    again = data.draw(st.lists(st.sampled_from(claims), max_size=4))

    once = related(store, claims).held
    with store.transaction() as transaction:
        after_once = contents(transaction)
    twice = related(store, [*claims, *again]).held

    assert twice == once
    with store.transaction() as transaction:
        assert contents(transaction) == after_once
    store.close()


@LAW
@given(claims=STREAMS, count=st.integers(2, 4))
def test_splitting_the_stream_over_workers_that_share_it_finds_the_same_relations(
    database: Database, claims: list[Claim], count: int
) -> None:
    """Each has the routes of its partitions and a connection of its own; all share the database."""
    stores = [database.open() for _ in range(count)]
    emptied(stores[0])
    together: dict[str, Relation] = {}
    workers = [Worker() for _ in range(count)]
    for claim in claims:
        for route in routes(claim):
            number = sum(route.encode()) % count
            with stores[number].transaction() as transaction:
                workers[number].reader = transaction
                workers[number].take(route, claim)
    for worker in workers:
        assert not together.keys() & worker.held.keys()
        together |= worker.held

    assert told_of(together) == told_of(worked(claims).held)
    for store in stores:
        store.close()


@LAW
@given(claims=SAID)
def test_groups_kept_in_a_database_decide_as_groups_in_memory(
    database: Database, claims: list[Claim]
) -> None:
    store = database.open()
    emptied(store)
    groups: dict[str, object] = {}
    expected: list[Alert] = []
    for claim in claims:
        known = {key: groups[key] for key in group_keys(RULES, claim) if key in groups}
        decided = decide(RULES, claim, NOON, AlertTense.CURRENT, known)  # type: ignore[arg-type]
        groups.update(decided.groups)
        expected += decided.alerts

    with store.transaction() as transaction:
        assert alerted(transaction, claims) == expected
        assert alerted(transaction, claims) == []
        stored = transaction.documents("alert-group", groups)
    assert {key: from_json(body) for key, body in stored.items()} == groups
    store.close()
