"""What every contestant does with an article: claimwire's own job, so that only the delivery differs."""

import os

from workers.agents.jobs import EnrichedBytes, JobSettings, enrich_job, prepare
from workers.wire.messages import DEFAULT_MAX_BODY_BYTES

BROKER = os.environ.get("PEER_BROKER", "127.0.0.1:9092")
SOURCE = os.environ.get("PEER_SOURCE", "news.article-raw.v1")
GROUP = os.environ.get("PEER_GROUP", "peer")
ARTICLES = os.environ.get("PEER_ARTICLES", "peer.article-enriched")
CLAIMS = os.environ.get("PEER_CLAIMS", "peer.claim")


def load() -> None:
    """Load the pipeline into this process."""
    prepare(JobSettings(None, DEFAULT_MAX_BODY_BYTES, 0.0))


def enriched(key: bytes | None, value: bytes | None) -> tuple[bytes, list[tuple[bytes, bytes]]] | None:
    """Return the enriched article and its claims as (claim_id, value), or ``None`` for what is no article."""
    (result,) = enrich_job([(key, value)])
    if not isinstance(result, EnrichedBytes):
        return None
    return result.value, [(claim_id.encode(), claim) for claim_id, claim in result.claims]
