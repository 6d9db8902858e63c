"""Claims by subject and merges of stories: to bytes and back, and what cannot be read."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.builders import NOON, a_claim, a_record
from workers.domain.outcome import Record, Reject, RejectReason
from workers.domain.relation import StoryMerge
from workers.domain.routed import RoutedClaim, WithdrawnClaim
from workers.relations.sketches import article_signature
from workers.wire.claims_by_subject import STEM
from workers.wire.codec import decode_object
from workers.wire.messages import (
    decode_merge,
    decode_routed,
    encode_claim,
    encode_merge,
    encode_routed,
    route_key,
    withdrawal_headers,
)
from workers.wire.schema import problem_when_written
from workers.wire.story_merges import STEM as MERGE_STEM

SIGNATURE = article_signature(" ".join(f"word{number}" for number in range(60)))
ROUTED = RoutedClaim("term:harn", a_claim(), SIGNATURE)


def a_routed_record(**changes: object) -> Record:
    values = {"topic": "news.claim-by-subject.v1", "key": b"term:harn", "value": encode_routed(ROUTED)}
    return a_record(**(values | changes))


@pytest.mark.parametrize("signature", [SIGNATURE, None])
def test_a_claim_by_subject_survives_the_wire(signature: str | None) -> None:
    routed = replace(ROUTED, article_signature=signature)
    value = encode_routed(routed)

    assert SIGNATURE is not None
    assert decode_routed(a_routed_record(value=value)) == routed
    assert problem_when_written(STEM, decode_object(value, max_bytes=10**6)) is None


@pytest.mark.parametrize("signature", [SIGNATURE, None])
@pytest.mark.parametrize(
    "route", ["term:harn", 'a "quoted" \\ route', "Õnne – 한국", "half \ud800 character"]
)
def test_a_claim_encoded_before_gives_the_same_bytes(route: str, signature: str | None) -> None:
    routed = RoutedClaim(route, a_claim(), signature)
    assert encode_routed(routed, encode_claim(routed.claim)) == encode_routed(routed)


def test_a_writer_that_knows_no_signatures_is_understood() -> None:
    value = encode_routed(replace(ROUTED, article_signature=None)).replace(b',"article_signature":null', b"")
    assert b"signature" not in value

    assert decode_routed(a_routed_record(value=value)) == replace(ROUTED, article_signature=None)


def test_a_record_without_a_value_withdraws_the_claim_in_its_header() -> None:
    record = a_routed_record(value=None, headers=withdrawal_headers("c1"))

    assert decode_routed(record) == WithdrawnClaim("term:harn", "c1")


def test_the_key_of_a_route_is_what_the_value_says() -> None:
    odd = replace(ROUTED, route="term:\ud800 é")
    record = a_routed_record(key=route_key(odd.route), value=encode_routed(odd))

    read = decode_routed(record)

    assert isinstance(read, RoutedClaim)
    assert route_key(read.route) == record.key


@pytest.mark.parametrize(
    ("changes", "reason", "said"),
    [
        ({"value": None}, RejectReason.SCHEMA, "a null value needs a header claimwire-claim-id"),
        ({"key": None}, RejectReason.SCHEMA, "the record has no key"),
        ({"key": b"\xff"}, RejectReason.NOT_UTF8, "the key"),
        ({"key": b"term:other"}, RejectReason.SCHEMA, "/subject_id: is not the record's key"),
        ({"value": b"{}"}, RejectReason.SCHEMA, "/: "),
        ({"value": b"{"}, RejectReason.NOT_JSON, ""),
        (
            {"value": encode_routed(replace(ROUTED, article_signature="~" * 160))},
            RejectReason.SCHEMA,
            "/article_signature: is not Base85",
        ),
    ],
)
def test_what_cannot_be_read_is_told(changes: dict[str, object], reason: RejectReason, said: str) -> None:
    answer = decode_routed(a_routed_record(**changes))

    assert isinstance(answer, Reject)
    assert answer.reason is reason
    assert answer.detail.startswith(said)


def test_a_merge_survives_the_wire() -> None:
    merge = StoryMerge("1f" * 16, "0a" * 16, "7c" * 16, NOON + timedelta(seconds=1))
    value = encode_merge(merge)

    assert decode_merge(value) == merge
    assert problem_when_written(MERGE_STEM, decode_object(value, max_bytes=10**6)) is None
    assert isinstance(decode_merge(b"{}"), Reject)
