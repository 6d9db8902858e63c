"""Workers killed while time ends hundreds of alerts: each begins once and ends once, as without the kills."""

import signal
from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.support.alert_rules import rules_text
from tests.support.alert_stack import LONG_AGO, AlertStack, said
from tests.support.stack import Worker, make_topics
from workers.broker.local import LocalKafka
from workers.domain.claim import Act

pytestmark = [pytest.mark.kafka, pytest.mark.slow, pytest.mark.timeout(500)]

SPEAKERS = 400
RULES = rules_text(
    alert="Denial",
    id="denials",
    match="'claim.act == \"deny\"'",
    group_by="[source.name]",
    keep_firing_for="2h",
    budget="{alerts: 10000, per: 1h}",
)


@pytest.fixture
def alerts(kafka: LocalKafka, tmp_path: Path) -> Iterator[AlertStack]:
    if not kafka.is_running:
        kafka.start()
    make_topics(kafka.bootstrap)
    built = AlertStack(kafka.bootstrap, tmp_path, RULES)
    yield built
    built.close()


def count(alerts: AlertStack, status: str) -> int:
    """How many alerts there are of that status, repeats left out."""
    return len({alert["alert_key"] for alert in alerts.alerts() if alert["status"] == status})


def kill_one_when(alerts: AlertStack, worker: Worker, many: int, status: str) -> Worker:
    """Kill ``worker`` once there are so many alerts of ``status``; return the one that takes its place."""
    alerts.until(lambda: count(alerts, status) >= many, f"{many} alerts {status}")
    worker.signal(signal.SIGKILL)
    worker.wait()
    return alerts.start_worker()


def test_every_alert_begins_once_and_ends_once_though_workers_are_killed(alerts: AlertStack) -> None:
    one, two = alerts.start_worker(), alerts.start_worker()
    alerts.say(*(said(f"Speaker {number}", timedelta(seconds=number)) for number in range(SPEAKERS)))
    one = kill_one_when(alerts, one, 50, "firing")
    alerts.until(lambda: count(alerts, "firing") == SPEAKERS, "every alert", 120)
    alerts.say(said("Somebody", timedelta(hours=9), Act.STATE))
    two = kill_one_when(alerts, two, 1, "resolved")
    one = kill_one_when(alerts, one, SPEAKERS // 2, "resolved")
    alerts.until(lambda: count(alerts, "resolved") == SPEAKERS, "every end", 120)

    for worker in (one, two):
        worker.wait_until_ready()
        worker.signal(signal.SIGTERM)
    assert [worker.wait() for worker in (one, two)] == [0, 0]

    versions: dict[bytes, set[Any]] = defaultdict(set)
    for record in alerts.records():
        versions[dict(record.headers)["ce_id"]].add((record.key, record.value, record.timestamp_ms))
    assert {len(bodies) for bodies in versions.values()} == {1}
    assert len(versions) == 2 * SPEAKERS
    ends = {
        alert["labels"]["source_name"]: alert["endsAt"]
        for alert in alerts.alerts()
        if alert["status"] == "resolved"
    }
    assert ends == {
        f"Speaker {number}": f"{LONG_AGO + timedelta(hours=2, seconds=number):%Y-%m-%dT%H:%M:%SZ}"
        for number in range(SPEAKERS)
    }
