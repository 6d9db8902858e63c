"""What crawlers publish: an article, or a reason why there is none."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.domain.article import Article, ArticleStatus
from workers.domain.ids import content_id
from workers.domain.outcome import Drop, DropReason, Reject, RejectReason
from workers.wire.messages import DEFAULT_MAX_BODY_BYTES, decode_article
from workers.wire.raw_articles import KNOWN_FIELDS
from workers.wire.schema import load_schema

BODY = "The bridge stays closed, the mayor said."


def _raw(**fields: Any) -> bytes:
    return json.dumps({"body": BODY} | fields, ensure_ascii=False).encode()


def _article(value: bytes, key: bytes | None = None) -> Article:
    article = decode_article(value, key)
    assert isinstance(article, Article), article
    return article


def _reason(value: bytes) -> RejectReason:
    answer = decode_article(value)
    assert isinstance(answer, Reject), answer
    assert len(answer.detail.encode()) <= 1024
    assert BODY not in answer.detail
    return answer.reason


def test_every_field_is_read() -> None:
    value = _raw(
        article_id="a1",
        url="https://ridgepost.example/1",
        publisher="ridgepost.example",
        title="Bridge",
        content_type="text/html; charset=utf-8",
        language="en",
        published_at="2024-10-24T14:00:00+02:00",
        revision=2,
        status="corrected",
    )

    assert _article(value, b"a1") == Article(
        article_id="a1",
        body=BODY,
        url="https://ridgepost.example/1",
        publisher="ridgepost.example",
        title="Bridge",
        content_type="text/html",
        language="en",
        published_at=datetime(2024, 10, 24, 12, tzinfo=UTC),
        revision=2,
        status=ArticleStatus.CORRECTED,
    )


def test_only_a_body_is_needed() -> None:
    assert _article(_raw()) == Article(article_id=content_id("article", BODY), body=BODY)


def test_null_means_not_known() -> None:
    nothing = dict.fromkeys(KNOWN_FIELDS - {"body"})

    assert _article(_raw(**nothing)) == _article(_raw())


def test_a_null_value_is_a_tombstone() -> None:
    assert decode_article(None, b"a1") == Drop(DropReason.TOMBSTONE)


def test_the_id_comes_from_the_value_then_the_key_then_the_url_then_the_body() -> None:
    url = "https://ridgepost.example/1"

    assert _article(_raw(article_id="a1", url=url), b"k1").article_id == "a1"
    assert _article(_raw(url=url), b"k1").article_id == "k1"
    assert _article(_raw(url=url)).article_id == content_id("article", url)
    assert _article(_raw()).article_id == content_id("article", BODY)


@pytest.mark.parametrize("key", [b"", b"  ", b"\xff\xfe", b"a\x00b", b"k" * 600])
def test_a_key_that_cannot_be_an_id_is_no_id(key: bytes) -> None:
    assert _article(_raw(), key).article_id == content_id("article", BODY)


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2024-10-24T12:00:00Z", datetime(2024, 10, 24, 12, tzinfo=UTC)),
        ("2024-10-24T12:00:00", datetime(2024, 10, 24, 12, tzinfo=UTC)),
        ("2024-10-24 12:00:00.5+05:30", datetime(2024, 10, 24, 6, 30, 0, 500_000, tzinfo=UTC)),
        ("2024-10-24", datetime(2024, 10, 24, tzinfo=UTC)),
    ],
)
def test_dates_are_read_as_utc(written: str, moment: datetime) -> None:
    assert _article(_raw(published_at=written)).published_at == moment


@pytest.mark.parametrize(
    "written",
    ["yesterday", "", "2024-02-31", "2024-13-01T00:00:00Z", "0001-01-01T00:00:00+10:00", "24.10.2024"],
)
def test_a_date_that_is_none_is_refused(written: str) -> None:
    assert _reason(_raw(published_at=written)) is RejectReason.BAD_DATE


@pytest.mark.parametrize("body", ["", "  \n\t", "\ufeff \u200b", "\u00a0\u2003"])
def test_a_blank_body_is_refused(body: str) -> None:
    assert _reason(_raw(body=body)) is RejectReason.EMPTY_BODY


@pytest.mark.parametrize(
    "body",
    [
        "%PDF-1.7 and so on",
        "GIF89a then noise",
        "One NUL\x00 in a long and otherwise readable text is enough.",
        "\ufffd" * 20 + "abc",
        "\x01\x02\x03\x04 ok",
    ],
)
def test_a_binary_body_is_refused(body: str) -> None:
    assert _reason(_raw(body=body)) is RejectReason.BINARY_BODY


@pytest.mark.parametrize(
    "body", ["🏆 أخيرا!", "One stray \ufffd in a longer text is no reason.", "“No" + "”" * 3]
)
def test_odd_but_readable_text_is_read_unchanged(body: str) -> None:
    assert _article(_raw(body=body)).body == body


def test_the_limit_is_in_bytes_of_utf8() -> None:
    assert decode_article(_raw(body="é" * 50), max_body_bytes=100) == _article(_raw(body="é" * 50))

    answer = decode_article(_raw(body="é" * 51), max_body_bytes=100)
    assert answer == Reject(RejectReason.TOO_LARGE, "body is 102 bytes of UTF-8; at most 100 are read")


def test_five_megabytes_are_too_large() -> None:
    assert _reason(_raw(body="word " * 1_000_000)) is RejectReason.TOO_LARGE
    assert _reason(_raw(body="word " * (DEFAULT_MAX_BODY_BYTES * 2))) is RejectReason.TOO_LARGE


def test_a_withdrawn_article_needs_no_body() -> None:
    article = _article(b'{"article_id": "a1", "status": "withdrawn"}')

    assert (article.body, article.status) == ("", ArticleStatus.WITHDRAWN)


@pytest.mark.parametrize(
    "value",
    [
        b"{}",
        _raw(body=None),
        _raw(body=7),
        _raw(status="lost"),
        _raw(revision=1.5),
        _raw(content_type="image/png"),
        _raw(published_at=1729771200),
        b'{"status": "withdrawn"}',
    ],
)
def test_what_the_schema_does_not_allow_is_refused(value: bytes) -> None:
    assert _reason(value) is RejectReason.SCHEMA


def test_unknown_fields_are_counted_and_read_over() -> None:
    counted: list[int] = []

    article = decode_article(_raw(crawler="x", run=17), on_unknown=counted.append)

    assert article == _article(_raw())
    assert counted == [2]


def test_known_fields_alone_are_not_counted() -> None:
    counted: list[int] = []

    decode_article(_raw(), on_unknown=counted.append)

    assert counted == []


def test_the_fields_are_those_of_the_schema() -> None:
    assert set(load_schema("article-raw.v1")["properties"]) == KNOWN_FIELDS


VALUES = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()) | st.lists(st.none())
)


@given(st.dictionaries(st.sampled_from(sorted(KNOWN_FIELDS)), VALUES), st.none() | st.binary())
def test_no_fields_raise(fields: dict[str, Any], key: bytes | None) -> None:
    answer = decode_article(json.dumps(fields).encode(), key)

    assert isinstance(answer, Article | Reject)
    if isinstance(answer, Article):
        assert answer.article_id
        assert answer.published_at is None or answer.published_at.tzinfo is UTC
