"""What a worker learns from ``news.silence.v1``."""

import asyncio
import logging
from datetime import timedelta

import pytest
from prometheus_client import CollectorRegistry

from tests.builders import NOON
from workers.agents.silence_records import encode_silence
from workers.agents.silences import SilenceReader
from workers.alerting.muting import Operator, Silence, matcher
from workers.broker.access import OPEN
from workers.telemetry.metrics import Metrics
from workers.topology import STAGES


def a_silence(hours: float = 1, author: str = "Jo") -> Silence:
    matchers = (matcher("rule", Operator.LIKE, "fig.*"), matcher("desk", Operator.UNEQUAL, "sport"))
    return Silence(matchers, NOON, NOON + timedelta(hours=hours), author, "exercise")


class Reader(SilenceReader):
    """A reader that is told of records, instead of a topic."""

    def __init__(self) -> None:
        super().__init__(["127.0.0.1:1"], OPEN, Metrics(CollectorRegistry(), STAGES))
        self._read.set()

    def learns(self, silence: Silence) -> None:
        self.take(silence.id.encode(), encode_silence(silence), "here")

    @property
    def silences(self) -> tuple[Silence, ...]:
        return asyncio.run(self.known())


def test_a_silence_is_known_until_it_is_taken_away() -> None:
    reader = Reader()
    reader.learns(a_silence())
    reader.learns(a_silence(author="Bo"))
    both = reader.silences

    reader.take(a_silence().id.encode(), None, "here")

    assert both == (a_silence(), a_silence(author="Bo"))
    assert reader.silences == (a_silence(author="Bo"),)


def test_the_last_word_on_a_silence_counts() -> None:
    reader = Reader()
    reader.learns(a_silence(hours=5))

    reader.learns(a_silence(hours=1))

    assert [each.ends_at for each in reader.silences] == [NOON + timedelta(hours=1)]


def test_patterns_of_a_silence_from_the_topic_match() -> None:
    reader = Reader()
    reader.learns(a_silence())

    (silence,) = reader.silences

    assert silence.covers({"rule": "figure-moved"}, NOON)
    assert not silence.covers({"rule": "figure-moved", "desk": "sport"}, NOON)


@pytest.mark.parametrize(
    ("value", "complaint"),
    [
        (b"{", "not-json"),
        (b"\xff", "not-utf8"),
        (b'{"id": "x"}', "required property"),
        (encode_silence(a_silence()).replace(b"fig.*", b"fig("), "missing )"),
        (encode_silence(a_silence()).replace(b"2024-10-24T13", b"2023-10-24T13"), "before it starts"),
    ],
)
def test_a_record_that_cannot_be_read_changes_nothing_and_is_told(
    value: bytes, complaint: str, caplog: pytest.LogCaptureFixture
) -> None:
    reader = Reader()
    reader.learns(a_silence())

    with caplog.at_level(logging.ERROR):
        reader.take(a_silence().id.encode(), value, "partition 0:7")

    assert reader.silences == (a_silence(),)
    (record,) = caplog.records
    assert "partition 0:7" in record.getMessage()
    assert complaint in record.getMessage()


def test_a_record_without_a_key_is_left_out(caplog: pytest.LogCaptureFixture) -> None:
    reader = Reader()

    with caplog.at_level(logging.ERROR):
        reader.take(None, encode_silence(a_silence()), "partition 0:7")

    assert reader.silences == ()
    assert "without a key" in caplog.text


def test_nothing_is_decided_before_the_topic_has_been_read() -> None:
    async def asks() -> bool:
        reader = SilenceReader(["127.0.0.1:1"], OPEN, Metrics(CollectorRegistry(), STAGES))
        try:
            await asyncio.wait_for(reader.known(), 0.05)
        except TimeoutError:
            return False
        return True

    assert asyncio.run(asks()) is False
