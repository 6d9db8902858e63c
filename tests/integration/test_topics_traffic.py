"""``claimwire feed``, ``watch`` and ``dlq`` against topics: on a real Kafka, and on the mock cluster."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from kafka import KafkaProducer

from tests.builders import a_claim, a_record, a_source, an_alert
from workers.broker.local import LocalKafka
from workers.broker.mock_process import MockKafkaProcess
from workers.cli.kafka import consumer
from workers.cli.main import main
from workers.cli.records import read_all
from workers.domain.outcome import Record, Reject, RejectReason
from workers.topology import Topic
from workers.wire.messages import dead_letter_headers, encode_alert, encode_claim

Run = Callable[..., tuple[int, list[str], str]]
Publish = Callable[..., None]
ALL = ("--since", "all", "--timeout", "1")
RAW = Topic.ARTICLE_RAW.value
KAFKA = pytest.param("kafka", marks=pytest.mark.kafka)
NOT_JSON = Reject(RejectReason.NOT_JSON, "Expecting value at line 1 column 1")


@pytest.fixture(params=[KAFKA, "mock"])
def bootstrap(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """A broker with empty topics, as the environment gives it to every command."""
    if request.param == "kafka":
        server: LocalKafka | MockKafkaProcess = request.getfixturevalue("clean_kafka")
        names = [name for topic in Topic for name in (topic.value, topic.dlq)]
        request.getfixturevalue("make_topics")(server.bootstrap, dict.fromkeys(names, 2))
    else:
        server = request.getfixturevalue("mock_kafka")
        assert isinstance(server, MockKafkaProcess)
        for topic in Topic:
            server.topic(topic.value, 2)
            server.topic(topic.dlq, 2)
        monkeypatch.setenv("CLAIMWIRE_KAFKA_API_VERSION", "2.3")
    monkeypatch.setenv("CLAIMWIRE_BROKER", server.bootstrap)
    return server.bootstrap


@pytest.fixture
def run(bootstrap: str, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command; returns its exit code, its lines of output, and its standard error."""

    def call(*arguments: str) -> tuple[int, list[str], str]:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        captured = capsys.readouterr()
        return int(str(ended.value.code)), captured.out.splitlines(), captured.err

    return call


@pytest.fixture
def publish(bootstrap: str) -> Publish:
    """Publish one record and wait for its acknowledgement."""

    def send(
        topic: str,
        key: bytes | None,
        value: bytes | None,
        headers: Any = (),
        timestamp_ms: int | None = None,
    ) -> None:
        producer = KafkaProducer(bootstrap_servers=bootstrap, api_version=(2, 3))
        try:
            producer.send(topic, key=key, value=value, headers=list(headers), timestamp_ms=timestamp_ms).get(
                20
            )
        finally:
            producer.close()

    return send


def _articles(folder: Path, *lines: bytes) -> str:
    path = folder / "articles.jsonl"
    path.write_bytes(b"\n".join(lines))
    return str(path)


def _article(number: int) -> bytes:
    return json.dumps({"article_id": f"a{number}", "body": "It rained, he said."}).encode()


def _bury(publish: Publish, offset: int, value: bytes = b"nonsense", headers: Any = ()) -> None:
    record = a_record(offset=offset, value=value, headers=headers)
    publish(
        Topic.ARTICLE_RAW.dlq,
        record.key,
        value,
        dead_letter_headers(record, "enrich-articles", NOT_JSON, "0.1.0"),
    )


def _consumed(bootstrap: str, topic: str) -> list[Record]:
    with consumer(bootstrap) as client:
        return list(read_all(client, [topic]))


def _ids(lines: list[str]) -> list[str]:
    return [json.loads(line)["id"] for line in lines]


def test_articles_are_published_and_bad_lines_are_named(run: Run, tmp_path: Path) -> None:
    good = [_article(number) for number in range(30)]
    path = _articles(tmp_path, *good[:10], b"nonsense", *good[10:])

    code, lines, err = run("feed", path)

    assert (code, lines) == (1, [])
    assert f"{path}:11: Expecting value at line 1 column 1\n" in err
    assert "30 articles published to news.article-raw.v1, 1 not published\n" in err
    assert err.endswith("claimwire: 1 articles were not published\n")


def test_the_limit_is_kept_and_good_lines_alone_are_a_success(run: Run, tmp_path: Path) -> None:
    code, _, err = run(
        "feed", _articles(tmp_path, *map(_article, range(9))), "--limit", "4", "--rate", "1000"
    )

    assert code == 0
    assert err == "4 articles published to news.article-raw.v1, 0 not published\n"


def test_claims_are_shown_one_a_line_and_as_json(run: Run, publish: Publish) -> None:
    claim, other = a_claim(), a_claim(claim_id="f" * 32, source=a_source(name="Ilse Brandt"))
    for record in (claim, other):
        publish(Topic.CLAIM.value, record.claim_id.encode(), encode_claim(record))

    code, lines, err = run("watch", "claims", *ALL)
    assert (code, len(lines), err) == (0, 2, "")

    code, lines, _ = run("watch", "claims", *ALL, "--json", "--subject", "ilse brandt")
    assert code == 0
    assert [json.loads(line)["claim_id"] for line in lines] == ["f" * 32]

    code, lines, _ = run("watch", "claims", "--since", "all", "--limit", "1", "--json")
    assert (code, len(lines)) == (0, 1)


@pytest.mark.parametrize("bootstrap", [KAFKA], indirect=True)  # the mock cluster cannot find a time
def test_since_leaves_out_what_is_older(run: Run, publish: Publish) -> None:
    publish(Topic.CLAIM.value, b"old", encode_claim(a_claim()), timestamp_ms=1_729_771_200_000)
    publish(Topic.CLAIM.value, b"new", encode_claim(a_claim(claim_id="f" * 32)))

    code, lines, _ = run("watch", "claims", "--since", "1h", "--timeout", "1", "--json")

    assert code == 0
    assert [json.loads(line)["claim_id"] for line in lines] == ["f" * 32]


def test_only_new_records_come_without_since(run: Run, publish: Publish) -> None:
    publish(Topic.CLAIM.value, b"k", encode_claim(a_claim()))

    code, lines, err = run("watch", "--timeout", "0.5")

    assert (code, lines) == (0, [])
    assert "watching for new claims" in err


def test_tombstones_and_unreadable_records_are_told(run: Run, publish: Publish) -> None:
    publish(Topic.CLAIM.value, b"f" * 32, None)
    publish(Topic.CLAIM.value, b"k", b"nonsense")

    code, lines, err = run("watch", "claims", *ALL, "--json")

    assert code == 0
    assert [json.loads(line) for line in lines] == [{"claim_id": "f" * 32, "tombstone": True}]
    assert "is unreadable: Expecting value at line 1 column 1" in err


def test_alerts_are_shown(run: Run, publish: Publish) -> None:
    value, headers = encode_alert(an_alert())
    publish(Topic.ALERT.value, b"closures/harbour", value, headers)

    code, lines, _ = run("watch", "alerts", *ALL)

    assert code == 0
    assert [line.split(":")[1].split()[-1] for line in lines] == ["closures"]


def test_dead_letters_are_listed_counted_and_shown(run: Run, publish: Publish) -> None:
    _bury(publish, 1, b"nonsense \x1b[2J")
    _bury(publish, 2)

    code, lines, err = run("dlq", "list", "--json", "--reason", "not-json")
    assert (code, len(lines), err) == (0, 2, "2 dead letters: 2 not-json\n")
    assert run("dlq", "list", "--reason", "schema") == (0, [], "0 dead letters\n")

    code, shown, _ = run("dlq", "show", _ids(lines)[0])
    assert code == 0
    assert "dlq-reason: not-json" in shown
    assert shown[-1] == r"nonsense \x1b[2J"
    assert run("dlq", "show", _ids(lines)[1], "--raw")[1] == ["nonsense"]

    code, _, err = run("dlq", "show", "news.article-raw.v1.dlq:0:99")
    assert code == 1
    assert err.count("\n") == 1


def test_a_replay_sends_the_original_once_and_ends(run: Run, publish: Publish, bootstrap: str) -> None:
    _bury(publish, 1, headers=[("traceparent", b"00-1")])
    _bury(publish, 2, headers=[("traceparent", b"00-1"), ("dlq-replays", b"1")])
    _bury(publish, 3, b"other", headers=[("dlq-replays", b"3")])

    code, lines, err = run("dlq", "replay", "--dry-run")
    assert code == 0
    assert [line.split(" → ")[1] for line in lines] == [RAW]
    assert err.endswith("1 would be replayed, 1 left alone\n")

    assert run("dlq", "replay")[2].endswith("1 replayed, 1 left alone\n")

    sent = _consumed(bootstrap, RAW)
    assert [(record.key, record.value) for record in sent] == [(b"a1", b"nonsense")]
    assert sent[0].headers == (("traceparent", b"00-1"), ("dlq-replays", b"2"))


def test_a_replay_is_bounded(run: Run, publish: Publish, bootstrap: str) -> None:
    for number in range(5):
        _bury(publish, number, f"nonsense {number}".encode())

    code, _, err = run("dlq", "replay", "--limit", "2")

    assert code == 0
    assert err == "2 replayed, 0 left alone; 3 more are over --limit\n"
    assert len(_consumed(bootstrap, RAW)) == 2


def test_a_dead_letter_that_is_not_there_is_one_clear_line(run: Run) -> None:
    code, lines, err = run("dlq", "replay", "news.claim.v1.dlq:0:5")

    assert (code, lines) == (1, [])
    assert err == "claimwire: there is no dead letter news.claim.v1.dlq:0:5\n"


def test_a_missing_topic_is_one_clear_line(clean_kafka: LocalKafka, tmp_path: Path, capsys: Any) -> None:
    for arguments in (["feed", _articles(tmp_path, _article(1))], ["watch", "claims"], ["dlq", "list"]):
        with pytest.raises(SystemExit) as ended:
            main([*arguments, "--bootstrap", clean_kafka.bootstrap])

        assert ended.value.code == 1
        err = capsys.readouterr().err
        assert "claimwire: there is no topic news." in err
        assert err.endswith("make it with: claimwire topics create\n")
