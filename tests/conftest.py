"""Brokers for tests, and the rule that a test which cannot run is reported, and in CI fails."""

import os
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from functools import cache
from importlib.util import find_spec
from typing import Any

import pytest

from tests.support.databases import database as database
from tests.support.databases import postgres as postgres
from tests.support.polling import poll_until
from workers.broker.jars import why_no_local_kafka
from workers.broker.local import LocalKafka
from workers.broker.mock_process import MockKafkaProcess

MakeTopics = Callable[[str, Mapping[str, int]], None]

_why_no_kafka = cache(why_no_local_kafka)
# The one gap that CI allows: make setup installs no torch; what training makes, the pipeline, is tested.
_no_torch = find_spec("torch") is None
collect_ignore = ["training/test_smoke.py", "training/test_pair_model.py"] if _no_torch else []
_in_ci = os.environ.get("CI", "").lower() in {"1", "true"}


@pytest.fixture(scope="session")
def kafka() -> Iterator[LocalKafka]:
    """One real Kafka for the whole run, with whatever topics earlier tests left: see ``clean_kafka``."""
    with LocalKafka() as server:
        yield server


@pytest.fixture
def clean_kafka(kafka: LocalKafka) -> LocalKafka:
    """The run's Kafka without any topic (and so without any committed offset)."""
    if not kafka.is_running:
        kafka.start()
    admin = _admin(kafka.bootstrap)
    try:
        old = [name for name in admin.list_topics() if not name.startswith("__")]
        if old:
            admin.delete_topics(old)
    finally:
        admin.close()
    return kafka


@pytest.fixture
def mock_kafka() -> Iterator[MockKafkaProcess]:
    """A mock cluster of this test's own, in a child process; make its topics with ``mock_kafka.topic``."""
    with MockKafkaProcess() as cluster:
        yield cluster


@pytest.fixture(scope="session")
def make_topics() -> MakeTopics:
    """``make_topics(kafka.bootstrap, {"in": 4, "out": 1})`` on a real Kafka: names with partition counts."""

    def make(bootstrap: str, topics: Mapping[str, int]) -> None:
        from kafka.admin import NewTopic

        admin = _admin(bootstrap)
        try:
            admin.create_topics([NewTopic(name, count, 1) for name, count in topics.items()])
        finally:
            admin.close()
        _wait_until_known(bootstrap, topics)

    return make


def _wait_until_known(bootstrap: str, topics: Iterable[str]) -> None:
    """Return when the broker tells of every topic's partitions: on a busy machine that is later."""
    from kafka import KafkaConsumer

    client = KafkaConsumer(bootstrap_servers=bootstrap, allow_auto_create_topics=False)
    try:
        poll_until(lambda: all(client.partitions_for_topic(name) for name in topics), 30, "the topics")
    finally:
        client.close()


def _admin(bootstrap: str) -> Any:
    from kafka.admin import KafkaAdminClient  # here: most tests need no Kafka, and it is slow to import

    return KafkaAdminClient(bootstrap_servers=bootstrap)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "kafka" in getattr(item, "fixturenames", ()):
            item.add_marker("kafka")


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("kafka") and (reason := _why_no_kafka()):
        pytest.skip(f"needs the real Kafka: {reason}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, Any]:
    report = yield
    return _refuse_skip(report)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Generator[None, Any, Any]:
    report = yield
    return _refuse_skip(report)


def _refuse_skip(report: Any) -> Any:
    if _in_ci and report.outcome == "skipped" and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"not run, which is a failure in CI: {_reason(report)}"
    return report


def _reason(report: Any) -> str:
    if isinstance(report.longrepr, tuple):
        return str(report.longrepr[2]).removeprefix("Skipped: ")
    return str(report.longrepr)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say at the very end what was not run, and why: a green run with gaps must not look whole."""
    if _no_torch:
        terminalreporter.write_line(
            "not part of this run: training a model in small, which needs the extra 'training'"
        )
    skipped = terminalreporter.stats.get("skipped", [])
    if not skipped:
        return
    terminalreporter.section(f"NOT RUN: {len(skipped)}", yellow=True)
    for report in skipped:
        terminalreporter.write_line(f"{report.nodeid}: {_reason(report)}")
