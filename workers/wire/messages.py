"""Every message in one place: what the other layers import from ``wire``."""

from workers.wire.alerts import alert_message, decode_alert, encode_alert
from workers.wire.claims import claim_message, decode_claim, encode_claim, read_claim
from workers.wire.dead_letters import dead_letter_headers
from workers.wire.enriched_articles import decode_enriched, encode_enriched, enriched_message
from workers.wire.raw_articles import DEFAULT_MAX_BODY_BYTES, decode_article

__all__ = [
    "DEFAULT_MAX_BODY_BYTES",
    "alert_message",
    "claim_message",
    "dead_letter_headers",
    "decode_alert",
    "decode_article",
    "decode_claim",
    "decode_enriched",
    "encode_alert",
    "encode_claim",
    "encode_enriched",
    "enriched_message",
    "read_claim",
]
