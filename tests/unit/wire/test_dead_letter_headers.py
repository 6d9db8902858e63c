"""What the headers of a dead letter say: where it comes from, why, and nothing lost of its own."""

import pytest

from tests.builders import (
    PIPELINE,
    a_record,
)
from workers.domain.outcome import Reject, RejectReason
from workers.wire.messages import (
    dead_letter_headers,
)
from workers.wire.schema import problem_when_written

REJECT = Reject(RejectReason.NOT_JSON, "Expecting value at line 1 column 1")


def test_a_dead_letter_says_where_it_comes_from_and_why() -> None:
    headers = dead_letter_headers(a_record(), "enrich-articles", REJECT, "0.1.0")

    fields = {name: value.decode() for name, value in headers}
    assert fields == {
        "dlq-topic": "news.article-raw.v1",
        "dlq-partition": "3",
        "dlq-offset": "42",
        "dlq-timestamp": "1729771200000",
        "dlq-stage": "enrich-articles",
        "dlq-reason": "not-json",
        "dlq-detail": "Expecting value at line 1 column 1",
        "dlq-attempts": "1",
        "dlq-worker-version": PIPELINE.version,
    }
    assert problem_when_written("dead-letter.v1", fields) is None


def test_a_dead_letter_keeps_the_records_headers_but_not_an_earlier_death() -> None:
    earlier = (
        ("traceparent", b"00-1"),
        ("dlq-reason", b"schema"),
        ("dlq-replays", b"2"),
        ("traceparent", b"00-2"),
    )

    headers = dead_letter_headers(a_record(headers=earlier), "enrich-articles", REJECT, "0.1.0")

    assert headers[:3] == (("traceparent", b"00-1"), ("dlq-replays", b"2"), ("traceparent", b"00-2"))
    assert [value for name, value in headers if name == "dlq-reason"] == [b"not-json"]


@pytest.mark.parametrize("detail", ["é" * 2000, "x" + "🏆" * 1000, "half \ud83d", "two\nlines"])
def test_the_detail_is_one_line_of_at_most_a_kibibyte(detail: str) -> None:
    reject = Reject(RejectReason.PROCESSING_FAILED, detail)

    written = dict(dead_letter_headers(a_record(), "enrich-articles", reject, "0.1.0"))["dlq-detail"]

    assert 0 < len(written) <= 1024
    assert "\n" not in written.decode("utf-8")
