"""Faust's Kafka transport with an idempotent producer, which Faust offers only inside transactions."""

from collections.abc import Mapping
from typing import Any

from faust.auth import SASLCredentials, SSLCredentials
from faust.transport.drivers.aiokafka import Producer, Transport

from workers.broker.access import BrokerAccess


def credentials(access: BrokerAccess) -> SASLCredentials | SSLCredentials | None:
    """Return what Faust hands to aiokafka; its ``repr`` shows no password. Raises ``BrokerError``."""
    if not access.is_protected:
        return None
    context = access.tls_context()
    if not access.broker_security.has_user:
        return SSLCredentials(context)
    return SASLCredentials(
        username=access.broker_username,
        password=access.password().get_secret_value(),
        ssl_context=context,
        mechanism=access.broker_security.sasl_mechanism,
    )


class IdempotentProducer(Producer):
    """Waits for all in-sync replicas; a retry cannot write a record twice, and batches do not expire."""

    def _settings_extra(self) -> Mapping[str, Any]:
        return {"acks": "all", "enable_idempotence": True}


class IdempotentTransport(Transport):
    """Set as ``app.transport`` before the app starts."""

    Producer = IdempotentProducer
