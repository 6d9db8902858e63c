"""Asks the broker, before the worker starts, whether the worker's user may do all that its stages do."""

import asyncio
import logging
from collections.abc import Iterable, Sequence
from typing import Any

from kafka import KafkaAdminClient
from kafka.errors import AuthorizationError
from kafka.errors import KafkaError as KafkaPythonError

from workers.broker.access import BrokerAccess
from workers.wire.acls import Grant, Operation, ResourceKind

_TIMEOUT_MS = 10_000
_INCLUDED = {Operation.READ, Operation.WRITE}  # each lets its holder see the topic


async def missing_grants(
    addresses: Sequence[str], access: BrokerAccess, needed: Iterable[Grant]
) -> list[Grant]:
    """Return those of ``needed`` that the user lacks, in order; raises ``OSError`` when nobody answers."""
    try:
        return await asyncio.to_thread(_missing, addresses, access, sorted(needed))
    except KafkaPythonError as error:
        raise ConnectionError(type(error).__name__) from error


def _missing(addresses: Sequence[str], access: BrokerAccess, needed: Sequence[Grant]) -> list[Grant]:
    logging.getLogger("kafka").setLevel(logging.ERROR)
    client = KafkaAdminClient(
        bootstrap_servers=list(addresses),
        bootstrap_timeout_ms=_TIMEOUT_MS,
        client_id="claimwire-preflight",
        **access.client_options(),
    )
    try:
        allowed = _topics(client, [grant.name for grant in needed if grant.kind is ResourceKind.TOPIC])
        for grant in needed:
            if grant.kind is ResourceKind.GROUP:
                allowed |= _group(client, grant.name)
    finally:
        client.close()
    return [grant for grant in needed if grant not in allowed]


def _topics(client: Any, names: Sequence[str]) -> set[Grant]:
    """Return what the user may do with each topic; nothing with one that he may not see."""
    described = client.describe_topics(sorted(set(names)))
    return {
        Grant(ResourceKind.TOPIC, topic["name"], operation)
        for topic in described
        for operation in _INCLUDED
        if operation in (topic["authorized_operations"] or ())
    }


def _group(client: Any, name: str) -> set[Grant]:
    """Return the right to read as group ``name``.

    Kafka answers who may see a group that nobody has used yet with "not found" and no rights: that counts as
    the right to read it, which is the usual reason to see it.
    """
    try:
        described = client.describe_groups([name])[name]
    except AuthorizationError:
        return set()
    error = described["error"] or ""
    allowed = Operation.READ in (described["authorized_operations"] or ()) or "GroupIdNotFound" in error
    return {Grant(ResourceKind.GROUP, name, Operation.READ)} if allowed else set()
