"""Stage ``relate-claims``: claims are held against each other; the state database knows those that came."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from workers.agents.tense import carried_headers
from workers.domain.claim import Claim
from workers.domain.outcome import (
    Drop,
    DropReason,
    Emit,
    Headers,
    Outcome,
    Outgoing,
    Record,
    Reject,
    misdated,
)
from workers.domain.routed import RoutedClaim, WithdrawnClaim
from workers.relations.engine import Decided, Policy, keep, relate, withdraw
from workers.relations.opinion import PairModel
from workers.relations.overlay import Overlay
from workers.relations.records import Reader
from workers.relations.window import WindowReason
from workers.state.store import StateStore, Transaction
from workers.telemetry.metrics import Metrics
from workers.topology import Stage, Topic
from workers.wire.messages import decode_routed, encode_merge, encode_relation

Decoded = RoutedClaim | WithdrawnClaim | Reject
Settled = tuple[Outcome, Decided | None]
_CLOCKS_DIFFER = timedelta(days=1)
_REFUSED = {
    WindowReason.LATE: DropReason.TOO_LATE,
    WindowReason.DUPLICATE: DropReason.DUPLICATE,
    WindowReason.EVICTED_BY_COUNT: DropReason.WINDOW_FULL,
}


class RelateClaims:
    """Computes by decoding; decides inside one transaction, in log order. ``model`` may be asked of pairs."""

    def __init__(
        self,
        stage: Stage,
        policy: Policy,
        store: StateStore,
        thread: ThreadPoolExecutor,
        metrics: Metrics,
        model: PairModel | None = None,
    ) -> None:
        self.stage = stage
        self._policy = policy
        self._store = store
        self._thread = thread
        self._metrics = metrics
        self._model = model

    async def compute(self, records: Sequence[Record]) -> list[Decoded]:
        """See ``StageLogic``; off the event loop."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, lambda: [decode(record) for record in records])

    async def settle(self, records: Sequence[Record], computed: Sequence[Decoded]) -> list[Outcome]:
        """See ``StageLogic``."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, self._settle, records, computed)

    def _settle(self, records: Sequence[Record], computed: Sequence[Decoded]) -> list[Outcome]:
        def work(transaction: Transaction) -> list[Settled]:
            documents = Overlay(transaction)
            settled = [
                self._settled(transaction, documents, record, message)
                for record, message in zip(records, computed, strict=True)
            ]
            documents.flush()
            return settled

        settled = self._store.run(work)
        for _, decided in settled:
            if decided is not None:
                count(self._metrics, decided)
        return [outcome for outcome, _ in settled]

    def _settled(
        self, transaction: Transaction, documents: Overlay, record: Record, message: Decoded
    ) -> Settled:
        """Settle a record that was dropped, too: later records must not change what becomes of it."""
        if isinstance(message, Reject):
            return message, None
        repeated = transaction.repeated(self.stage.name, record)
        if repeated is not None:
            return Emit(repeated), None
        decided = decide(documents, self._policy, record, message, self._model)
        keep(documents, decided)
        outgoing = outgoing_of(decided, carried_headers(record))
        transaction.settle(self.stage.name, record, outgoing)
        outcome = Emit(outgoing) if decided.refused is None else Drop(_REFUSED[decided.refused])
        return outcome, decided


def decode(record: Record) -> Decoded:
    """Return what the record says of a claim."""
    return misdated(record) or decode_routed(record)


def decide(
    reader: Reader,
    policy: Policy,
    record: Record,
    message: RoutedClaim | WithdrawnClaim,
    model: PairModel | None = None,
) -> Decided:
    """Decide on a claim or its withdrawal; nothing is stored yet."""
    if isinstance(message, WithdrawnClaim):
        return withdraw(reader, message.route, message.claim_id)
    moment = datetime.fromtimestamp(record.timestamp_ms / 1000, UTC)
    claim = _believed(message.claim, moment)
    return relate(reader, policy, message.route, claim, moment, message.article_signature, model)


def _believed(claim: Claim, moment: datetime) -> Claim:
    """Return the claim without a date that lies ahead of its record: one such would make all others late."""
    dated = claim.published_at
    return claim if dated is None or dated <= moment + _CLOCKS_DIFFER else replace(claim, published_at=None)


def outgoing_of(decided: Decided, carried: Headers) -> tuple[Outgoing, ...]:
    """Return the records to publish: what is taken back, what is found, which stories are one."""
    return (
        *(Outgoing(Topic.CLAIM_RELATION, key.encode(), None, carried) for key in decided.retracted),
        *(
            Outgoing(Topic.CLAIM_RELATION, found.relation_id.encode(), encode_relation(found), carried)
            for found in decided.relations
        ),
        *(
            Outgoing(Topic.STORY_MERGE, merge.story_id.encode(), encode_merge(merge), carried)
            for merge in decided.merges
        ),
    )


def count(metrics: Metrics, decided: Decided) -> None:
    """Count what was found, taken back and let go; what was refused the loop counts as dropped."""
    for relation in decided.relations:
        metrics.relations.labels(relation.kind).inc()
    metrics.relations_retracted.inc(len(decided.retracted))
    metrics.story_merges.inc(len(decided.merges))
    for evicted in decided.evicted:
        metrics.claims_evicted.labels(evicted.reason).inc(evicted.count)
