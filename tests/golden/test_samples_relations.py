"""The sample articles through both stages without Kafka: whatever partition runs ahead, the same is found."""

import random
from collections.abc import Iterator, Mapping, Sequence

import pytest

from tests.support.expected_relations import enriched, held_relations, relations_between, samples
from tests.support.oracle import Seen
from tests.support.relate_stage import Relating
from workers.agents.enrich import settle_article
from workers.agents.jobs import EnrichedBytes
from workers.domain.outcome import Drop, Emit, Record, Reject
from workers.domain.relation import Relation, RelationKind
from workers.state.sqlite import SqliteStore
from workers.topology import Topic
from workers.wire.topics import message_limits

pytestmark = [pytest.mark.model, pytest.mark.slow]

NOW_MS = 1_790_000_000_000
PARTITIONS = 12
Results = Sequence[EnrichedBytes | Drop | Reject]


@pytest.fixture(scope="module")
def results() -> Results:
    return enriched(samples())


@pytest.fixture(scope="module")
def expected(results: Results) -> dict[str, Relation]:
    found = relations_between(results)
    assert len(found) >= 10
    return found


def told_of(found: Mapping[str, Relation], *words: str) -> list[Relation]:
    """Return the relations in whose texts every word stands."""
    both = [(each, f"{each.left.text} {each.right.text}") for each in found.values()]
    return [each for each, text in both if all(word in text for word in words)]


def test_the_samples_tell_of_a_growing_force_its_denial_and_a_reprint(expected: dict[str, Relation]) -> None:
    grown = {(each.change.before, each.change.after) for each in told_of(expected, "troops") if each.change}
    denied = [each for each in told_of(expected, "troops") if each.kind is RelationKind.CONTRADICTS]
    outlets = {"cw-2026-03-09-ilva", "brisk-88121"}
    reprinted = [e for e in expected.values() if {e.left.article_id, e.right.article_id} == outlets]

    assert (9_000, 11_500) in grown
    assert denied
    assert reprinted
    assert not any(each.origins.independent for each in reprinted)


@pytest.mark.parametrize("seed", range(3))
def test_however_partitions_run_ahead_the_topics_hold_what_the_pure_step_finds(
    results: Results, expected: dict[str, Relation], seed: int
) -> None:
    """Among the samples are a correction and a withdrawal: nothing of what they took back may be left."""
    chance = random.Random(seed)
    store = SqliteStore(":memory:")
    relating = Relating(store=store)
    logs = partitions(store, results, chance)
    published = []
    for batch in in_turns(logs, chance):
        emitted = [outcome for outcome in relating.take(batch) if isinstance(outcome, Emit)]
        published += [out for outcome in emitted for out in outcome.records]
    relating.close()

    seen = [Seen(out.topic, out.key, out.value, 0, out.headers) for out in published]
    assert held_relations(seen) == expected
    assert any(record.value is None for log in logs.values() for record in log)


def partitions(store: SqliteStore, results: Results, chance: random.Random) -> dict[int, list[Record]]:
    """Settle the articles, only the order within each of them kept; return claims by subject by partition."""
    waiting: dict[bytes | None, list[int]] = {}
    for place, (key, _) in enumerate(samples()):
        waiting.setdefault(key, []).append(place)
    found: dict[int, list[Record]] = {}
    for offset, (key, place) in enumerate(in_turns_of_one(waiting, chance)):
        raw = Record(str(Topic.ARTICLE_RAW), 0, offset, NOW_MS + place, key, b"")
        with store.transaction() as transaction:
            outcome = settle_article(transaction, raw, results[place], message_limits())
        for out in outcome.records if isinstance(outcome, Emit) else ():
            if out.topic == Topic.CLAIM_BY_SUBJECT:
                number = sum(out.key or b"") % PARTITIONS
                log = found.setdefault(number, [])
                log.append(
                    Record(out.topic, number, len(log), raw.timestamp_ms, out.key, out.value, out.headers)
                )
    return found


def in_turns_of_one(
    waiting: Mapping[bytes | None, list[int]], chance: random.Random
) -> Iterator[tuple[bytes | None, int]]:
    """Yield every place with its key, keys in any order, the places of a key in theirs."""
    keys = [key for key, places in waiting.items() for _ in places]
    chance.shuffle(keys)
    taken = {key: iter(places) for key, places in waiting.items()}
    return ((key, next(taken[key])) for key in keys)


def in_turns(logs: Mapping[int, list[Record]], chance: random.Random) -> Iterator[list[Record]]:
    """Yield batches, partitions in any order, each partition in its own."""
    turns = [number for number, log in logs.items() for _ in range(0, len(log), 16)]
    chance.shuffle(turns)
    place = dict.fromkeys(logs, 0)
    for number in turns:
        yield logs[number][place[number] : place[number] + 16]
        place[number] += 16
