"""A guest in the workers' consumer group: it takes partitions away, does nothing with them, and leaves."""

import random
import time

from kafka import KafkaConsumer
from kafka.coordinator.assignors.roundrobin import RoundRobinPartitionAssignor

from workers.topology import STAGES

_JOIN_LIMIT_S = 8.0


def come_and_go(bootstrap: str, group: str, chance: random.Random) -> None:
    """Join ``group``, which is a rebalance, stay a moment, and leave, which is another."""
    topics = sorted({str(source) for stage in STAGES for source in stage.sources})
    guest = KafkaConsumer(
        *topics,
        bootstrap_servers=bootstrap,
        group_id=group,
        enable_auto_commit=False,
        session_timeout_ms=6_000,
        heartbeat_interval_ms=1_000,
        partition_assignment_strategy=[RoundRobinPartitionAssignor],
    )
    try:
        deadline = time.monotonic() + _JOIN_LIMIT_S
        while not guest.assignment() and time.monotonic() < deadline:
            guest.poll(timeout_ms=100, max_records=1)
        time.sleep(chance.uniform(0.0, 1.0))
    finally:
        guest.close()
