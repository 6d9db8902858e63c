"""Which broker to use: the one that the user names, else a local Kafka, else the mock cluster for a demo."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from workers.broker.errors import BrokerError
from workers.broker.jars import is_fetched, why_no_local_kafka
from workers.broker.local import LocalKafka
from workers.broker.mock import CLIENT_OPTIONS, has_mock
from workers.broker.mock_process import MockKafkaProcess

BROKER_VARIABLE = "CLAIMWIRE_BROKER"


class BrokerKind(StrEnum):
    """Where the broker comes from."""

    GIVEN = "given"
    LOCAL = "local"
    MOCK = "mock"


@dataclass(frozen=True, slots=True)
class Broker:
    """A broker to connect to.

    ``client_options`` belong into every kafka-python client. ``mock`` is there only for the mock cluster,
    which has no admin calls: its topics are made with ``mock.topic``.
    """

    kind: BrokerKind
    bootstrap: str
    client_options: Mapping[str, Any] = field(default_factory=dict)
    mock: MockKafkaProcess | None = None


def choose(address: str | None, *, demo: bool) -> tuple[BrokerKind, str]:
    """Return the kind of broker that would be used and one line that says so; starts nothing.

    ``address`` is the user's; the environment's ``CLAIMWIRE_BROKER`` counts when it is ``None`` or empty.
    The mock cluster is only for a ``demo``. Raises ``BrokerError`` when there is none.
    """
    address = address or os.environ.get(BROKER_VARIABLE)
    if address:
        return BrokerKind.GIVEN, f"Broker: {address}, as given."
    reason = why_no_local_kafka()
    if reason is None:
        download = "" if is_fetched() else " Maven fetches it now: 43 MB, this once."
        return BrokerKind.LOCAL, f"Broker: a Kafka server of our own on this machine.{download}"
    if not demo:
        raise BrokerError(f"no broker: set {BROKER_VARIABLE} to one; none can start here because {reason}")
    if not has_mock():
        raise BrokerError(
            f"no broker: set {BROKER_VARIABLE} to one; none can start here because {reason}, "
            "and the mock cluster needs the confluent-kafka wheel (the demo extra)"
        )
    return BrokerKind.MOCK, (
        f"Broker: librdkafka's mock cluster, good for this demo only, because {reason} "
        f"(install Java 17 and Maven, or set {BROKER_VARIABLE}, for a real Kafka)."
    )


@contextmanager
def broker(
    address: str | None = None, *, demo: bool = False, say: Callable[[str], None] = lambda line: None
) -> Iterator[Broker]:
    """Give a broker for the ``with`` block, as ``choose`` decides, and stop what was started for it.

    ``say`` gets the one line that tells which broker it is, before anything starts.
    """
    kind, line = choose(address, demo=demo)
    say(line)
    if kind is BrokerKind.GIVEN:
        yield Broker(kind, address or os.environ[BROKER_VARIABLE])
    elif kind is BrokerKind.LOCAL:
        with LocalKafka() as kafka:
            yield Broker(kind, kafka.bootstrap)
    else:
        with MockKafkaProcess() as mock:
            yield Broker(kind, mock.bootstrap, CLIENT_OPTIONS, mock)
