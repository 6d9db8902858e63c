"""The composition root of ``claimwire forward``: settings become a running forwarder."""

import asyncio
import logging
import logging.config
import random
import signal
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import aiohttp
from aiohttp import web
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from workers.agents.forward import Forwarder, ForwardLimits
from workers.agents.forward_alertmanager import Alertmanagers, Repeats
from workers.agents.forward_delivery import Clocks, DeadLetters, Deliveries
from workers.agents.forward_http import Cause, Client
from workers.agents.forward_retry import Backoff
from workers.agents.forward_targets import Target, Webhook
from workers.agents.preflight import Needs, wait_for_broker
from workers.broker.access import METADATA_AGE_MS
from workers.domain.outcome import Outgoing
from workers.settings import Settings
from workers.telemetry.forwarding import ForwardMetrics
from workers.telemetry.logs import logging_config
from workers.telemetry.metrics import Metrics
from workers.topology import FORWARD_STAGE
from workers.wire.topics import load_topics

log = logging.getLogger(__name__)
EXIT_UNEXPECTED = 70
_NEVER_MS = 30 * 86_400_000  # while all its room is taken, the forwarder does not poll


def run_forwarder(settings: Settings) -> int:
    """Run until a signal; return the exit code. Raises what is wrong with settings, broker or port."""
    logging.config.dictConfig(logging_config(settings.log_level))
    return asyncio.run(_run(settings))


async def _run(settings: Settings) -> int:
    limit = settings.start_timeout.total_seconds()
    async with AsyncExitStack() as stack:
        targets, metrics, registry = await _targets(settings, stack)
        needs = Needs(settings.broker_addresses, settings, settings.forward_group, (FORWARD_STAGE,))
        await wait_for_broker(needs, limit, time.monotonic)
        dead_letters = await stack.enter_async_context(_dead_letters(settings))
        consumer = AIOKafkaConsumer(**_consumer_settings(settings))
        await consumer.start()
        stack.push_async_callback(consumer.stop)
        worker_metrics = Metrics(registry, (FORWARD_STAGE,))
        clocks = Clocks(_now, time.monotonic)
        deliveries = Deliveries(targets, dead_letters, worker_metrics, metrics, clocks)
        forwarder = Forwarder(consumer, deliveries, _limits(settings))
        metrics.in_flight.set_function(lambda: forwarder.in_flight)
        worker_metrics.oldest_in_flight.labels(FORWARD_STAGE.name).set_function(forwarder.oldest_in_flight)
        await stack.enter_async_context(_pages(settings, forwarder, registry))
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, forwarder.stop)
        log.info("forwarding to %s", ", ".join(target.name for target in targets))
        try:
            await forwarder.run()
        except BaseExceptionGroup:  # the one place where everything ends
            log.critical("leaving; what is not committed is delivered again", exc_info=True)
            return EXIT_UNEXPECTED
    return 0


async def _targets(
    settings: Settings, stack: AsyncExitStack
) -> tuple[list[Target], ForwardMetrics, CollectorRegistry]:
    urls, webhook = settings.alertmanager_urls(), settings.webhook_url()
    names = [name for name, given in ((Alertmanagers.name, urls), (Webhook.name, webhook)) if given]
    registry = CollectorRegistry(auto_describe=True)
    metrics = ForwardMetrics(registry, names, Cause)
    session = await stack.enter_async_context(aiohttp.ClientSession(trust_env=True))
    client = Client(session, settings.forward_timeout.total_seconds(), _now)
    backoff = Backoff(
        settings.forward_first_pause.total_seconds(),
        settings.forward_longest_pause.total_seconds(),
        settings.forward_give_up.total_seconds(),
        random.SystemRandom().random,
        time.monotonic,
    )
    targets: list[Target] = []
    if urls:
        repeats = Repeats(settings.forward_repeat, settings.forward_remember)
        targets.append(Alertmanagers(client, urls, backoff, repeats, metrics))
    if webhook is not None:
        targets.append(Webhook(client, webhook, settings.webhook_secrets(), backoff, metrics))
    return targets, metrics, registry


@asynccontextmanager
async def _dead_letters(settings: Settings) -> AsyncIterator[DeadLetters]:
    limits = [spec.max_message_bytes for spec in load_topics().values()]
    producer = AIOKafkaProducer(
        bootstrap_servers=list(settings.broker_addresses),
        enable_idempotence=True,
        request_timeout_ms=int(settings.request_timeout.total_seconds() * 1000),
        max_request_size=max(limits),
        **settings.client_options(),
    )
    await producer.start()

    async def publish(letter: Outgoing, timestamp_ms: int) -> None:
        await producer.send_and_wait(
            letter.topic, letter.value, letter.key, timestamp_ms=timestamp_ms, headers=list(letter.headers)
        )

    try:
        yield publish
    finally:
        await producer.stop()


@asynccontextmanager
async def _pages(
    settings: Settings, forwarder: Forwarder, registry: CollectorRegistry
) -> AsyncIterator[None]:
    """Serve ``/metrics``, ``/health/live`` and ``/health/ready`` as the worker does."""

    async def metrics(request: web.Request) -> web.Response:
        return web.Response(body=generate_latest(registry), headers={"content-type": CONTENT_TYPE_LATEST})

    async def live(request: web.Request) -> web.Response:
        return _answer([])

    async def ready(request: web.Request) -> web.Response:
        return _answer([] if forwarder.is_ready else ["not yet in the consumer group"])

    application = web.Application()
    application.router.add_get("/metrics", metrics)
    application.router.add_get("/health/live", live)
    application.router.add_get("/health/ready", ready)
    runner = web.AppRunner(application, access_log=None, handle_signals=False)
    await runner.setup()
    try:
        await web.TCPSite(runner, settings.web_bind, settings.forward_port).start()
        yield
    finally:
        await runner.cleanup()


def _answer(reasons: Sequence[str]) -> web.Response:
    return web.json_response({"ok": not reasons, "reasons": reasons}, status=503 if reasons else 200)


def _consumer_settings(settings: Settings) -> dict[str, Any]:
    return {
        "bootstrap_servers": list(settings.broker_addresses),
        "group_id": settings.forward_group,
        "enable_auto_commit": False,
        "auto_offset_reset": "earliest",
        "metadata_max_age_ms": METADATA_AGE_MS,
        "session_timeout_ms": int(settings.session_timeout.total_seconds() * 1000),
        "heartbeat_interval_ms": int(settings.session_timeout.total_seconds() * 200),
        "max_poll_interval_ms": _NEVER_MS,
        "rebalance_timeout_ms": 60_000,
        "max_partition_fetch_bytes": max(spec.max_message_bytes for spec in load_topics().values()),
        **settings.client_options(),
    }


def _limits(settings: Settings) -> ForwardLimits:
    return ForwardLimits(
        settings.forward_in_flight,
        settings.commit_interval.total_seconds(),
        settings.forward_remember,
        settings.forward_first_start,
    )


def _now() -> datetime:
    return datetime.now(UTC)
