"""Quix Streams as its documentation shows it: a streaming dataframe, ``apply``, ``to_topic``."""

from typing import Any

from quixstreams import Application
from quixstreams.models import SerializationContext, Serializer

from bench.peers import enriching


class ValueOf(Serializer):  # type: ignore[misc]
    """Writes the bytes of a row; its key is written by ``to_topic``."""

    def __call__(self, value: Any, ctx: SerializationContext) -> bytes:
        """Return what goes to the topic."""
        return bytes(value["value"])


def rows(value: bytes, key: bytes, _timestamp: int, _headers: Any) -> list[dict[str, Any]]:
    """Return the article and its claims, a row each."""
    made = enriching.enriched(key, value)
    if made is None:
        return []
    article, found = made
    claims = [{"kind": "claim", "key": claim_id, "value": claim} for claim_id, claim in found]
    return [{"kind": "article", "key": key, "value": article}, *claims]


def main() -> None:
    """Run until a signal."""
    enriching.load()
    app = Application(
        broker_address=enriching.BROKER,
        consumer_group=enriching.GROUP,
        auto_offset_reset="earliest",
        auto_create_topics=False,
    )
    raw = app.topic(enriching.SOURCE, key_deserializer="bytes", value_deserializer="bytes")
    articles = app.topic(enriching.ARTICLES, key_serializer="bytes", value_serializer=ValueOf())
    claims = app.topic(enriching.CLAIMS, key_serializer="bytes", value_serializer=ValueOf())
    frame = app.dataframe(raw).apply(rows, metadata=True, expand=True)
    frame.filter(lambda row: row["kind"] == "article").to_topic(articles, key=lambda row: row["key"])
    frame.filter(lambda row: row["kind"] == "claim").to_topic(claims, key=lambda row: row["key"])
    app.run()


if __name__ == "__main__":
    main()
