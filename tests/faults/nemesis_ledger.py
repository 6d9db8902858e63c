"""What is published in a fault run, what came of it, and what the state database says about both."""

import json
import random
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

from tests.support.articles import raw_articles
from tests.support.expected import Raw
from tests.support.oracle import Expected, Seen
from tests.support.stack import OUTPUTS
from workers.domain.outcome import Outgoing
from workers.state.opening import open_store
from workers.state.outbox import from_json
from workers.state.sql import SqlTransaction
from workers.topology import STAGES, StageName, Topic

Place = tuple[str, int, int]  # topic, partition, offset
_SOURCES = frozenset(str(source) for stage in STAGES for source in stage.sources)
_SETTLING = {
    str(stage.name): frozenset(map(str, stage.sources))
    for stage in STAGES
    if stage.name is not StageName.ENRICH
}  # stages that answer a record once, and remember the answer in the outbox
_ANSWERS = frozenset(str(sink) for stage in STAGES if str(stage.name) in _SETTLING for sink in stage.sinks)
CRASH, HANG = "[[crash]]", "[[hang]]"  # what tests/faults/poisoned looks for


def ledger(count: int, seed: int) -> list[Raw]:
    """Return articles with keys of this seed only.

    About one in five is broken or in another language, and about half say nothing that anybody claims: they
    cost the workers little, so that there may be many.
    """
    chance = random.Random(seed)
    return [(key, _spoilt(value, chance)) for key, value in raw_articles(count, seed, paragraphs=1)]


def poison(seed: int, crashing: int, hanging: int) -> list[Raw]:
    """Return articles that crash or hang the process which reads them."""
    bodies = [
        f"The mayor said the road was open. {marker}" for marker in [CRASH] * crashing + [HANG] * hanging
    ]
    return [
        (key, json.dumps({"article_id": key.decode(), "body": body, "language": "en"}).encode())
        for key, body in ((b"s%d-poison%d" % (seed, number), body) for number, body in enumerate(bodies))
    ]


def expected_of_poison(records: Sequence[Raw]) -> Expected:
    """Each becomes a dead letter, and that is all."""
    return {key: {(Topic.ARTICLE_RAW.dlq, key): value} for key, value in records if key is not None}


def _spoilt(value: bytes, chance: random.Random) -> bytes:
    kind = chance.random()
    if kind < 0.08:
        return value[: chance.randrange(len(value))]
    if kind < 0.12:
        return value.replace(b'"body"', b'"boddy"')
    if kind < 0.2:
        return value.replace(b'"language": "en"', b'"language": "de"')
    if kind < 0.7:
        return json.dumps(
            {**json.loads(value), "body": f"It was dry on day {chance.randint(1, 9_999)}."}
        ).encode()
    return value


@dataclass(frozen=True, slots=True)
class Observed:
    """All that the topics hold: ``seen`` in the outputs, ``answers`` of the stages that settle by the outbox
    (alerts are in both), and the key of the record at each place.
    """

    seen: list[Seen] = field(default_factory=list)
    answers: list[Seen] = field(default_factory=list)
    keys_at: dict[Place, bytes | None] = field(default_factory=dict)


class Tail:
    """Reads the outputs on and on; ``group`` is the workers' group, whose commits it looks at."""

    def __init__(self, bootstrap: str, group: str) -> None:
        self.observed = Observed()
        self._consumer: Any = KafkaConsumer(
            bootstrap_servers=bootstrap,
            group_id=group,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            max_partition_fetch_bytes=8_388_608,
        )
        topics = {*map(str, OUTPUTS), *_SOURCES, *_ANSWERS}
        self._places = [
            TopicPartition(topic, number)
            for topic in sorted(topics)
            for number in sorted(self._consumer.partitions_for_topic(topic) or ())
        ]
        assert self._places, "the topics are not there"
        self._consumer.assign(self._places)
        self._consumer.seek_to_beginning(*self._places)  # else it begins where the workers have committed

    def drain(self) -> None:
        """Read what has come since."""
        while batches := self._consumer.poll(timeout_ms=100):
            for records in batches.values():
                for record in records:
                    self._take(record)

    def wait_until_grown(self, records: int, seconds: float) -> None:
        """Return in the midst of the work: when ``records`` more outputs are there, or after ``seconds``."""
        deadline = time.monotonic() + seconds
        enough = len(self.observed.seen) + records
        while len(self.observed.seen) < enough and time.monotonic() < deadline:
            self.drain()

    def is_quiet(self) -> bool:
        """Whether the workers have committed every record, and everything published was read here.

        With a broker that does not answer it is not quiet.
        """
        try:
            return self._is_quiet()
        except KafkaError:
            return False

    def _is_quiet(self) -> bool:
        self.drain()
        ends = self._consumer.end_offsets(self._places)
        behind = [place for place in self._places if self._consumer.position(place) < ends[place]]
        sources = [place for place in self._places if place.topic in _SOURCES]
        return not behind and all((self._consumer.committed(place) or 0) >= ends[place] for place in sources)

    def wait_until_quiet(self, seconds: float, meanwhile: Any) -> bool:
        """Return whether all became quiet within ``seconds``; calls ``meanwhile`` while it waits."""
        deadline = time.monotonic() + seconds
        while not self.is_quiet():
            if time.monotonic() > deadline:
                return False
            meanwhile()
            time.sleep(0.3)
        return True

    def close(self) -> None:
        self._consumer.close()

    def _take(self, record: Any) -> None:
        self.observed.keys_at[(record.topic, record.partition, record.offset)] = record.key
        headers = tuple((name, value) for name, value in record.headers)
        seen = Seen(record.topic, record.key, record.value, record.timestamp, headers)
        if record.topic in map(str, OUTPUTS):
            self.observed.seen.append(seen)
        if record.topic in _ANSWERS:
            self.observed.answers.append(seen)


@dataclass(frozen=True, slots=True)
class StateProblems:
    """Where the state database and the topics disagree; each entry is one line."""

    lost: list[str] = field(default_factory=list)
    differing: list[str] = field(default_factory=list)
    alerts_doubled: list[str] = field(default_factory=list)


def state_problems(url: str, expected: Expected, observed: Observed) -> StateProblems:
    """Hold the state database against the topics and against what a database made from scratch would say.

    Every article has exactly the revision row that its record gives; every record that the relate and alert
    stages read was decided on; every relation and alert of their outboxes is in its topic, and no other but
    what time alone brought about (an alert's end or update); a record that is there twice alerted once.
    """
    found = StateProblems()
    store = open_store(url)
    try:
        revisions, outbox = store.run(_rows)
    finally:
        store.close()
    rows = {
        (topic, partition, offset): (article_id.encode(), frozenset(json.loads(claim_ids)))
        for topic, partition, offset, article_id, claim_ids in revisions
    }
    decided = {(stage, (topic, part, offset)): from_json(body) for stage, topic, part, offset, body in outbox}
    wanted = dict(_revisions(expected, observed))
    found.differing.extend(f"revision row {place}" for place in wanted.keys() ^ rows.keys())
    found.differing.extend(
        f"revision {place}" for place in wanted.keys() & rows if wanted[place] != rows[place]
    )
    for stage, sources in _SETTLING.items():
        found.lost.extend(
            f"{stage} never decided on {place}"
            for place in observed.keys_at
            if place[0] in sources and (stage, place) not in decided
        )
    _judge_answers(decided, observed, found)
    return found


def _rows(transaction: SqlTransaction) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    return (
        transaction.sql.rows('SELECT topic, partition, "offset", article_id, claim_ids FROM revision'),
        transaction.sql.rows('SELECT stage, topic, partition, "offset", outgoing FROM outbox'),
    )


def _revisions(
    expected: Expected, observed: Observed
) -> Iterable[tuple[Place, tuple[bytes, frozenset[str]]]]:
    for place, key in observed.keys_at.items():
        outputs = expected.get(key or b"", {})
        if place[0] == str(Topic.ARTICLE_RAW) and (str(Topic.ARTICLE_ENRICHED), key) in outputs:
            claims = frozenset((name or b"").decode() for topic, name in outputs if topic == str(Topic.CLAIM))
            yield place, (key or b"", claims)


def _judge_answers(
    decided: Mapping[tuple[str, Place], Sequence[Outgoing]], observed: Observed, found: StateProblems
) -> None:
    answers = [out for (stage, _), outgoing in decided.items() if stage in _SETTLING for out in outgoing]
    remembered = {(out.topic, out.key, out.value) for out in answers}
    published = {(seen.topic, seen.key, seen.value) for seen in observed.answers}
    found.lost.extend(f"{topic} {key!r}" for topic, key, _ in remembered - published)
    found.differing.extend(
        f"{topic} {key!r} is in no outbox"
        for topic, key, value in published - remembered
        if topic != str(Topic.ALERT) or json.loads(value or b"{}")["alert_type"] == "initial"
    )
    alerting: dict[tuple[str, bytes | None], list[Place]] = defaultdict(list)
    for (stage, place), outgoing in decided.items():
        if stage == str(StageName.ALERT) and outgoing:
            alerting[place[0], observed.keys_at.get(place)].append(place)
    found.alerts_doubled.extend(
        f"{topic} {key!r}" for (topic, key), places in alerting.items() if len(places) > 1
    )


def unique(names: Sequence[object], known: set[str]) -> list[str]:
    """Return those ``names`` that are not yet ``known``, and remember them."""
    fresh = [str(name) for name in names if str(name) not in known]
    known.update(fresh)
    return fresh
