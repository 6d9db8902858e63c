"""Every message in one place: what the other layers import from ``wire``."""

from workers.wire.alerts import alert_message, decode_alert, encode_alert
from workers.wire.claims import claim_message, decode_claim, encode_claim, read_claim
from workers.wire.claims_by_subject import decode_routed, encode_routed, route_key, withdrawal_headers
from workers.wire.dead_letters import dead_letter_headers
from workers.wire.enriched_articles import decode_enriched, encode_enriched, enriched_message
from workers.wire.raw_articles import DEFAULT_MAX_BODY_BYTES, decode_article
from workers.wire.relations import decode_relation, encode_relation, relation_message
from workers.wire.story_merges import decode_merge, encode_merge, merge_message

__all__ = [
    "DEFAULT_MAX_BODY_BYTES",
    "alert_message",
    "claim_message",
    "dead_letter_headers",
    "decode_alert",
    "decode_article",
    "decode_claim",
    "decode_enriched",
    "decode_merge",
    "decode_relation",
    "decode_routed",
    "encode_alert",
    "encode_claim",
    "encode_enriched",
    "encode_merge",
    "encode_relation",
    "encode_routed",
    "enriched_message",
    "merge_message",
    "read_claim",
    "relation_message",
    "route_key",
    "withdrawal_headers",
]
