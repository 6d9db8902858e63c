"""Faust as its tutorial shows it: one record at a time, in the event loop, ``await topic.send``."""

import os
from typing import Any

import faust

from bench.peers import enriching

app = faust.App(
    enriching.GROUP,
    broker=f"kafka://{enriching.BROKER}",
    value_serializer="raw",
    topic_allow_declare=False,
    topic_disable_leader=True,
    web_port=int(os.environ.get("PEER_WEB_PORT", "6066")),
    web_bind="127.0.0.1",
    datadir=os.environ.get("PEER_FOLDER", "."),
)
raw = app.topic(enriching.SOURCE, key_type=bytes, value_type=bytes)
articles = app.topic(enriching.ARTICLES, key_type=bytes, value_type=bytes)
claims = app.topic(enriching.CLAIMS, key_type=bytes, value_type=bytes)


@app.agent(raw)
async def enrich(stream: Any) -> None:
    """Enrich every article as it comes."""
    async for key, value in stream.items():
        made = enriching.enriched(key, value)
        if made is None:
            continue
        article, found = made
        await articles.send(key=key, value=article)
        for claim_id, claim in found:
            await claims.send(key=claim_id, value=claim)


if __name__ == "__main__":
    enriching.load()
    app.main()
