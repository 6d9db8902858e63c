"""Bytewax as its documentation shows it: Kafka in, ``flat_map``, Kafka out, recovery by snapshots."""

from collections.abc import Iterable
from typing import Any

import bytewax.operators as op
from bytewax.connectors.kafka import KafkaSink, KafkaSinkMessage, KafkaSource
from bytewax.dataflow import Dataflow

from bench.peers import enriching

enriching.load()


def messages(record: Any) -> Iterable[KafkaSinkMessage[bytes, bytes]]:
    """Return the article and its claims, each with the topic it goes to."""
    made = enriching.enriched(record.key, record.value)
    if made is None:
        return
    article, found = made
    yield KafkaSinkMessage(record.key, article, topic=enriching.ARTICLES)
    for claim_id, claim in found:
        yield KafkaSinkMessage(claim_id, claim, topic=enriching.CLAIMS)


flow = Dataflow("peer")
records = op.input("raw", flow, KafkaSource([enriching.BROKER], [enriching.SOURCE], batch_size=1))
spread = op.redistribute("spread", records)
made = op.flat_map("enrich", spread, messages)
op.output("out", made, KafkaSink([enriching.BROKER], enriching.ARTICLES))
