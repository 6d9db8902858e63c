"""kafka-python's clients, connected or refused in one clear line."""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer
from kafka.errors import AuthorizationError, KafkaError

from workers.broker.access import BrokerAccess
from workers.broker.knock import BrokerRefusesError, knock_once
from workers.cli.errors import CliError
from workers.settings import SettingsError, load_broker_access

API_VERSION_VARIABLE = "CLAIMWIRE_KAFKA_API_VERSION"
CONNECT_TIMEOUT_MS = 10_000
CLOSE_TIMEOUT_MS = 5_000
MAX_RECORD_BYTES = 17 * 1024 * 1024

Bootstrap = Annotated[
    str,
    typer.Option("--bootstrap", envvar="CLAIMWIRE_BROKER", help="Kafka addresses, host:port, with commas."),
]
DEFAULT_BOOTSTRAP = "127.0.0.1:9092"


@contextmanager
def admin(bootstrap: str) -> Iterator[Any]:
    """Give a connected admin client; closes it."""
    with _client(KafkaAdminClient, bootstrap) as client:
        yield client


@contextmanager
def producer(bootstrap: str) -> Iterator[Any]:
    """Give a producer whose every record must reach all in-sync replicas; closes it, sending what waits."""
    options = {
        "acks": "all",
        "linger_ms": 5,
        "max_request_size": MAX_RECORD_BYTES,
        "max_block_ms": CONNECT_TIMEOUT_MS,
        "delivery_timeout_ms": 60_000,
        "allow_auto_create_topics": False,
    }
    with _client(KafkaProducer, bootstrap, **options) as client:
        yield client


@contextmanager
def consumer(bootstrap: str, group: str | None = None) -> Iterator[Any]:
    """Give a consumer which joins no group and commits nothing; assign it partitions yourself.

    ``group`` is only for asking what that group has committed.
    """
    options = {
        "group_id": group,
        "enable_auto_commit": False,
        "auto_offset_reset": "earliest",
        "max_partition_fetch_bytes": MAX_RECORD_BYTES,
        "allow_auto_create_topics": False,
    }
    with _client(KafkaConsumer, bootstrap, **options) as client:
        yield client


def require_topic(bootstrap: str, topic: str) -> None:
    """Raise ``CliError`` when there is no such topic; a producer would wait for it to appear."""
    with consumer(bootstrap) as client:
        if not client.partitions_for_topic(topic):
            raise no_topic(topic)


def no_topic(*topics: str) -> CliError:
    """Return what to say when none of ``topics`` is there."""
    return CliError(f"there is no topic {' or '.join(topics)}; make it with: claimwire topics create")


@contextmanager
def _client(kind: Any, bootstrap: str, **options: Any) -> Iterator[Any]:
    _silence()
    access, addresses = _access(), _addresses(bootstrap)
    if access.is_protected:
        knock_once(addresses, access)
    try:
        client = kind(
            bootstrap_servers=addresses,
            bootstrap_timeout_ms=CONNECT_TIMEOUT_MS,
            client_id="claimwire-cli",
            **access.client_options(),
            **_api_version(),
            **options,
        )
    except KafkaError as error:
        raise CliError(_absent(bootstrap, addresses, access, error)) from None
    try:
        yield client
    except AuthorizationError as error:
        raise CliError(
            f"Kafka at {bootstrap} does not allow it: {_brief(error)}; see docs/security.md"
        ) from error
    except KafkaError as error:
        raise CliError(f"Kafka at {bootstrap}: {_brief(error)}") from error
    finally:
        _close(client)


def _access() -> BrokerAccess:
    try:
        return load_broker_access(os.environ)
    except SettingsError as error:
        raise CliError(str(error)) from None


def _absent(bootstrap: str, addresses: list[str], access: BrokerAccess, error: KafkaError) -> str:
    """Say why there is no connection: a broker that refuses looks to its client like one that is away."""
    try:
        knock_once(addresses, access)
    except BrokerRefusesError as refusal:
        return str(refusal)
    return f"no Kafka at {bootstrap} ({_brief(error)}); set --bootstrap or CLAIMWIRE_BROKER"


def _close(client: Any) -> None:
    if isinstance(client, KafkaAdminClient):
        client.close()
    elif isinstance(client, KafkaProducer):
        client.close(timeout=CLOSE_TIMEOUT_MS / 1000)
    else:
        client.close(autocommit=False, timeout_ms=CLOSE_TIMEOUT_MS)


def _addresses(bootstrap: str) -> list[str]:
    addresses = [part.strip() for part in bootstrap.split(",") if part.strip()]
    for address in addresses:
        host, _, port = address.rpartition(":")
        if not host or not port.isdecimal():
            raise CliError(f"--bootstrap is host:port, with commas between several; not {address!r}")
    if not addresses:
        raise CliError("--bootstrap names no broker")
    return addresses


def _api_version() -> dict[str, tuple[int, ...]]:
    """Return the protocol version that the environment asks for: librdkafka's mock cluster needs 2.3."""
    given = os.environ.get(API_VERSION_VARIABLE)
    if not given:
        return {}
    parts = given.split(".")
    if not all(part.isdecimal() for part in parts):
        raise CliError(f"{API_VERSION_VARIABLE} is a version like 2.3, not {given!r}")
    return {"api_version": tuple(int(part) for part in parts)}


def _silence() -> None:
    """Keep the client's own log lines off the terminal: what matters is raised, and told once."""
    for name in ("kafka", "aiokafka"):
        logger = logging.getLogger(name)
        if not logger.handlers:
            logger.addHandler(logging.NullHandler())
            logger.propagate = False


def _brief(error: KafkaError) -> str:
    return (
        " ".join(str(error).split()).removeprefix(f"{type(error).__name__}: ")[:300] or type(error).__name__
    )
