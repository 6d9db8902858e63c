"""``news.claim-by-subject.v1``: a claim on one of its routes, or its withdrawal from it.

The key is the route, so that all claims on it lie on one partition; a null value under it does not say which
claim is withdrawn. The header ``claimwire-claim-id`` does.
"""

from base64 import b85decode
from typing import Any

from workers.domain.outcome import Headers, Record, Reject, RejectReason
from workers.domain.routed import RoutedClaim, WithdrawnClaim
from workers.topology import Topic
from workers.wire.accepting import accept
from workers.wire.claims import MAX_CLAIM_BYTES, claim_message, read_claim
from workers.wire.codec import encode_object, without_surrogates

STEM = Topic.CLAIM_BY_SUBJECT.schema
CLAIM_ID_HEADER = "claimwire-claim-id"
_MAX_BYTES = 2 * MAX_CLAIM_BYTES


def encode_routed(routed: RoutedClaim, claim: bytes | None = None) -> bytes:
    """Return the record's value.

    ``claim`` is what ``encode_claim`` makes of the claim: with it, it is not written anew for each route.
    """
    if claim is None:
        return encode_object(routed_message(routed))
    before = encode_object({"subject_id": routed.route})[:-1]
    after = encode_object({"article_signature": routed.article_signature})[1:]
    return b'%s,"claim":%s,%s' % (before, claim, after)


def routed_message(routed: RoutedClaim) -> dict[str, Any]:
    """Return the value as a JSON object, keys in the schema's order."""
    return {
        "subject_id": routed.route,
        "claim": claim_message(routed.claim),
        "article_signature": routed.article_signature,
    }


def route_key(route: str) -> bytes:
    """Return the record's key; it has to be what ``subject_id`` in the value says, byte for byte."""
    return without_surrogates(route).encode("utf-8")


def withdrawal_headers(claim_id: str) -> Headers:
    """Return the header that names the claim to withdraw beside a null value."""
    return ((CLAIM_ID_HEADER, claim_id.encode()),)


def decode_routed(record: Record) -> RoutedClaim | WithdrawnClaim | Reject:
    """Return what the record says of a claim, or why that cannot be told."""
    try:
        route = (record.key or b"").decode("utf-8")
        claim_id = dict(record.headers).get(CLAIM_ID_HEADER, b"").decode("ascii")
    except UnicodeDecodeError:
        return Reject(RejectReason.NOT_UTF8, "the key or the claim's id is not UTF-8")
    if not route:
        return Reject(RejectReason.SCHEMA, "the record has no key; it has to be the subject's id")
    if record.value is None:
        if not claim_id:
            return Reject(RejectReason.SCHEMA, f"a null value needs a header {CLAIM_ID_HEADER}")
        return WithdrawnClaim(route, claim_id)
    fields = accept(STEM, record.value, max_bytes=_MAX_BYTES)
    if isinstance(fields, Reject):
        return fields
    if fields["subject_id"] != route:
        return Reject(RejectReason.SCHEMA, "/subject_id: is not the record's key")
    signature = fields.get("article_signature")
    if signature is not None and not _is_base85(signature):
        return Reject(RejectReason.SCHEMA, "/article_signature: is not Base85")
    return RoutedClaim(route, read_claim(fields["claim"]), signature)


def _is_base85(text: str) -> bool:
    try:
        b85decode(text)
    except ValueError:
        return False
    return True
