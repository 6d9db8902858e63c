"""Dead letters as a person chooses them, and what a replay would send."""

from typing import Any

import pytest

from tests.builders import a_record
from workers.cli.dead_letters import (
    Chosen,
    DeadLetter,
    dead_letter_fields,
    dead_letter_line,
    one_per_record,
    read_dead_letter,
    replay_headers,
)
from workers.cli.dlq import _ready
from workers.domain.outcome import Headers, Reject, RejectReason
from workers.wire.messages import dead_letter_headers


def _letter(
    offset: int = 0, replays: int | None = None, source: str = "news.article-raw.v1", **changes: Any
) -> DeadLetter:
    original: Headers = (("traceparent", b"00-1"),)
    if replays is not None:
        original += (("dlq-replays", str(replays).encode()),)
    reject = Reject(RejectReason.NOT_JSON, "Expecting value")
    headers = dead_letter_headers(
        a_record(headers=original, topic=source), "enrich-articles", reject, "0.1.0"
    )
    values: dict[str, Any] = {
        "topic": "news.article-raw.v1.dlq",
        "partition": 0,
        "offset": offset,
        "headers": headers,
        "value": b"nonsense",
    }
    return read_dead_letter(a_record(**(values | changes)))


def test_a_dead_letter_is_read_from_its_headers() -> None:
    assert dead_letter_fields(_letter(7)) == {
        "id": "news.article-raw.v1.dlq:0:7",
        "timestamp": "2024-10-24T12:00:00Z",
        "topic": "news.article-raw.v1",
        "stage": "enrich-articles",
        "reason": "not-json",
        "detail": "Expecting value",
        "attempts": "1",
        "replays": 0,
        "key": "a1",
        "bytes": 8,
    }


def test_a_record_that_is_no_dead_letter_is_shown_all_the_same() -> None:
    strange = _letter(
        headers=(("dlq-replays", b"many"), ("dlq-reason", b"\xff\x1b[2J")), key=None, value=None
    )

    assert strange.replays == 0
    assert "\x1b" not in dead_letter_line(strange).plain
    assert dead_letter_fields(strange)["key"] is None


@pytest.mark.parametrize(
    ("chosen", "is_wanted"),
    [
        (Chosen(), True),
        (Chosen(reason="not-json", stage="enrich-articles"), True),
        (Chosen(reason="schema"), False),
        (Chosen(stage="raise-alerts"), False),
        (Chosen(ids=frozenset({"news.article-raw.v1.dlq:0:7"})), True),
        (Chosen(ids=frozenset({"news.article-raw.v1.dlq:0:8"})), False),
    ],
)
def test_filters_choose(chosen: Chosen, is_wanted: bool) -> None:
    assert chosen(_letter(7)) is is_wanted


def test_a_replay_keeps_the_original_headers_and_counts() -> None:
    assert replay_headers(_letter()) == (("traceparent", b"00-1"), ("dlq-replays", b"1"))
    assert replay_headers(_letter(replays=2)) == (("traceparent", b"00-1"), ("dlq-replays", b"3"))


def test_copies_of_one_record_are_sent_once_as_the_most_replayed() -> None:
    copies = [_letter(0), _letter(1, replays=2), _letter(2, replays=1), _letter(3, value=b"other")]

    assert [letter.record.offset for letter in one_per_record(copies)] == [1, 3]


def test_what_died_too_often_stays_where_it_is() -> None:
    ready, skipped = _ready([_letter(0), _letter(1, replays=3)], Chosen(), max_replays=3)

    assert ready == []
    assert skipped == ["news.article-raw.v1.dlq:0:1: was replayed 3 times already"]


def test_an_old_copy_does_not_get_around_the_guard() -> None:
    old, new = _letter(0), _letter(1, replays=3)

    ready, skipped = _ready([old, new], Chosen(ids=frozenset({old.id})), max_replays=3)

    assert ready == []
    assert len(skipped) == 1


@pytest.mark.parametrize("source", ["payroll", "news.article-raw.v1.dlq"])
def test_nothing_is_sent_to_a_topic_that_is_not_ours(source: str) -> None:
    ready, skipped = _ready([_letter(source=source)], Chosen(), max_replays=3)

    assert ready == []
    assert skipped == ["news.article-raw.v1.dlq:0:0: its headers name no topic of claimwire"]
