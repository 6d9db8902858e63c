"""What a worker wrote, its stages write again: the whole line without a broker, on both databases."""

import asyncio
import heapq
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from prometheus_client import CollectorRegistry

from tests.builders import NOON, an_alert, an_enriched_article
from tests.support.alert_desk import KnownSilences
from tests.support.alert_rules import a_desk, claim_at, rules_text
from tests.support.databases import Database, contents
from tests.support.relating import CONTENTS, told
from workers.agents.alert import Desk, RaiseAlerts
from workers.agents.alert_groups import GROUP
from workers.agents.enrich import EnrichArticles
from workers.agents.idle import Activity, Passed
from workers.agents.jobs import EnrichedBytes
from workers.agents.relate import RelateClaims
from workers.agents.rule_book import RuleBook
from workers.agents.stage import StageLogic
from workers.agents.ticks import Ticks
from workers.alerting.groups import from_json, to_json
from workers.cli.rebuilding import RecordClock, Unpublished, catch_up, settle_again
from workers.domain.claim import Claim, Stance
from workers.domain.outcome import Emit, Record
from workers.domain.routed import RoutedClaim
from workers.relations.engine import Policy
from workers.relations.known import routes
from workers.state.sql import SqlStore
from workers.telemetry.metrics import Metrics
from workers.topology import STAGES, Stage, StageName, Topic
from workers.wire.claims_by_subject import encode_routed
from workers.wire.messages import encode_alert, encode_claim, encode_enriched

LIMITS = {topic.value: 2**20 for topic in Topic}
RULES = rules_text(match="'true'", group_by="[publisher]", cooldown="1h")


def an_answer(article_id: str, revision: int, claims: Sequence[Claim]) -> EnrichedBytes:
    """Return what a language process makes of an article that says these."""
    by_subject = [
        (claim.claim_id, route, encode_routed(RoutedClaim(route, claim, None)))
        for claim in claims
        for route in routes(claim)
    ]
    article = an_enriched_article(article_id=article_id, revision=revision, claims=(), entities=())
    spoken = tuple((claim.claim_id, encode_claim(claim)) for claim in claims)
    return EnrichedBytes(
        article_id, revision, encode_enriched(article), spoken, 0, by_subject=tuple(by_subject)
    )


class KnownArticles:
    """A pool whose answers are known: a record's value is the number of its answer."""

    def __init__(self, answers: Sequence[EnrichedBytes]) -> None:
        self._answers = answers

    async def run(self, records: Sequence[tuple[bytes | None, bytes | None]]) -> list[EnrichedBytes]:
        return [self._answers[int(value or b"")] for _, value in records]


class Line:
    """Every stage over one database, and the topics between them with one partition each."""

    def __init__(self, store: SqlStore, rules: Path, answers: Sequence[EnrichedBytes]) -> None:
        metrics = Metrics(CollectorRegistry(), STAGES)
        self.thread = ThreadPoolExecutor(1)
        self.clock = RecordClock()
        book = RuleBook(rules, metrics)
        desk = Desk(book, KnownSilences(), timedelta(days=7), self.clock, Activity(lambda: 0.0))
        pool = cast(Any, KnownArticles(answers))
        enrich, relate, alert = STAGES
        made = (store, self.thread)
        self.stages: dict[Stage, StageLogic[Any]] = {
            enrich: EnrichArticles(enrich, pool, *made, LIMITS, lambda _: None, lambda _: None),
            relate: RelateClaims(relate, Policy(), *made, metrics),
            alert: RaiseAlerts(alert, desk, *made, metrics),
        }
        self.ticks = Ticks(desk, book, *made, Unpublished(), metrics, timedelta(minutes=5))
        self.book = book
        self.topics: dict[str, list[Record]] = defaultdict(list)

    def put(self, topic: str, at_ms: int, key: bytes | None, value: bytes | None, headers: Any = ()) -> None:
        held = self.topics[topic]
        held.append(Record(topic, 0, len(held), at_ms, key, value, headers))

    def by_time(self, stage: Stage, since: dict[tuple[Stage, str], int] | None = None) -> Iterator[Record]:
        """Yield what the stage's topics hold, from where it stands on, by time."""
        heads = [self.topics[topic][(since or {}).get((stage, topic), 0) :] for topic in stage.sources]
        return heapq.merge(*heads, key=lambda record: record.timestamp_ms)


async def live(line: Line, rng: random.Random, count: int) -> None:
    """Let ``count`` articles come in one by one, each taken by every stage in batches of any size."""
    await line.ticks.adopt(line.book.rules)
    stands: dict[tuple[Stage, str], int] = {}
    for number in range(count):
        at_ms = int((NOON + timedelta(minutes=20 * number)).timestamp() * 1000)
        line.put(Topic.ARTICLE_RAW, at_ms, b"key", b"%d" % number)
        for stage, logic in line.stages.items():
            pending = list(line.by_time(stage, stands))
            stands |= {(stage, topic): len(line.topics[topic]) for topic in stage.sources}
            while pending:
                batch = [pending.pop(0) for _ in range(min(len(pending), rng.randint(1, 5)))]
                line.clock.reach(batch)
                outcomes = await logic.settle(batch, await logic.compute(batch))
                for record, outcome in zip(batch, outcomes, strict=True):
                    for out in outcome.records if isinstance(outcome, Emit) else ():
                        line.put(out.topic, record.timestamp_ms, out.key, out.value, out.headers)
        while await line.ticks.once(Passed()):
            pass


async def again(line: Line, topics: dict[str, list[Record]]) -> dict[StageName, int]:
    """Do what ``claimwire state rebuild`` does with these topics."""
    line.topics = topics
    counts = {}
    for stage, logic in line.stages.items():
        line.clock.now = datetime.fromtimestamp(0, UTC)
        if stage.name is StageName.ALERT:
            await line.ticks.adopt(line.book.rules)
        counts[stage.name] = await settle_again(logic, line.by_time(stage), 16, line.clock, lambda _: None)
    while await line.ticks.once(Passed()):
        pass
    return counts


@pytest.mark.parametrize("seed", range(2))
def test_the_stages_write_again_what_they_wrote(database: Database, tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    rules = tmp_path / "rules.yaml"
    rules.write_text(RULES)
    said = [told(n % len(CONTENTS), n, rng.choice(list(Stance)), n % 3) for n in range(10)]
    answers = [an_answer(f"a{number}", 1, [claim]) for number, claim in enumerate(said)]
    answers += [an_answer("a0", 2, [said[5]]), an_answer("a1", 1, [said[1]]), an_answer("a3", 2, [])]
    wrote = Line(database.open(), rules, answers)
    asyncio.run(live(wrote, rng, len(answers)))
    with database.opened[0].transaction() as transaction:
        original = contents(transaction)
    assert {"raise-alerts", "relate-claims"} == {row[0] for row in original["outbox"]}
    assert {"alert-group", "relation", "relation-claim"} <= {row[0] for row in original["document"]}
    assert len(original["revision"]) == len(answers)

    store = database.anew().open()
    rebuilt = Line(store, rules, answers)
    counts = asyncio.run(again(rebuilt, dict(wrote.topics)))

    assert counts[StageName.ENRICH] == len(answers)
    with store.transaction() as transaction:
        found = contents(transaction)
    for table, rows in original.items():
        assert found[table] == rows, table
    for line in (wrote, rebuilt):
        line.thread.shutdown()


def test_no_group_counts_fewer_alerts_than_were_published(database: Database) -> None:
    store, desk = database.open(), a_desk()
    desk.hears(claim_at(0))
    ((key, group),) = [(key, state) for key, state in desk.groups.items() if state.spent is None]
    store.run(lambda transaction: transaction.put_documents(GROUP, {key: to_json(group)}, {key: ["c0"]}))
    alerts = [an_alert(alert_key=key, sequence=number) for number in (4, 2)]

    catch_up(store, [encode_alert(alert)[0] for alert in [*alerts, an_alert(alert_key="gone")]])

    with store.transaction() as transaction:
        (body,) = transaction.linked(GROUP, "c0").values()
        assert transaction.documents(GROUP, ["gone"]) == {}
    assert from_json(body) == replace(group, sequence=5)

    catch_up(store, [encode_alert(alerts[1])[0]])
    with store.transaction() as transaction:
        assert transaction.linked(GROUP, "c0") == {key: body}
