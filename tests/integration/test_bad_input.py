"""Bad input through the real Kafka: a clear dead letter or a counted skip, and the next record is served."""

import json
from collections.abc import Iterator

import pytest

from tests.support.articles import raw_articles
from tests.support.oracle import Seen
from tests.support.stack import Stack, Worker, make_topics
from workers.broker.local import LocalKafka
from workers.topology import Topic

pytestmark = [pytest.mark.kafka, pytest.mark.model, pytest.mark.slow]

SENTENCE = "The mayor of Karsund said on Monday that the bridge would stay closed. "


def body(text: str, **fields: object) -> bytes:
    return json.dumps({"body": text, **fields}, ensure_ascii=False).encode()


DEAD: dict[bytes, tuple[bytes | None, bytes]] = {
    b"not-json": (b"{this is no JSON", b"not-json"),
    b"half-json": (b'{"body": "The mayor', b"not-json"),
    b"a-list": (b"[1, 2, 3]", b"schema"),
    b"no-body": (b'{"title": "only a title"}', b"schema"),
    b"wrong-type": (b'{"body": 12}', b"schema"),
    b"latin-1": ('{"body": "caf\u00e9 said"}'.encode("latin-1"), b"not-utf8"),
    b"empty-body": (body("   \n "), b"empty-body"),
    b"five-megabytes": (body(SENTENCE * 74_000), b"too-large"),
    b"binary": (body("PK\x03\x04\x00\x00\x08" + "\x00\x01\x02" * 400), b"binary-body"),
    b"no-date": (body(SENTENCE, published_at="the day after"), b"bad-date"),
    b"empty-html": (body("<html><body><script>x()</script></body></html>", content_type="text/html"), b""),
}
DROPPED: dict[bytes, bytes | None] = {
    b"tombstone": None,
    b"german": body(
        "Der Bürgermeister von Karsund sagte am Montag, die Brücke bleibe noch zwei Wochen gesperrt. "
        "Niemand wisse, wann die Arbeiten beginnen, und das Geld sei auch noch nicht da."
    ),
}
SERVED: dict[bytes, bytes] = {
    b"html": body(
        f"<html><body><article><h1>Bridge closed</h1><p>{SENTENCE * 3}</p><p>“We wait,” said Ines Calder, "
        "who runs the ferry.</p></article></body></html>",
        content_type="text/html",
    ),
    b"unbalanced": body(
        SENTENCE + '"We will not wait, the mayor said. He left. “And that is that, he added.'
    ),
    b"right-to-left": body(
        SENTENCE + "“\u202eشكرا 🙂 and goodbye\u202c,” said Samuel Harte. 👩‍👩‍👧‍👦 waved."
    ),
    b"unknown-fields": body(SENTENCE, colour="blue", crawler={"version": 3}),
    b"control-characters": body(SENTENCE + "The minister\u0007 said\u2028that it was over."),
}


@pytest.fixture(scope="module")
def served(
    kafka: LocalKafka, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Worker, list[Seen]]]:
    """A worker that has read all of it, with a good article behind each bad record."""
    make_topics(kafka.bootstrap, partitions=1)
    stack = Stack(kafka.bootstrap, tmp_path_factory.mktemp("bad-input"))
    worker = stack.start_worker()
    good = raw_articles(len(DEAD) + len(DROPPED), seed=3, paragraphs=1)
    records: list[tuple[bytes | None, bytes | None]] = []
    for key, value in [*((key, value) for key, (value, _) in DEAD.items()), *DROPPED.items()]:
        records += [(key, value), next(good)]
    stack.publish([*records, *SERVED.items(), (None, body(SENTENCE, article_id="no-key"))])
    enriched = len(DEAD) + len(DROPPED) + len(SERVED) + 1
    stack.wait_for(enriched + len(DEAD), [str(Topic.ARTICLE_ENRICHED), Topic.ARTICLE_RAW.dlq])
    yield worker, stack.wait_until_quiet()
    stack.close()


def dead_letters(seen: list[Seen]) -> dict[bytes | None, Seen]:
    return {record.key: record for record in seen if record.topic == Topic.ARTICLE_RAW.dlq}


def enriched_keys(seen: list[Seen]) -> set[bytes | None]:
    return {record.key for record in seen if record.topic == Topic.ARTICLE_ENRICHED}


@pytest.mark.parametrize("key", DEAD, ids=bytes.decode)
def test_a_bad_record_becomes_a_dead_letter_with_its_bytes_and_reason(
    served: tuple[Worker, list[Seen]], key: bytes
) -> None:
    value, reason = DEAD[key]

    letter = dead_letters(served[1])[key]

    headers = dict(letter.headers)
    assert letter.value == value
    assert headers["dlq-reason"] in ((reason,) if reason else (b"no-text-in-html", b"empty-body"))
    assert headers["dlq-detail"]
    assert len(headers["dlq-detail"]) <= 1024


def test_the_record_behind_every_bad_one_is_served(served: tuple[Worker, list[Seen]]) -> None:
    keys = enriched_keys(served[1])

    assert {key for key, _ in raw_articles(len(DEAD) + len(DROPPED), seed=3, paragraphs=1)} <= keys


@pytest.mark.parametrize("key", SERVED, ids=bytes.decode)
def test_odd_but_good_text_is_enriched_and_its_offsets_slice_back(
    served: tuple[Worker, list[Seen]], key: bytes
) -> None:
    (record,) = [r for r in served[1] if r.topic == Topic.ARTICLE_ENRICHED and r.key == key]
    assert record.value is not None
    article = json.loads(record.value)

    spans = [span for claim in article["claims"] for span in (claim["source"], claim["cue"]) if span]
    spans += [mention for entity in article["entities"] for mention in entity["mentions"]]
    assert spans
    assert all(article["text"][span["start"] : span["end"]] == span["text"] for span in spans)


def test_a_record_without_a_key_is_served_under_its_own_id(served: tuple[Worker, list[Seen]]) -> None:
    assert b"no-key" in enriched_keys(served[1])


def test_what_is_skipped_on_purpose_is_counted_by_its_reason(served: tuple[Worker, list[Seen]]) -> None:
    worker, seen = served

    assert not DROPPED.keys() & (enriched_keys(seen) | dead_letters(seen).keys())
    for reason in ("tombstone", "not-english"):
        line = f'claimwire_drops_total{{reason="{reason}",stage="enrich-articles"}}'
        assert worker.metric(line) == 1.0
    assert worker.metric("claimwire_unknown_fields_total") == 2.0


def test_the_worker_is_alive_after_all_of_it(served: tuple[Worker, list[Seen]]) -> None:
    assert served[0].process.poll() is None
    assert served[0].is_ready()
