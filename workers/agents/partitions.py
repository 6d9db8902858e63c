"""Notices that a topic has another number of partitions than when its state was written.

A key then lies on another partition than before, and what the state database knows of it by its place in
the log (the revision before this one) is not found: corrections would take nothing back, and nobody would
see it. So the counts are kept beside the state, and a worker does not start on others.
"""

import json
from collections.abc import Mapping

from workers.agents.preflight import PreflightError
from workers.state.store import StateStore, Transaction

KIND = "topic-partitions"


def check_partitions(store: StateStore, counts: Mapping[str, int]) -> None:
    """Remember ``counts`` (partitions by topic), or raise ``PreflightError`` when they were others."""

    def compare(transaction: Transaction) -> list[str]:
        known = {topic: json.loads(body) for topic, body in transaction.documents(KIND, counts).items()}
        changed = [
            f"{topic} has {counts[topic]} partitions, and had {known[topic]} when its state was written"
            for topic in sorted(known)
            if known[topic] != counts[topic]
        ]
        if not changed:
            bodies = {topic: json.dumps(count) for topic, count in counts.items()}
            transaction.put_documents(KIND, bodies, {})
        return changed

    changed = store.run(compare)
    if changed:
        raise PreflightError(
            f"{'; '.join(changed)}: keys have moved, and corrections would miss what they correct; "
            "make the topic as it was, or point CLAIMWIRE_STATE_URL at a new database"
        )
