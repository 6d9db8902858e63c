"""``claimwire topics`` on a real Kafka."""

import time
from collections.abc import Callable

import pytest
from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient

from workers.broker.local import LocalKafka
from workers.cli.main import main
from workers.wire.topics import load_topics

Run = Callable[..., tuple[int, list[str], str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command; returns its exit code, its lines of output, and its standard error."""

    def call(*arguments: str) -> tuple[int, list[str], str]:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        captured = capsys.readouterr()
        return int(str(ended.value.code)), captured.out.splitlines(), captured.err

    return call


@pytest.fixture
def address(clean_kafka: LocalKafka, run: Run) -> tuple[str, ...]:
    """The options of a single broker that has forgotten the topics of earlier tests."""
    options = ("--bootstrap", clean_kafka.bootstrap, "--replication-factor", "1")
    _until(run, ("topics", "check", *options), [f"{name}: is missing" for name in load_topics()])
    return options


def _until(run: Run, arguments: tuple[str, ...], wanted: list[str]) -> None:
    """Run a command until it prints ``wanted``: a broker learns of a change a moment after it is accepted."""
    deadline = time.monotonic() + 20
    lines = run(*arguments)[1]
    while lines != wanted and time.monotonic() < deadline:
        lines = run(*arguments)[1]
    assert lines == wanted


def test_topics_are_made_once_and_are_then_as_they_should_be(address: tuple[str, ...], run: Run) -> None:
    assert run("topics", "check", *address)[0] == 1

    code, lines, err = run("topics", "create", *address)
    assert (code, err) == (0, "")
    assert lines == [f"created  {name}" for name in load_topics()]

    code, lines, err = run("topics", "create", *address)
    assert (code, err) == (0, "")
    assert lines == [f"exists   {name}" for name in load_topics()]

    code, lines, err = run("topics", "check", *address)
    assert (code, err) == (0, "")
    assert lines == [f"{len(load_topics())} topics are as topics.yaml says."]


def test_every_difference_is_named_and_left_alone(
    clean_kafka: LocalKafka, address: tuple[str, ...], run: Run
) -> None:
    admin = KafkaAdminClient(bootstrap_servers=clean_kafka.bootstrap)
    try:
        admin.create_topics({"news.alert.v1": {"num_partitions": 5, "replication_factor": 1}})
        assert run("topics", "create", *address)[0] == 0
        changed = ConfigResource(ConfigResourceType.TOPIC, "news.claim.v1", {"cleanup.policy": "delete"})
        admin.alter_configs([changed])
    finally:
        admin.close()

    _until(
        run,
        ("topics", "check", *address),
        [
            "news.claim.v1: cleanup.policy is delete, not compact",
            "news.alert.v1: has 5 partitions, not 3",
            "news.alert.v1: max.message.bytes is 1048588, not 4194304",
            "news.alert.v1: retention.ms is 604800000, not 7776000000",
        ],
    )
    code, _, err = run("topics", "check", *address)
    assert code == 1
    assert err == f"claimwire: 4 differences between {clean_kafka.bootstrap} and topics.yaml\n"
    code, _, err = run("topics", "create", *address)
    assert code == 0
    assert "differs  news.alert.v1: has 5 partitions, not 3\n" in err


def test_more_copies_than_brokers_is_one_clear_line(address: tuple[str, ...], run: Run) -> None:
    code, lines, err = run("topics", "create", *address[:2])

    assert (code, lines) == (1, [])
    assert err.startswith("claimwire: the broker refuses news.article-raw.v1: ")
    assert err.endswith("for a single broker: --replication-factor 1\n")
    assert err.count("\n") == 1
