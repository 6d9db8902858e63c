"""Three servers hold each other's copies: with one lost all goes on, with two lost nothing is accepted."""

from collections.abc import Iterator

import pytest
from kafka import KafkaProducer
from kafka.admin import KafkaAdminClient, NewTopic
from kafka.errors import KafkaError

from tests.support.reading import read_values
from workers.broker.cluster import LocalCluster

pytestmark = [
    pytest.mark.kafka,
    pytest.mark.slow,
    pytest.mark.timeout(300),
    # kafka-python's producer, closed while brokers are away, complains once more when it is forgotten
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

TOPIC = "words"


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCluster]:
    with LocalCluster(tmp_path_factory.mktemp("cluster")) as built:
        admin = KafkaAdminClient(bootstrap_servers=built.bootstrap)
        admin.create_topics([NewTopic(TOPIC, 1, 3, topic_configs={"min.insync.replicas": "2"})])
        admin.close()
        yield built


def send(cluster: LocalCluster, word: bytes, patience_ms: int = 60_000) -> None:
    producer = KafkaProducer(
        bootstrap_servers=cluster.bootstrap,
        acks="all",
        delivery_timeout_ms=patience_ms,
        request_timeout_ms=min(patience_ms, 20_000),
        linger_ms=0,
    )
    try:
        producer.send(TOPIC, word).get(patience_ms / 1000 + 30)
    finally:
        producer.close(timeout=5)


def test_a_server_may_be_lost_and_come_back_but_two_may_not(cluster: LocalCluster) -> None:
    first, second, _ = cluster.servers
    send(cluster, b"all three")

    first.kill()
    send(cluster, b"two of three")
    assert read_values(cluster.bootstrap, TOPIC) == [b"all three", b"two of three"]

    second.kill()
    with pytest.raises(KafkaError):
        send(cluster, b"one of three", patience_ms=8_000)

    for server in (first, second):
        server.launch()
    for server in (first, second):
        server.wait_until_started()
    send(cluster, b"again")
    held = read_values(cluster.bootstrap, TOPIC)  # what was not acknowledged may be there or not
    assert [word for word in held if word != b"one of three"] == [b"all three", b"two of three", b"again"]
