"""Looks at the world before the worker starts: a broker that lets us in, and holds the topics?"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError

from workers.agents.permissions import missing_grants
from workers.agents.shadow import REAL, Shadow
from workers.broker.access import BrokerAccess
from workers.broker.knock import knock
from workers.topology import Stage
from workers.wire.acls import worker_grants

log = logging.getLogger(__name__)
_FIRST_PAUSE_S = 0.25
_LONGEST_PAUSE_S = 5.0


class PreflightError(Exception):
    """The world is not ready; the message is one line that says what to do."""


@dataclass(frozen=True, slots=True)
class Needs:
    """What a worker asks of a cluster: to be let in, as ``group``, with the topics of ``stages``."""

    addresses: tuple[str, ...]
    access: BrokerAccess
    group: str
    stages: tuple[Stage, ...]
    shadow: Shadow = REAL

    @property
    def topics(self) -> set[str]:
        """Every topic that is read or written."""
        return {
            self.shadow.name(str(topic))
            for stage in self.stages
            for topic in (*stage.sources, *stage.beside, *stage.outputs)
        }


async def wait_for_broker(needs: Needs, limit: float, clock: Callable[[], float]) -> dict[str, int]:
    """Return when a broker answers and gives all that is needed; retries with growing pauses.

    The answer is how many partitions there are, by topic that is needed. ``limit`` is in seconds; after it
    ``PreflightError`` is raised. A broker that is there and refuses us ends it at once, with
    ``BrokerRefusesError``: it would refuse us the next time, too.
    """
    deadline = clock() + limit
    pause = _FIRST_PAUSE_S
    where = ",".join(needs.addresses)
    while True:
        try:
            partitions = await _look(needs)
            break
        except (KafkaError, OSError) as error:
            if clock() + pause > deadline:
                raise PreflightError(
                    f"no Kafka broker answers at {where} within {limit:.0f} s "
                    f"({type(error).__name__}); set CLAIMWIRE_BROKER"
                ) from error
            await knock(needs.addresses, needs.access)  # a broker that refuses looks like one that is away
            log.warning("waiting for Kafka at %s (%s)", where, type(error).__name__)
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE_S)
    return partitions


async def _look(needs: Needs) -> dict[str, int]:
    """Return the partitions by topic; raises ``PreflightError`` when something is wrong with the cluster."""
    if needs.access.is_protected:
        await knock(needs.addresses, needs.access)
    present = await _partitions(needs)
    missing = needs.topics - present.keys()
    if needs.access.is_protected:
        grants = worker_grants(needs.stages, needs.group)
        lacking = await missing_grants(needs.addresses, needs.access, grants)
        hidden = [grant for grant in lacking if grant.name not in missing]
        if hidden or (lacking and not present):
            raise PreflightError(_lacking(needs, [str(grant) for grant in hidden or lacking]))
    if missing:
        seen = " (or hidden from this user)" if needs.access.is_protected else ""
        raise PreflightError(
            f"missing topics{seen}: {', '.join(sorted(missing))}; run `claimwire topics create`"
        )
    return {topic: present[topic] for topic in needs.topics}


def _lacking(needs: Needs, grants: Sequence[str]) -> str:
    who = needs.access.broker_username or "of this certificate"
    return f"the Kafka user {who} lacks rights: {', '.join(grants)}; see `claimwire topics acls`"


async def _partitions(needs: Needs) -> dict[str, int]:
    """Return the number of partitions of every topic that we may see."""
    consumer = AIOKafkaConsumer(bootstrap_servers=list(needs.addresses), **needs.access.client_options())
    try:
        await consumer.start()
        metadata = await consumer._client.fetch_all_metadata()
    finally:
        await consumer.stop()
    return {topic: len(metadata.partitions_for_topic(topic) or ()) for topic in metadata.topics()}
