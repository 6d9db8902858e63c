"""Which broker is chosen on which machine, and how the Kafka jars come into the cache.

Machines without Java, with an old one, or without Maven are made by a search path that holds only small
programs written here.
"""

import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from kafka import KafkaProducer
from kafka.admin import KafkaAdminClient

from workers.broker.errors import BrokerError
from workers.broker.find import BROKER_VARIABLE, BrokerKind, broker, choose
from workers.broker.jars import CACHE_VARIABLE, kafka_files

JAVA_17 = """#!/bin/sh
echo 'openjdk version "17.0.15" 2025-04-15' >&2
"""
JAVA_11 = """#!/bin/sh
echo 'openjdk version "11.0.2" 2019-01-15' >&2
"""
MAVEN = """#!/bin/sh
echo called >> "$CLAIMWIRE_CACHE/calls"
for argument; do
  case "$argument" in -Dclaimwire.jars=*) : > "${argument#-Dclaimwire.jars=}/kafka.jar" ;; esac
done
"""
BROKEN_MAVEN = """#!/bin/sh
echo "[ERROR] Could not transfer artifact: no route to host"
echo "[ERROR] To see the full stack trace, do something else"
exit 1
"""


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with nothing on its search path, an empty cache and no broker set; the path's folder."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "cache"))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.delenv(BROKER_VARIABLE, raising=False)
    return folder


def install(folder: Path, name: str, program: str) -> None:
    path = folder / name
    path.write_text(program)
    path.chmod(0o755)


def test_an_address_given_as_an_argument_wins_over_the_environment(
    machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(BROKER_VARIABLE, "from-environment:9092")

    with broker("from-argument:9092") as found:
        assert (found.kind, found.bootstrap) == (BrokerKind.GIVEN, "from-argument:9092")
    with broker() as found:
        assert (found.kind, found.bootstrap) == (BrokerKind.GIVEN, "from-environment:9092")


def test_java_and_maven_mean_a_local_kafka(machine: Path) -> None:
    install(machine, "java", JAVA_17)
    install(machine, "mvn", MAVEN)

    assert choose(None, demo=False) == (
        BrokerKind.LOCAL,
        "Broker: a Kafka server of our own on this machine. Maven fetches it now: 43 MB, this once.",
    )


def test_without_java_a_demo_gets_the_mock_cluster_and_one_line_says_so(machine: Path) -> None:
    said: list[str] = []

    with broker(demo=True, say=said.append) as found:
        assert found.kind is BrokerKind.MOCK
        assert found.mock is not None
        child = psutil.Process(found.mock.pid)
        found.mock.topic("words", partitions=2)
        producer = KafkaProducer(bootstrap_servers=found.bootstrap, **found.client_options)
        try:
            assert producer.partitions_for("words") == {0, 1}
        finally:
            producer.close()

    assert not child.is_running()
    assert len(said) == 1
    assert "demo only" in said[0]
    assert "there is no Java" in said[0]


@pytest.mark.parametrize(
    ("programs", "reason"),
    [
        ({}, "there is no Java"),
        ({"java": JAVA_11, "mvn": MAVEN}, "Java 11.0.2 is older than 17"),
        ({"java": JAVA_17}, "there is no Maven"),
    ],
)
def test_outside_a_demo_a_machine_that_cannot_run_kafka_is_told_why_and_what_to_set(
    machine: Path, programs: dict[str, str], reason: str
) -> None:
    for name, program in programs.items():
        install(machine, name, program)

    with pytest.raises(BrokerError, match=reason) as failed:
        choose(None, demo=False)

    assert BROKER_VARIABLE in str(failed.value)
    assert "\n" not in str(failed.value)


def test_a_failing_download_is_one_line_and_leaves_nothing_half_done(machine: Path, tmp_path: Path) -> None:
    install(machine, "java", JAVA_17)
    install(machine, "mvn", BROKEN_MAVEN)

    with pytest.raises(BrokerError, match=r"^Maven could not fetch Kafka: .*no route to host$"):
        kafka_files()

    assert [path.name for path in (tmp_path / "cache").iterdir()] == ["kafka.lock"]


def test_two_processes_fetch_once_and_later_ones_need_no_maven(machine: Path, tmp_path: Path) -> None:
    install(machine, "java", JAVA_17)
    install(machine, "mvn", MAVEN.replace("echo called", "sleep 1; echo called"))
    (tmp_path / "cache").mkdir()
    environment = {**os.environ, "PATH": f"{machine}:/usr/bin:/bin"}
    program = "from workers.broker.jars import kafka_files; print(kafka_files().folder)"
    command = [sys.executable, "-c", program]

    both = [subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) for _ in range(2)]
    folders = {process.communicate(timeout=60)[0].decode().strip() for process in both}
    (machine / "mvn").unlink()

    assert [process.returncode for process in both] == [0, 0]
    assert folders == {str(kafka_files().folder)}
    assert (kafka_files().folder / "jars" / "kafka.jar").exists()
    assert (tmp_path / "cache" / "calls").read_text() == "called\n"


def test_a_changed_pom_is_fetched_again(machine: Path) -> None:
    install(machine, "java", JAVA_17)
    install(machine, "mvn", MAVEN)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", f"{machine}:/usr/bin:/bin")
        files = kafka_files()
        (files.folder / "pom.sha256").write_text("of another pom")
        (files.folder / "jars" / "stale.jar").touch()

        kafka_files()

    assert not (files.folder / "jars" / "stale.jar").exists()


def servers() -> set[psutil.Process]:
    return {child for child in psutil.Process().children() if "kafka.Kafka" in child.cmdline()}


@pytest.mark.kafka
def test_the_local_kafka_serves_within_the_block_and_is_gone_after_it() -> None:
    before = servers()

    with broker() as found:
        assert found.kind is BrokerKind.LOCAL
        assert len(servers() - before) == 1
        admin = KafkaAdminClient(bootstrap_servers=found.bootstrap, **found.client_options)
        assert list(admin.list_topics()) == []
        admin.close()

    assert servers() == before
