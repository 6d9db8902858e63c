"""Looks at the world before the worker starts: a broker that lets us in, and holds the topics?"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError

from workers.agents.permissions import missing_grants
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

    @property
    def topics(self) -> set[str]:
        """Every topic that is read or written."""
        return {
            str(topic) for stage in self.stages for topic in (*stage.sources, *stage.beside, *stage.outputs)
        }


async def wait_for_broker(needs: Needs, limit: float, clock: Callable[[], float]) -> None:
    """Return when a broker answers and gives all that is needed; retries with growing pauses.

    ``limit`` is in seconds; after it ``PreflightError`` is raised. A broker that is there and refuses us ends
    it at once, with ``BrokerRefusesError``: it would refuse us the next time, too.
    """
    deadline = clock() + limit
    pause = _FIRST_PAUSE_S
    where = ",".join(needs.addresses)
    while True:
        try:
            wrong = await _look(needs)
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
    if wrong:
        raise PreflightError(wrong)


async def _look(needs: Needs) -> str | None:
    """Return what is wrong with the cluster, if anything; raises when no broker answers."""
    if needs.access.is_protected:
        await knock(needs.addresses, needs.access)
    present, brokers = await _cluster(needs)
    if needs.access.is_protected:
        await knock(brokers, needs.access)  # the names by which the brokers call themselves
    missing = needs.topics - present
    if needs.access.is_protected:
        grants = worker_grants(needs.stages, needs.group)
        lacking = await missing_grants(needs.addresses, needs.access, grants)
        hidden = [grant for grant in lacking if grant.name not in missing]
        if hidden or (lacking and not present):
            return _lacking(needs, [str(grant) for grant in hidden or lacking])
    if missing:
        seen = " (or hidden from this user)" if needs.access.is_protected else ""
        return f"missing topics{seen}: {', '.join(sorted(missing))}; run `claimwire topics create`"
    return None


def _lacking(needs: Needs, grants: Sequence[str]) -> str:
    who = needs.access.broker_username or "of this certificate"
    return f"the Kafka user {who} lacks rights: {', '.join(grants)}; see `claimwire topics acls`"


async def _cluster(needs: Needs) -> tuple[set[str], list[str]]:
    """Return the topics that we may see, and the addresses that the brokers give themselves."""
    consumer = AIOKafkaConsumer(bootstrap_servers=list(needs.addresses), **needs.access.client_options())
    try:
        await consumer.start()
        present = await consumer.topics()
        brokers = [f"{broker.host}:{broker.port}" for broker in consumer._client.cluster.brokers()]
    finally:
        await consumer.stop()
    return set(present), brokers
