"""Stage ``raise-alerts``: claims, relations and articles are matched against the rules.

Groups live in the state database: whichever worker a record comes to, the group it falls into is the same.
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from workers.agents.alert_decisions import Circumstances, Message, decide_record
from workers.agents.alert_groups import note_record_time, see
from workers.agents.idle import Activity
from workers.agents.tense import tense_headers, tense_of
from workers.alerting.alerts import Decided
from workers.alerting.groups import Withheld
from workers.alerting.muting import Silence
from workers.alerting.rules import RuleSet, Subject
from workers.domain.alert import Alert, AlertTense
from workers.domain.outcome import (
    LATEST_MS,
    Emit,
    Outcome,
    Outgoing,
    Record,
    Reject,
    RejectReason,
    misdated,
)
from workers.domain.relation import Relation
from workers.state.store import StateStore, Transaction
from workers.telemetry.metrics import Metrics
from workers.topology import Stage, Topic
from workers.wire.messages import decode_claim, decode_enriched, encode_alert
from workers.wire.relations import decode_relation

Decoded = Message | None | Reject
_SUBJECTS = {
    Topic.CLAIM.value: Subject.CLAIM,
    Topic.CLAIM_RELATION.value: Subject.RELATION,
    Topic.ARTICLE_ENRICHED.value: Subject.ENTITY,
}
_WITHHELD = frozenset(reason.value for reason in Withheld)


class Silences(Protocol):
    """What is silenced, as far as this worker knows."""

    async def known(self) -> tuple[Silence, ...]:
        """Return the silences; waits for the first reading of their topic."""


class Rules(Protocol):
    """The rules in force; another set may be in force for the next batch."""

    @property
    def rules(self) -> RuleSet:
        """Return them."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What every decision needs beside its record; ``activity`` is told of each partition that gave one.

    ``now`` is the wall clock. It decides only whether an alert reaches people: what is silenced now, and what
    is so much older than now that it is archival. A decision once settled is never made again.
    """

    rules: Rules
    silences: Silences
    archival_after: timedelta
    now: Callable[[], datetime]
    activity: Activity


class RaiseAlerts:
    """Computes by decoding; decides inside one transaction, in log order."""

    def __init__(
        self, stage: Stage, desk: Desk, store: StateStore, thread: ThreadPoolExecutor, metrics: Metrics
    ) -> None:
        self.stage = stage
        self._desk = desk
        self._store = store
        self._thread = thread
        self._metrics = metrics

    async def compute(self, records: Sequence[Record]) -> list[Decoded]:
        """See ``StageLogic``; ``None`` is a tombstone, or a record of a kind that no rule looks at."""
        rules, loop = self._desk.rules.rules, asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, lambda: [decode(record, rules) for record in records])

    async def settle(self, records: Sequence[Record], computed: Sequence[Decoded]) -> list[Outcome]:
        """See ``StageLogic``."""
        silences = await self._desk.silences.known()
        loop = asyncio.get_running_loop()
        outcomes = await loop.run_in_executor(self._thread, self._settle, records, computed, silences)
        self._desk.activity.note((record.topic, record.partition) for record in records)
        return outcomes

    def _settle(
        self, records: Sequence[Record], computed: Sequence[Decoded], silences: tuple[Silence, ...]
    ) -> list[Outcome]:
        now = self._desk.now()
        around = Circumstances(self._desk.rules.rules, silences, now - self._desk.archival_after, now)

        def work(transaction: Transaction) -> tuple[list[Outcome], list[Decided]]:
            decisions: list[Decided] = []
            outcomes = [
                self._settled(transaction, record, message, around, decisions)
                for record, message in zip(records, computed, strict=True)
            ]
            see(transaction, _event_times(records, computed))
            note_record_time(transaction, _newest(records))
            return outcomes, decisions

        outcomes, decisions = self._store.run(work)
        for decided in decisions:
            count(self._metrics, decided)
        return outcomes

    def _settled(
        self,
        transaction: Transaction,
        record: Record,
        message: Decoded,
        around: Circumstances,
        decisions: list[Decided],
    ) -> Outcome:
        if isinstance(message, Reject):
            return message
        if record.value is None and record.key is None:
            return Reject(RejectReason.SCHEMA, "a tombstone without a key withdraws nothing")
        repeated = transaction.repeated(self.stage.name, record)
        if repeated is not None:
            return Emit(repeated)
        made = decide_record(transaction, around, record, message)
        decisions += made
        outgoing = tuple(outgoing_alert(alert) for decided in made for alert in decided.alerts)
        transaction.settle(self.stage.name, record, outgoing)
        return Emit(outgoing)


def _newest(records: Sequence[Record]) -> int:
    """Return the latest timestamp that can be one; 0 without any."""
    return max((each.timestamp_ms for each in records if each.timestamp_ms <= LATEST_MS), default=0)


def decode(record: Record, rules: RuleSet) -> Decoded:
    """Return what the record's value says; values that no rule looks at are not read."""
    if (refused := misdated(record)) is not None:
        return refused
    subject = _SUBJECTS[record.topic]
    if record.value is None or not rules.looks_at(subject):
        return None
    if subject is Subject.RELATION:
        return decode_relation(record.value)
    return decode_enriched(record.value) if subject is Subject.ENTITY else decode_claim(record.value)


def outgoing_alert(alert: Alert) -> Outgoing:
    """Return the record to publish; its tense stands behind the CloudEvents headers, unless it is current."""
    value, headers = encode_alert(alert)
    return Outgoing(
        Topic.ALERT, alert.alert_key.encode(), value, (*headers, *tense_headers(alert.alert_tense))
    )


def count(metrics: Metrics, decided: Decided) -> None:
    """Count the alerts that are told and those that are not, by rule."""
    for alert in decided.alerts:
        metrics.alerts.labels(alert.rule.id).inc()
    for each in decided.outcomes:
        if each.outcome.value in _WITHHELD:
            metrics.alerts_withheld.labels(each.rule_id, each.outcome.value).inc()


def _event_times(records: Sequence[Record], computed: Sequence[Decoded]) -> dict[str, int]:
    """Return, by partition, the latest event time of the batch; tombstones and rejects have none."""
    found: dict[str, int] = {}
    for record, message in zip(records, computed, strict=True):
        at = _event_time(record, message)
        if at is not None:
            name = f"{record.topic}/{record.partition}"
            found[name] = max(found.get(name, at), at)
    return found


def _event_time(record: Record, message: Decoded) -> int | None:
    if message is None or isinstance(message, Reject):
        return None
    if isinstance(message, Relation):
        dated: datetime | None = message.right.published_at or message.found_at
    else:
        dated = message.published_at
    if dated is None:  # a replay's records are of today, what they tell of is not
        return record.timestamp_ms if tense_of(record) is AlertTense.CURRENT else None
    return min(int(dated.timestamp() * 1000), record.timestamp_ms)
