"""Any bytes on any topic are a value or a ``Reject``; what was read can be written and read again."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz.fuzzing import fuzzed, messages, spoilt_bytes, spoilt_messages
from workers.domain.outcome import Drop, Record, Reject
from workers.topology import Topic
from workers.wire.codec import MAX_DETAIL_BYTES, decode_object, encode_object
from workers.wire.messages import (
    decode_alert,
    decode_article,
    decode_claim,
    decode_enriched,
    decode_merge,
    decode_relation,
    decode_routed,
    encode_alert,
    encode_claim,
    encode_enriched,
    encode_merge,
    encode_relation,
    encode_routed,
    route_key,
)

Decode = Callable[[bytes], Any]


def under_its_key(value: bytes) -> Record:
    """Return the record that an honest writer would make of a claim by subject."""
    read = decode_object(value, max_bytes=10**7)
    route = read.get("subject_id") if isinstance(read, dict) else None
    return Record(str(Topic.CLAIM_BY_SUBJECT), 0, 0, 0, route_key(str(route)), value)


READ_AND_WRITTEN: list[tuple[str, Decode, Callable[[Any], bytes]]] = [
    (Topic.CLAIM.schema, decode_claim, encode_claim),
    (Topic.ARTICLE_ENRICHED.schema, decode_enriched, encode_enriched),
    (Topic.ALERT.schema, decode_alert, lambda alert: encode_alert(alert)[0]),
    (Topic.CLAIM_RELATION.schema, decode_relation, encode_relation),
    (Topic.STORY_MERGE.schema, decode_merge, encode_merge),
    (Topic.CLAIM_BY_SUBJECT.schema, lambda value: decode_routed(under_its_key(value)), encode_routed),
]
each_message = pytest.mark.parametrize(
    ("stem", "decode", "encode"), READ_AND_WRITTEN, ids=[stem for stem, _, _ in READ_AND_WRITTEN]
)


def as_bytes(message: Any) -> bytes:
    return json.dumps(message).encode()


def assert_answered(outcome: object) -> None:
    """A refusal has a detail that a person can read and a header can hold."""
    if isinstance(outcome, Reject):
        assert 0 < len(outcome.detail.encode("utf-8")) <= MAX_DETAIL_BYTES


@given(data=st.data())
@fuzzed(400)
def test_a_spoilt_raw_article_is_an_article_or_refused(data: st.DataObject) -> None:
    message = data.draw(spoilt_messages(Topic.ARTICLE_RAW.schema))
    value = data.draw(st.just(as_bytes(message)) | spoilt_bytes(as_bytes(message)))

    outcome = decode_article(value, data.draw(st.none() | st.binary(max_size=12)))

    assert_answered(outcome)
    if not isinstance(outcome, Reject | Drop):
        assert outcome.article_id
        outcome.article_id.encode("utf-8")


@each_message
@given(data=st.data())
@fuzzed(120)
def test_a_spoilt_message_is_refused_or_written_the_same_time_and_again(
    stem: str, decode: Decode, encode: Callable[[Any], bytes], data: st.DataObject
) -> None:
    outcome = decode(as_bytes(data.draw(spoilt_messages(stem))))

    assert_answered(outcome)
    if not isinstance(outcome, Reject):
        written = encode(outcome)  # scores are rounded when they are written
        assert encode(decode(written)) == written


@each_message
@given(data=st.data())
@fuzzed(60)
def test_spoilt_bytes_are_read_or_refused(
    stem: str, decode: Decode, encode: Callable[[Any], bytes], data: st.DataObject
) -> None:
    outcome = decode(data.draw(spoilt_bytes(as_bytes(data.draw(st.sampled_from(messages(stem)))))))

    assert_answered(outcome)
    if not isinstance(outcome, Reject):
        encode(outcome)


@given(st.lists(st.sampled_from(list('{}[]":,\\u0dD89aAeE+-.1 \n\ufeffntrufals')), max_size=60).map("".join))
@fuzzed(800)
def test_whatever_looks_like_json_is_read_and_written_the_same_or_refused(text: str) -> None:
    outcome = decode_object(text.encode("utf-8"), max_bytes=1_000)

    assert_answered(outcome)
    if not isinstance(outcome, Reject):
        assert decode_object(encode_object(outcome), max_bytes=100_000) == outcome
