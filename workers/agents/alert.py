"""Stage ``raise-alerts``: claims are matched against the rules; groups live in the state database."""

import asyncio
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from workers.agents.tense import carried_headers, tense_of
from workers.alerting.alerts import Decided, decide, group_keys, retract
from workers.alerting.groups import GroupState, from_json, to_json
from workers.alerting.rules import RuleSet
from workers.domain.alert import Alert
from workers.domain.claim import Claim
from workers.domain.outcome import Emit, Headers, Outcome, Outgoing, Record, Reject, RejectReason
from workers.state.store import StateStore, Transaction
from workers.telemetry.metrics import Metrics
from workers.topology import Stage, Topic
from workers.wire.messages import decode_claim, encode_alert

GROUP = "alert-group"
Decoded = Claim | None | Reject
_LATEST_MS = 32_503_680_000_000  # a producer that counts in micro- or nanoseconds is told so


class RaiseAlerts:
    """Computes by decoding; decides inside one transaction, in log order."""

    def __init__(
        self,
        stage: Stage,
        rules: RuleSet,
        store: StateStore,
        store_thread: ThreadPoolExecutor,
        metrics: Metrics,
    ) -> None:
        self.stage = stage
        self._rules = rules
        self._store = store
        self._thread = store_thread
        self._metrics = metrics
        for rule in rules.rules:
            metrics.alerts.labels(rule.id)

    async def compute(self, records: Sequence[Record]) -> list[Decoded]:
        """See ``StageLogic``; ``None`` is a tombstone."""
        return [_decoded(record) for record in records]

    async def settle(self, records: Sequence[Record], computed: Sequence[Decoded]) -> list[Outcome]:
        """See ``StageLogic``."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, self._settle, records, computed)

    def _settle(self, records: Sequence[Record], computed: Sequence[Decoded]) -> list[Outcome]:
        with self._store.transaction() as transaction:
            return [
                self._settled(transaction, record, claim)
                for record, claim in zip(records, computed, strict=True)
            ]

    def _settled(self, transaction: Transaction, record: Record, claim: Decoded) -> Outcome:
        if isinstance(claim, Reject):
            return claim
        if claim is None and record.key is None:
            return Reject(RejectReason.SCHEMA, "a tombstone without a key withdraws nothing")
        repeated = transaction.repeated(self.stage.name, record)
        if repeated is not None:
            return Emit(repeated)
        decided = decide_claim(transaction, self._rules, record, claim)
        carried = carried_headers(record)
        outgoing = tuple(outgoing_alert(alert, carried) for alert in decided.alerts)
        transaction.settle(self.stage.name, record, outgoing)
        for alert in decided.alerts:
            self._metrics.alerts.labels(alert.rule.id).inc()
        return Emit(outgoing)


def _decoded(record: Record) -> Decoded:
    if record.timestamp_ms > _LATEST_MS:
        detail = f"the record's timestamp, {record.timestamp_ms} ms, is after the year 3000"
        return Reject(RejectReason.BAD_DATE, detail)
    return None if record.value is None else decode_claim(record.value)


def decide_claim(transaction: Transaction, rules: RuleSet, record: Record, claim: Claim | None) -> Decided:
    """Decide on a claim, or on its withdrawal (``None``: the record's key names it), and store the groups."""
    moment = datetime.fromtimestamp(record.timestamp_ms / 1000, UTC)
    if claim is None:
        claim_id = (record.key or b"").decode("utf-8", "replace")
        groups = _states(transaction.linked(GROUP, claim_id))
        decided = retract(claim_id, moment, tense_of(record), groups)
    else:
        groups = _states(transaction.documents(GROUP, group_keys(rules, claim)))
        decided = decide(rules, claim, moment, tense_of(record), groups)
    transaction.put_documents(
        GROUP,
        {key: to_json(state) for key, state in decided.groups.items()},
        {key: state.claim_ids for key, state in decided.groups.items()},
    )
    return decided


def outgoing_alert(alert: Alert, carried: Headers) -> Outgoing:
    """Return the record to publish; ``carried`` headers go behind the CloudEvents ones."""
    value, headers = encode_alert(alert)
    return Outgoing(Topic.ALERT, alert.alert_key.encode(), value, (*headers, *carried))


def _states(documents: Mapping[str, str]) -> dict[str, GroupState]:
    return {key: from_json(body) for key, body in documents.items()}
