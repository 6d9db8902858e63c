"""The real Kafka on this machine: it serves, keeps its data over a kill, and never outlives its owner."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import psutil
import pytest
from kafka import KafkaProducer

from tests.support.reading import read_values
from workers.broker.errors import BrokerError
from workers.broker.jars import cache_folder
from workers.broker.local import LocalKafka

MakeTopics = Callable[[str, Mapping[str, int]], None]

pytestmark = pytest.mark.kafka


def publish(bootstrap: str, topic: str, *values: bytes) -> None:
    producer = KafkaProducer(bootstrap_servers=bootstrap)
    try:
        for value in values:
            producer.send(topic, value).get(20)
    finally:
        producer.close()


def wait_until(condition: Callable[[], bool], seconds: float = 20.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return condition()


def test_a_record_comes_back_from_a_topic_of_the_run(
    clean_kafka: LocalKafka, make_topics: MakeTopics
) -> None:
    make_topics(clean_kafka.bootstrap, {"words": 1})

    publish(clean_kafka.bootstrap, "words", b"one", b"two")

    assert read_values(clean_kafka.bootstrap, "words") == [b"one", b"two"]


def test_records_survive_a_kill_the_address_stays_and_so_does_a_given_folder(
    tmp_path: Path, make_topics: MakeTopics
) -> None:
    with LocalKafka(tmp_path) as kafka:
        address = kafka.bootstrap
        make_topics(address, {"words": 1})
        publish(address, "words", b"kept")

        kafka.kill()
        assert not kafka.is_running
        kafka.start()

        assert kafka.bootstrap == address
        assert read_values(address, "words") == [b"kept"]
    assert (tmp_path / "logs" / "meta.properties").exists()


def test_a_topic_that_nobody_made_does_not_appear(clean_kafka: LocalKafka) -> None:
    producer = KafkaProducer(bootstrap_servers=clean_kafka.bootstrap, max_block_ms=1500)
    try:
        with pytest.raises(Exception, match=r"(?i)metadata|unknown topic"):
            producer.send("never-made", b"x").get(5)
    finally:
        producer.close()


def test_a_paused_server_serves_again_when_resumed(clean_kafka: LocalKafka, make_topics: MakeTopics) -> None:
    make_topics(clean_kafka.bootstrap, {"words": 1})

    clean_kafka.pause()
    assert wait_until(lambda: psutil.Process(clean_kafka.pid).status() == psutil.STATUS_STOPPED)
    clean_kafka.resume()
    publish(clean_kafka.bootstrap, "words", b"after")

    assert read_values(clean_kafka.bootstrap, "words") == [b"after"]


def test_a_server_dies_with_the_process_that_started_it(tmp_path: Path) -> None:
    program = (
        "import sys, pathlib\n"
        "from workers.broker.local import LocalKafka\n"
        "kafka = LocalKafka(pathlib.Path(sys.argv[1]))\n"
        "kafka.start()\n"
        "print(kafka.pid, flush=True)\n"
        "sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as owner:
        assert owner.stdout is not None
        server = psutil.Process(int(owner.stdout.readline()))
        assert "kafka.Kafka" in server.cmdline()

        os.kill(owner.pid, signal.SIGKILL)

        assert wait_until(lambda: not server.is_running() or server.status() == psutil.STATUS_ZOMBIE)


def test_a_server_with_a_bad_setting_fails_in_one_line_that_names_it(tmp_path: Path) -> None:
    kafka = LocalKafka(tmp_path, properties={"num.io.threads": "many"})

    with pytest.raises(BrokerError) as failed, kafka:
        pytest.fail("it must not start")

    assert "num.io.threads" in str(failed.value)
    assert "\n" not in str(failed.value)
    assert not kafka.is_running


def test_a_temporary_data_folder_goes_with_its_server() -> None:
    with LocalKafka() as temporary:
        folder = temporary.data
        assert (folder / "logs" / "meta.properties").exists()
    assert not folder.exists()


def test_the_class_archive_is_written_once_beside_the_jars(kafka: LocalKafka) -> None:
    assert kafka.is_running
    assert list(cache_folder().glob("kafka-*/classes-*.jsa"))
