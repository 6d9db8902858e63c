"""Faust's Kafka transport with an idempotent producer, which Faust offers only inside transactions."""

from collections.abc import Mapping
from typing import Any

from faust.transport.drivers.aiokafka import Producer, Transport


class IdempotentProducer(Producer):
    """Waits for all in-sync replicas; a retry cannot write a record twice, and batches do not expire."""

    def _settings_extra(self) -> Mapping[str, Any]:
        return {"acks": "all", "enable_idempotence": True}


class IdempotentTransport(Transport):
    """Set as ``app.transport`` before the app starts."""

    Producer = IdempotentProducer
