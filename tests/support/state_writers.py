"""What a process of its own does to a state database, for tests with several writers and with a crash."""

import os
from multiprocessing.synchronize import Barrier, Event

from tests.builders import NOON, a_claim, a_claim_told, a_record, a_source
from tests.support.alert_rules import a_rule_set, rules_text
from workers.alerting.alerts import decide, group_keys
from workers.alerting.groups import from_json, to_json
from workers.domain.alert import AlertTense
from workers.domain.claim import Act, Claim
from workers.domain.outcome import Outgoing
from workers.relations.engine import Policy, keep, relate
from workers.relations.known import routes
from workers.state.opening import open_store
from workers.state.patience import Patience, PatientStore
from workers.state.store import Transaction

STAGE = "raise-alerts"
GROUP = "alert-group"
RULES = a_rule_set(rules_text(group_by="[source.name]", cooldown="0s"))


def said(number: int) -> Claim:
    """Return one of many claims that fall into one alert group."""
    return a_claim(claim_id=f"c{number:03}", article_id=f"a{number}", source=a_source(), act=Act.STATE)


def told(number: int) -> Claim:
    """Return one of many claims about one fire, with a growing figure."""
    return a_claim_told(
        f"the fire had destroyed {12 + number % 3} houses in the old town of Harn",
        article_id=f"a{number}",
        publisher=f"{number}.example",
        source=f"Speaker {number}",
    )


def settle(transaction: Transaction, partition: int, number: int) -> None:
    """Do what stage raise-alerts does with a record: look, decide, write groups and outbox."""
    claim = said(number)
    record = a_record(topic="news.claim.v1", partition=partition, offset=number, value=b"%d" % number)
    if transaction.repeated(STAGE, record) is not None:
        return
    stored = transaction.documents(GROUP, group_keys(RULES, claim))
    decided = decide(
        RULES, claim, NOON, AlertTense.CURRENT, {key: from_json(body) for key, body in stored.items()}
    )
    bodies = {key: to_json(state) for key, state in decided.groups.items()}
    transaction.put_documents(GROUP, bodies, {key: state.claim_ids for key, state in decided.groups.items()})
    alerts = [Outgoing("news.alert.v1", b"%d" % alert.sequence, b"") for alert in decided.alerts]
    transaction.settle(STAGE, record, alerts)


def write(url: str, partition: int, numbers: list[int], start: Barrier) -> None:
    """Settle and relate claims beside another process that does the same with others."""
    store = PatientStore(lambda: open_store(url), Patience())
    start.wait(60)
    for number in numbers:
        store.run(lambda transaction, number=number: settle(transaction, partition, number))  # type: ignore[misc]
        claim = told(number)
        for route in routes(claim):
            store.run(
                lambda transaction, route=route, claim=claim: keep(  # type: ignore[misc]
                    transaction, relate(transaction, Policy(), route, claim, NOON)
                )
            )
    store.close()


def die_in_a_transaction(url: str, written: Event) -> None:
    """Settle two records in one transaction, and die before it is committed."""
    store = open_store(url)
    with store.transaction() as transaction:
        settle(transaction, 0, 0)
        settle(transaction, 0, 1)
        written.set()
        os.kill(os.getpid(), 9)
