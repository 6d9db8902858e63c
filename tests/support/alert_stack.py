"""A stack that raises alerts from claims, relations and articles that a test publishes itself."""

import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from kafka import KafkaProducer

from tests.builders import a_claim, a_source
from tests.support.oracle import Seen
from tests.support.stack import Stack, Worker, poll_until
from workers.domain.claim import Act, Claim
from workers.domain.ids import content_id
from workers.topology import Topic
from workers.wire.messages import encode_claim

SETTINGS = {"stages": "raise-alerts", "tick": "0.2", "lateness": "1", "idle_after": "2"}
NOW = datetime.now(UTC).replace(microsecond=0)
LONG_AGO = NOW - timedelta(hours=20)


class AlertStack:
    """Workers that run ``raise-alerts`` alone: no model is needed."""

    def __init__(self, bootstrap: str, folder: Path, rules: str) -> None:
        self.stack = Stack(bootstrap, folder)
        self.rules = folder / "rules.yaml"
        self.rules.write_text(rules)

    def start_worker(self, **settings: str) -> Worker:
        return self.stack.start_worker(**{**SETTINGS, "rules": str(self.rules), **settings})

    def publish(self, topic: str, records: Sequence[tuple[str, bytes | None]]) -> None:
        """Publish (key, value) to ``topic``; returns once the broker has them."""
        producer = KafkaProducer(bootstrap_servers=self.stack.bootstrap, acks="all")
        futures = [producer.send(topic, key=key.encode(), value=value) for key, value in records]
        for future in futures:
            future.get(timeout=60)
        producer.close()

    def say(self, *claims: Claim) -> None:
        """Publish claims."""
        self.publish(str(Topic.CLAIM), [(claim.claim_id, encode_claim(claim)) for claim in claims])

    def alerts(self) -> list[dict[str, Any]]:
        """Return the bodies of all alerts so far."""
        return [json.loads(record.value or b"") for record in self.records()]

    def records(self) -> list[Seen]:
        """Return the records of the alerts' topic."""
        return self.stack.read([str(Topic.ALERT)])

    def until(self, holds: Callable[[], bool], what: str, seconds: float = 60.0) -> None:
        """Return once ``holds``; fails when a worker ended, or after ``seconds``."""

        def checked() -> bool:
            self.stack.check_workers()
            return holds()

        poll_until(checked, seconds, what)

    def until_told(self, *wanted: tuple[str, str, str, str]) -> None:
        """Return once there are alerts of these (rule, group, type, status)."""
        self.until(lambda: set(wanted) <= set(map(told, self.alerts())), f"the alerts {wanted}")

    def claimwire(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command against the stack's broker."""
        environment = {key: value for key, value in os.environ.items() if not key.startswith("CLAIMWIRE_")}
        return subprocess.run(
            [sys.executable, "-m", "workers.cli.main", *arguments],
            env={**environment, "CLAIMWIRE_BROKER": self.stack.bootstrap},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def close(self) -> None:
        self.stack.close()


def told(alert: dict[str, Any]) -> tuple[str, str, str, str]:
    """Return what an alert is: its rule, its group, its type and its status."""
    labels = alert["labels"]
    group = labels.get("source_name") or labels.get("name") or labels.get("subject_id") or labels["alertname"]
    return alert["rule"]["id"], group, alert["alert_type"], alert["status"]


def health_notes(worker: Worker) -> list[str]:
    """Return what the worker's readiness page tells a person."""
    with urllib.request.urlopen(f"http://127.0.0.1:{worker.port}/health/ready", timeout=5) as answer:
        notes: list[str] = json.loads(answer.read())["notes"]
        return notes


def said(name: str, after: timedelta, act: Act = Act.DENY, **changes: Any) -> Claim:
    """A claim that ``name`` made so long after ``LONG_AGO``."""
    values = {"claim_id": content_id("claim", name, str(after)), "source": a_source(name=name, role=None)}
    return a_claim(**{**values, "act": act, "published_at": LONG_AGO + after, **changes})
