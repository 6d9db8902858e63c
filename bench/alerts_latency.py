"""``python -m bench.alerts_latency``: from a claim's record to its alert's, through Kafka and the database.

A worker with the stage raise-alerts alone; claims are published at a steady rate, each due at its own moment,
and each makes a group of its own fire. The time runs from the moment a claim was due to when a reader has
its alert, all on one clock: a late producer hides nothing.
"""

import argparse
import json
import os
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from bench.alerts_cost import claims_of
from bench.cluster import Cluster, consumer, places_of, producer, running_cluster, wait_until
from bench.figures import percentile
from workers.topology import Topic
from workers.wire.messages import encode_claim

_RULES = """
groups:
  - name: bench
    rules:
      - alert: Every
        id: every-claim
        on: claim
        match: claim.score >= 0.0
        group_by: [claim_id]
        budget: {alerts: 100000, per: 1h}
        severity: info
"""
_WARM_UP = 50


class _Reader:
    """Notes when the alert of each claim arrived; by claim id."""

    def __init__(self, bootstrap: str) -> None:
        self.arrived: dict[str, float] = {}
        self._over = threading.Event()
        self._client = consumer(bootstrap)
        places = places_of(self._client, [str(Topic.ALERT)])
        self._client.assign(places)
        self._client.seek_to_end(*places)
        for place in places:
            self._client.position(place)
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        while not self._over.is_set():
            for batch in self._client.poll(timeout_ms=50).values():
                now = time.monotonic()
                for record in batch:
                    for each in json.loads(record.value)["evidence"]:
                        self.arrived.setdefault(each["claim_id"], now)

    def close(self) -> None:
        self._over.set()
        self._thread.join(30)
        self._client.close(autocommit=False)


def main(arguments: Sequence[str]) -> int:
    """Print p50 and p99; 1 when an alert is missing."""
    parser = argparse.ArgumentParser("python -m bench.alerts_latency", description=__doc__)
    parser.add_argument("--enriched", type=Path, required=True, help="folder of chunks, or a JSONL file")
    parser.add_argument("--claims", type=int, default=1000)
    parser.add_argument("--rate", type=float, default=20.0, help="claims a second")
    options = parser.parse_args(arguments)
    values = list(_messages(options.enriched, options.claims + _WARM_UP))
    with (
        tempfile.TemporaryDirectory(prefix="claimwire-latency-") as name,
        running_cluster(Path(name)) as cluster,
    ):
        rules = Path(name) / "rules.yaml"
        rules.write_text(_RULES)
        settings = {"CLAIMWIRE_STAGES": "raise-alerts", "CLAIMWIRE_RULES": str(rules)}
        settings |= {"CLAIMWIRE_ARCHIVAL_AFTER": str(100 * 365 * 86_400)}
        with cluster.worker(1, settings) as worker:
            wait_until(worker.is_ready, 120, "a ready worker")
            return _measure(cluster, values, options.rate)


def _measure(cluster: Cluster, values: Sequence[dict[str, Any]], rate: float) -> int:
    reader = _Reader(cluster.kafka.bootstrap)
    due: dict[str, float] = {}
    with producer(cluster.kafka.bootstrap) as client:
        began = time.monotonic()
        for number, value in enumerate(values):
            moment = began + number / rate
            time.sleep(max(0.0, moment - time.monotonic()))
            due[value["claim_id"]] = moment
            client.send(str(Topic.CLAIM), key=value["claim_id"].encode(), value=json.dumps(value).encode())
        client.flush()
    try:
        wait_until(lambda: len(reader.arrived) >= len(due), 120, "every alert")
    finally:
        reader.close()
    counted = list(due)[_WARM_UP:]
    seconds = [reader.arrived[each] - due[each] for each in counted if each in reader.arrived]
    marks = ", ".join(f"p{p} {percentile(seconds, p) * 1000:.0f} ms" for p in (50, 99))
    load = os.getloadavg()[0]
    print(f"{len(seconds)} claims at {rate:g}/s, claim to alert: {marks}; machine's load {load:.1f}")
    return 0 if len(seconds) == len(counted) else 1


def _messages(path: Path, count: int) -> Iterator[dict[str, Any]]:
    """Yield claims as the enrich stage publishes them, each under an id of its own."""
    for number, claim in enumerate(claims_of(path)):
        if number == count:
            return
        yield json.loads(encode_claim(claim))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
