"""Any record can die, be looked at and be sent again: nothing of the original is lost."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz.fuzzing import fuzzed
from workers.cli.dead_letters import dead_letter_fields, dead_letter_line, read_dead_letter, replay_headers
from workers.domain.outcome import Record, Reject, RejectReason
from workers.wire.codec import MAX_DETAIL_BYTES, encode_object
from workers.wire.dead_letters import REPLAYS, dead_letter_headers

NAMES = st.sampled_from(
    ["dlq-topic", "dlq-detail", "dlq-replays", "dlq-", "claimwire-tense", "traceparent", ""]
)
HEADERS = st.lists(
    st.tuples(NAMES | st.text(st.characters(exclude_categories=["Cs"]), max_size=8), st.binary(max_size=12)),
    max_size=5,
).map(tuple)
RECORDS = st.builds(
    Record,
    topic=st.just("news.article-raw.v1"),
    partition=st.integers(0, 2**31 - 1),
    offset=st.integers(0, 2**63 - 1),
    timestamp_ms=st.integers(-1, 2**63 - 1),
    key=st.none() | st.binary(max_size=12),
    value=st.none() | st.binary(max_size=12),
    headers=HEADERS,
)
REJECTS = st.builds(Reject, st.sampled_from(list(RejectReason)), st.text(max_size=2_000))


def died(record: Record, reject: Reject) -> Record:
    headers = dead_letter_headers(record, "enrich-articles", reject, "0.1.0")
    return replace(record, topic=f"{record.topic}.dlq", headers=headers)


@given(RECORDS, REJECTS)
@fuzzed(500)
def test_a_dead_letter_says_where_it_came_from_in_headers_that_fit(record: Record, reject: Reject) -> None:
    dead = died(record, reject)
    letter = read_dead_letter(dead)

    assert letter.source_topic == record.topic
    assert letter.reason == reject.reason
    assert len(letter.detail.encode("utf-8")) <= MAX_DETAIL_BYTES
    assert len(letter.detail.splitlines()) <= 1
    assert [name for name, _ in dead.headers if name == "dlq-topic"] == ["dlq-topic"]


@given(RECORDS, REJECTS)
@fuzzed(500)
def test_a_replayed_record_has_its_own_headers_and_a_higher_count(record: Record, reject: Reject) -> None:
    letter = read_dead_letter(died(record, reject))
    again = replay_headers(letter)

    own = tuple(header for header in record.headers if not header[0].startswith("dlq-"))
    assert again == (*own, (REPLAYS, str(letter.replays + 1).encode()))
    assert read_dead_letter(died(replace(record, headers=again), reject)).replays == letter.replays + 1


@given(RECORDS)
@fuzzed(500)
def test_any_record_in_a_dead_letter_topic_can_be_shown(record: Record) -> None:
    letter = read_dead_letter(record)

    assert "\n" not in dead_letter_line(letter).plain
    encode_object(dead_letter_fields(letter))
