"""Bytes in, a JSON object or a reason out."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.domain.outcome import Reject, RejectReason
from workers.wire.codec import MAX_DEPTH, clip_utf8, decode_object, encode_object

LIMIT = 1_000_000


def _decoded(value: bytes) -> dict[str, Any] | Reject:
    return decode_object(value, max_bytes=LIMIT)


def _nested(depth: int) -> bytes:
    return b'{"a":' + b"[" * (depth - 1) + b"]" * (depth - 1) + b"}"


@pytest.mark.parametrize(
    ("value", "reason", "detail"),
    [
        (b"", RejectReason.NOT_JSON, "Expecting value at line 1 column 1"),
        (b"Dear reader", RejectReason.NOT_JSON, "Expecting value at line 1 column 1"),
        (b'{"a": 1', RejectReason.NOT_JSON, "Expecting ',' delimiter at line 1 column 8"),
        (b'{"a": 1} {"a": 2}', RejectReason.NOT_JSON, "Extra data at line 1 column 10"),
        (b'{"a": NaN}', RejectReason.NOT_JSON, "NaN is no JSON number"),
        (b'{"a": -Infinity}', RejectReason.NOT_JSON, "-Infinity is no JSON number"),
        (b'{"a": 1e999}', RejectReason.NOT_JSON, "a number is too large"),
        (b'{"a": ' + b"9" * 5000 + b"}", RejectReason.NOT_JSON, "a number has too many digits"),
        (b'{"a": 1, "a": 2}', RejectReason.NOT_JSON, "the key 'a' is given twice in one object"),
        (_nested(MAX_DEPTH + 1), RejectReason.NOT_JSON, f"nested deeper than {MAX_DEPTH} levels"),
        (_nested(100_000), RejectReason.NOT_JSON, f"nested deeper than {MAX_DEPTH} levels"),
        (b'{"a": "na\xefve"}', RejectReason.NOT_UTF8, "byte 0xef at offset 9 is not UTF-8"),
        ('{"a": 1}'.encode("utf-16"), RejectReason.NOT_UTF8, "byte 0xff at offset 0 is not UTF-8"),
        (b"[1]", RejectReason.SCHEMA, "/: a JSON object is needed, not an array"),
        (b"null", RejectReason.SCHEMA, "/: a JSON object is needed, not null"),
        (b"true", RejectReason.SCHEMA, "/: a JSON object is needed, not a boolean"),
        (b" " * LIMIT + b"{}", RejectReason.TOO_LARGE, "1000002 bytes; at most 1000000 are read"),
    ],
)
def test_bad_bytes_are_answered_with_a_reason(value: bytes, reason: RejectReason, detail: str) -> None:
    assert _decoded(value) == Reject(reason, detail)


def test_nesting_up_to_the_limit_is_read() -> None:
    assert isinstance(_decoded(_nested(MAX_DEPTH)), dict)


def test_a_byte_order_mark_is_read_over() -> None:
    assert _decoded(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}


def test_half_an_emoji_becomes_one_replacement_character() -> None:
    decoded = _decoded(rb'{"a": ["x\ud83dy", "\ud83c\udfc6"]}')

    assert decoded == {"a": ["x\ufffdy", "\U0001f3c6"]}


def test_encoding_survives_a_lone_surrogate() -> None:
    assert json.loads(encode_object({"a": "x\ud83dy\U0001f3c6"})) == {"a": "x\ufffdy\U0001f3c6"}


def test_encoding_is_compact_in_the_given_order_and_not_escaped() -> None:
    assert encode_object({"b": "é", "a": [1, 2]}) == '{"b":"é","a":[1,2]}'.encode()


def test_nan_is_never_written() -> None:
    with pytest.raises(ValueError, match="Out of range"):
        encode_object({"a": float("nan")})


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)


@given(st.dictionaries(st.text(), JSON))
def test_what_is_encoded_decodes_to_the_same(fields: dict[str, Any]) -> None:
    assert _decoded(encode_object(fields)) == fields


@given(st.binary() | st.text().map(str.encode))
def test_no_bytes_raise(value: bytes) -> None:
    assert isinstance(_decoded(value), dict | Reject)


@given(st.text(alphabet=st.characters(), max_size=50), st.integers(0, 40))
def test_a_clipped_text_is_a_beginning_that_fits_and_could_not_be_longer(text: str, limit: int) -> None:
    clean = text.encode("utf-8", "replace").decode() if any("\ud800" <= c <= "\udfff" for c in text) else text
    clipped = clip_utf8(clean, limit)

    assert clean.startswith(clipped)
    assert len(clipped.encode()) <= limit
    rest = clean[len(clipped) :]
    assert not rest or len((clipped + rest[0]).encode()) > limit
