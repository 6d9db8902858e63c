"""What the options of the Kafka commands mean."""

from datetime import UTC, datetime, timedelta

import pytest
import typer

from workers.cli.errors import CliError
from workers.cli.kafka import admin
from workers.cli.pace import Pace
from workers.cli.records import BEGINNING, Since, read_since


@pytest.mark.parametrize(
    ("text", "ago"),
    [
        ("30s", timedelta(seconds=30)),
        ("15m", timedelta(minutes=15)),
        ("1h", timedelta(hours=1)),
        ("2d", timedelta(2)),
    ],
)
def test_since_may_be_so_long_ago(text: str, ago: timedelta) -> None:
    before = datetime.now(UTC)
    since = read_since(text)
    after = datetime.now(UTC)

    assert since is not None
    moment = since.timestamp_ms / 1000
    assert (before - ago).timestamp() - 0.001 <= moment <= (after - ago).timestamp()


def test_since_may_be_a_time_or_all_or_nothing() -> None:
    assert read_since("2024-10-24T12:00:00Z") == Since(1_729_771_200_000)
    assert read_since("all") == BEGINNING
    assert read_since("999999999999d") == BEGINNING
    assert read_since(None) is None


@pytest.mark.parametrize("text", ["", "soon", "1 week", "-1h", "h"])
def test_since_that_means_nothing_is_wrong_usage(text: str) -> None:
    with pytest.raises(typer.BadParameter):
        read_since(text)


@pytest.mark.parametrize("address", ["", "somewhere", "host:port", ":9092", "a:1,b"])
def test_an_address_that_is_none_is_one_clear_line(address: str) -> None:
    with pytest.raises(CliError, match="--bootstrap"), admin(address):
        pass


def test_a_broker_that_is_away_is_one_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workers.cli.kafka.CONNECT_TIMEOUT_MS", 200)

    with pytest.raises(CliError, match="no Kafka at"), admin("127.0.0.1:1"):
        pass


def test_a_protocol_version_that_is_none_is_one_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLAIMWIRE_KAFKA_API_VERSION", "new")

    with pytest.raises(CliError, match="CLAIMWIRE_KAFKA_API_VERSION"), admin("127.0.0.1:1"):
        pass


class _Clock:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def test_a_pace_is_kept_without_bursts() -> None:
    clock = _Clock()
    pace = Pace(4, clock, clock.sleep)
    times = []

    for _ in range(4):
        pace.wait()
        times.append(clock.now)
    clock.now += 10
    for _ in range(2):
        pace.wait()
        times.append(clock.now)

    assert times == [100.0, 100.25, 100.5, 100.75, 110.75, 111.0]


def test_no_rate_never_waits() -> None:
    clock = _Clock()
    pace = Pace(None, clock, clock.sleep)

    for _ in range(1000):
        pace.wait()

    assert clock.now == 100.0
