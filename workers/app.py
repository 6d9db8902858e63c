"""The composition root: settings become a running worker. The only module that knows all the others."""

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import faust
from prometheus_client import CollectorRegistry

from workers.agents.alert import Desk, RaiseAlerts
from workers.agents.alert_tasks import add_alert_tasks
from workers.agents.budget import BudgetLimits
from workers.agents.enrich import EnrichArticles, RawArticle, Result
from workers.agents.idle import Activity, FaustPartitions, Idle
from workers.agents.jobs import JobSettings, enrich_job, start_process
from workers.agents.keeping import StateWatch, retention
from workers.agents.loop import LoopLimits, StageLoop
from workers.agents.pages import add_metrics_page, add_pages
from workers.agents.pair_reading import load_pair_model
from workers.agents.partitions import check_partitions
from workers.agents.pool import JobPool
from workers.agents.preflight import Needs, wait_for_broker
from workers.agents.process import Work
from workers.agents.publish import Publisher
from workers.agents.relate import RelateClaims
from workers.agents.rule_book import RuleBook
from workers.agents.sensor import RebalanceSensor, StreamMonitor
from workers.agents.shadow import Shadow
from workers.agents.silences import SilenceReader
from workers.agents.stage import StageLogic
from workers.agents.stopping import LimitedWorker
from workers.agents.ticks import Ticks
from workers.agents.transport import IdempotentTransport
from workers.faust_options import faust_options
from workers.relations.engine import Policy
from workers.relations.window import WindowPolicy
from workers.resources import resource
from workers.settings import Settings
from workers.state.opening import open_store
from workers.state.patience import Housekeeping, Patience, PatientStore
from workers.state.store import StateStore
from workers.telemetry.logs import logging_config
from workers.telemetry.metrics import Metrics
from workers.topology import STAGES, Stage, StageName
from workers.wire.topics import message_limits

log = logging.getLogger(__name__)
_TRANSACTIONS_IN_FLIGHT = 2  # one is decoded while the other is decided


@dataclass(frozen=True, slots=True)
class Parts:
    """What a worker is made of; ``stop`` lets go of it in the right order."""

    settings: Settings
    stages: tuple[Stage, ...]
    metrics: Metrics
    registry: CollectorRegistry
    store: StateStore
    store_thread: ThreadPoolExecutor
    book: RuleBook
    silences: SilenceReader
    desk: Desk
    pool: "JobPool[RawArticle, Result] | None"
    state_watch: StateWatch

    @property
    def shadow(self) -> Shadow:
        """Where this worker's stream is lived: in the real topics or beside them."""
        return Shadow(self.settings.shadow)

    async def start(self) -> None:
        """Wait for the broker and the language processes, side by side."""
        settings = self.settings
        limit = settings.start_timeout.total_seconds()
        needs = Needs(settings.broker_addresses, settings, settings.app_id, self.stages, self.shadow)
        waiting = asyncio.create_task(wait_for_broker(needs, limit, time.monotonic))
        if self.pool is not None:
            await asyncio.gather(waiting, asyncio.to_thread(self.pool.start))
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self.store_thread, check_partitions, self.store, await waiting)

    def stop(self) -> None:
        """End the processes, the thread and the database."""
        if self.pool is not None:
            self.pool.stop()
        self.store_thread.shutdown(wait=True)
        self.store.close()


def build_parts(settings: Settings) -> Parts:
    """Open the state database and make, but do not yet start, the processes."""
    stages = tuple(stage for stage in STAGES if stage.name in settings.stages)
    registry = CollectorRegistry(auto_describe=True)
    metrics = Metrics(registry, stages)
    book = RuleBook(settings.rules or resource("rules", "default.yaml"), metrics)
    silences = SilenceReader(settings.broker_addresses, settings, metrics)
    desk = Desk(book, silences, settings.archival_after, lambda: datetime.now(UTC), Activity(time.monotonic))
    state_watch = StateWatch(metrics)
    store = _patient_store(settings, state_watch)
    pool = None
    if StageName.ENRICH in settings.stages:
        job_settings = JobSettings(
            settings.model,
            settings.body_limit_bytes,
            settings.min_score,
            settings.publisher_claims,
            settings.remembered_windows,
        )
        pool = JobPool(
            Work(enrich_job, start_process, (job_settings,)),
            settings.process_count,
            settings.start_timeout.total_seconds(),
            settings.document_timeout.total_seconds(),
            metrics.pool_restarts.inc,
        )
    thread = ThreadPoolExecutor(1, "claimwire-state")
    return Parts(settings, stages, metrics, registry, store, thread, book, silences, desk, pool, state_watch)


def _patient_store(settings: Settings, watch: StateWatch) -> PatientStore:
    window = settings.relate_window + settings.relate_lateness
    return PatientStore(
        lambda: open_store(settings.state_url),
        Patience(settings.state_timeout),
        Housekeeping(retention(settings.state_retention, window, settings.state_outbox_records)),
        watch,
    )


def create_app(parts: Parts) -> faust.App:
    """Return the Faust app with one agent a stage; nothing is connected before it starts."""
    settings = parts.settings
    app = faust.App(settings.app_id, **faust_options(settings))
    app.transport = IdempotentTransport(app.conf.broker_consumer, app)
    app.monitor = StreamMonitor(parts.registry)
    add_metrics_page(app, parts.registry)
    sensor = RebalanceSensor(parts.metrics, time.monotonic)
    app.sensors.add(sensor)
    publisher = Publisher(lambda: app.producer, parts.shadow.name)
    loops = {stage.name: _loop(parts, stage, publisher) for stage in parts.stages}
    for stage in parts.stages:
        _add_agent(app, stage, loops[stage.name], parts.shadow)
    _tell_of_revoked_partitions(app, list(loops.values()))
    ages = {str(name): loop.oldest_in_flight for name, loop in loops.items()}
    for name, age in ages.items():
        parts.metrics.oldest_in_flight.labels(name).set_function(age)
    add_pages(app, sensor, ages, lambda: parts.state_watch.is_waiting, lambda: parts.book.notes)
    if StageName.ALERT in loops:
        _add_alert_tasks(app, parts, sensor, publisher, loops[StageName.ALERT])
    return app


def run_worker(settings: Settings) -> int:
    """Run until a signal; return the exit code."""
    parts = build_parts(settings)
    try:
        asyncio.run(parts.start())
        app = create_app(parts)
        options = {"loglevel": settings.log_level, "logging_config": logging_config(settings.log_level)}
        worker = LimitedWorker(app, stop_limit=settings.stop_timeout, **options)
        try:
            worker.execute_from_commandline()
        except SystemExit as stopped:  # how Faust's worker returns
            return int(stopped.code or 0)
    finally:
        parts.stop()


def _enrich_articles(parts: Parts, stage: Stage) -> StageLogic[Any]:
    assert parts.pool is not None
    metrics = parts.metrics
    return EnrichArticles(
        stage,
        parts.pool,
        parts.store,
        parts.store_thread,
        message_limits(),
        metrics.unknown_fields.inc,
        lambda reason: metrics.withheld.labels(reason).inc(),
    )


def _raise_alerts(parts: Parts, stage: Stage) -> StageLogic[Any]:
    return RaiseAlerts(stage, parts.desk, parts.store, parts.store_thread, parts.metrics)


def _relate_claims(parts: Parts, stage: Stage) -> StageLogic[Any]:
    settings = parts.settings
    held = WindowPolicy(settings.relate_window, settings.relate_lateness, settings.relate_claims)
    model = load_pair_model(settings.model)
    return RelateClaims(stage, Policy(held), parts.store, parts.store_thread, parts.metrics, model)


_BUILDERS: Mapping[StageName, Callable[[Parts, Stage], StageLogic[Any]]] = {
    StageName.ENRICH: _enrich_articles,
    StageName.RELATE: _relate_claims,
    StageName.ALERT: _raise_alerts,
}


def stage_logic(parts: Parts, stage: Stage) -> StageLogic[Any]:
    """Return what ``stage`` does with its records, over the parts of this worker."""
    return _BUILDERS[stage.name](parts, stage)


def _loop(parts: Parts, stage: Stage, publisher: Publisher) -> StageLoop[Any]:
    settings = parts.settings
    limits = LoopLimits(
        settings.batch_of(stage.name),
        settings.batch_wait.total_seconds(),
        settings.batches_in_flight if stage.name is StageName.ENRICH else _TRANSACTIONS_IN_FLIGHT,
        BudgetLimits(settings.failures_before_stop, settings.dead_letter_window, settings.dead_letter_ratio),
    )
    logic = stage_logic(parts, stage)
    return StageLoop(logic, publisher, parts.metrics, limits, time.monotonic, parts.shadow)


def _add_agent(app: faust.App, stage: Stage, loop: StageLoop[Any], shadow: Shadow) -> None:
    raw: dict[str, Any] = {
        "key_type": bytes,
        "value_type": bytes,
        "key_serializer": "raw",
        "value_serializer": "raw",
    }

    async def consume(stream: Any) -> None:
        await loop.run(stream)

    topics = [shadow.name(str(source)) for source in stage.sources]
    app.agent(app.topic(*topics, **raw), name=str(stage.name), concurrency=1)(consume)


def _tell_of_revoked_partitions(app: faust.App, loops: Sequence[StageLoop[Any]]) -> None:
    async def on_revoked(_: Any, revoked: Iterable[Any], **__: Any) -> None:
        for loop in loops:
            loop.revoke((partition.topic, partition.partition) for partition in revoked)

    signal: Any = app.on_partitions_revoked  # what mode says of its handlers fits none of Faust's
    signal.connect(on_revoked)


def _add_alert_tasks(
    app: faust.App, parts: Parts, sensor: RebalanceSensor, publisher: Publisher, loop: StageLoop[Any]
) -> None:
    settings = parts.settings
    stage = next(stage for stage in parts.stages if stage.name is StageName.ALERT)
    watched = FaustPartitions(app, stage.sources, lambda: sensor.rebalancing, loop.oldest_in_flight)
    idle = Idle(watched, parts.desk.activity, settings.idle_after)
    store, thread = parts.store, parts.store_thread
    ticks = Ticks(parts.desk, parts.book, store, thread, publisher, parts.metrics, settings.lateness)
    add_alert_tasks(app, ticks, parts.silences, idle, settings.tick)
