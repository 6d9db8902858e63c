"""Stage ``enrich-articles``: raw articles become enriched articles and claims."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from workers.agents.jobs import EnrichedBytes
from workers.agents.pool import JobPool
from workers.agents.tense import carried_headers
from workers.domain.article import Withheld
from workers.domain.outcome import Drop, DropReason, Emit, Outcome, Outgoing, Record, Reject, RejectReason
from workers.relations.known import routes_left
from workers.state.store import Revision, StateStore, Transaction
from workers.topology import Stage, Topic
from workers.wire.messages import route_key, withdrawal_headers

RawArticle = tuple[bytes | None, bytes | None]
Result = EnrichedBytes | Drop | Reject


class EnrichArticles:
    """Computes in language processes; settles against the revisions that the state database remembers.

    ``limits`` are the largest values in bytes by topic; ``on_unknown`` is told how many fields of a batch no
    schema names, ``on_withheld`` of each claim or mention that failed the last look.
    """

    def __init__(
        self,
        stage: Stage,
        pool: "JobPool[RawArticle, Result]",
        store: StateStore,
        store_thread: ThreadPoolExecutor,
        limits: Mapping[str, int],
        on_unknown: Callable[[int], None],
        on_withheld: Callable[[Withheld], None],
    ) -> None:
        self.stage = stage
        self._on_unknown = on_unknown
        self._on_withheld = on_withheld
        self._pool = pool
        self._store = store
        self._thread = store_thread
        self._limits = limits

    async def compute(self, records: Sequence[Record]) -> list[Result]:
        """See ``StageLogic``."""
        return await self._pool.run([(record.key, record.value) for record in records])

    async def settle(self, records: Sequence[Record], computed: Sequence[Result]) -> list[Outcome]:
        """See ``StageLogic``."""
        made = [each for each in computed if isinstance(each, EnrichedBytes)]
        self._on_unknown(sum(each.unknown_fields for each in made))
        for each in made:
            for reason in each.withheld:
                self._on_withheld(reason)
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, self._settle, records, computed)

    def _settle(self, records: Sequence[Record], computed: Sequence[Result]) -> list[Outcome]:
        def work(transaction: Transaction) -> list[Outcome]:
            return [
                settle_article(transaction, record, result, self._limits)
                for record, result in zip(records, computed, strict=True)
            ]

        return self._store.run(work)


def settle_article(
    transaction: Transaction, record: Record, result: Result, limits: Mapping[str, int]
) -> Outcome:
    """Return what to publish: the article, its claims, and tombstones for claims it no longer holds.

    The claims go by subject too: once by each of their routes, and tombstones to every route they left.

    A revision lower than the one before it in the log is dropped as stale: it came late.
    """
    if not isinstance(result, EnrichedBytes):
        return result
    too_large = _too_large(result, limits)
    if too_large is not None:
        return too_large
    earlier = transaction.earlier_revision(result.article_id, record)
    if earlier is not None and earlier.revision > result.revision:
        return Drop(DropReason.STALE_REVISION)
    claim_ids = tuple(claim_id for claim_id, _ in result.claims)
    ways: dict[str, list[str]] = {claim_id: [] for claim_id in claim_ids}
    for claim_id, route, _ in result.by_subject:
        ways[claim_id].append(route)
    transaction.remember_revision(
        Revision(
            result.article_id,
            record.topic,
            record.partition,
            record.offset,
            result.revision,
            claim_ids,
            record.timestamp_ms,
            tuple(tuple(ways[claim_id]) for claim_id in claim_ids),
        )
    )
    if earlier is None:
        return _emitted(record, result, [], [])
    gone = sorted(set(earlier.claim_ids) - set(claim_ids))
    return _emitted(record, result, gone, routes_left(_routes(earlier), ways))


def _routes(revision: Revision) -> dict[str, tuple[str, ...]]:
    """Return the routes of its claims; none for a revision of the time before claims went by subject."""
    return dict(zip(revision.claim_ids, revision.routes, strict=bool(revision.routes)))


def _too_large(result: EnrichedBytes, limits: Mapping[str, int]) -> Reject | None:
    values = [
        (Topic.ARTICLE_ENRICHED, result.value),
        *((Topic.CLAIM, value) for _, value in result.claims),
        *((Topic.CLAIM_BY_SUBJECT, value) for _, _, value in result.by_subject),
    ]
    for topic, value in values:
        if len(value) > limits[topic]:
            detail = f"{len(value)} bytes for {topic}, limit {limits[topic]}"
            return Reject(RejectReason.RESULT_TOO_LARGE, detail)
    return None


def _emitted(
    record: Record, result: EnrichedBytes, gone: Sequence[str], left: Sequence[tuple[str, str]]
) -> Emit:
    """Make the records; ``gone`` are claim ids, ``left`` (claim id, route)."""
    carried = carried_headers(record)
    claims: list[tuple[str, bytes | None]] = [*result.claims, *((claim_id, None) for claim_id in gone)]
    return Emit(
        (
            Outgoing(Topic.ARTICLE_ENRICHED, result.article_id.encode(), result.value, carried),
            *(Outgoing(Topic.CLAIM, claim_id.encode(), value, carried) for claim_id, value in claims),
            *(
                Outgoing(
                    Topic.CLAIM_BY_SUBJECT, route_key(route), None, (*withdrawal_headers(claim_id), *carried)
                )
                for claim_id, route in left
            ),
            *(
                Outgoing(Topic.CLAIM_BY_SUBJECT, route_key(route), value, carried)
                for _, route, value in result.by_subject
            ),
        )
    )
