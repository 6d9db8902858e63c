"""One record after another at ``relate-claims``: what is published, dropped, remembered."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.builders import NOON
from tests.support.relate_stage import FIRE, MORE, MOST, Log, Relating, held, told
from workers.agents.tense import TENSE_HEADER
from workers.domain.claim import Stance
from workers.domain.outcome import Drop, DropReason, Emit, Reject, RejectReason
from workers.domain.relation import Relation, RelationKind
from workers.relations.engine import Policy
from workers.relations.window import WindowPolicy
from workers.topology import Topic
from workers.wire.messages import decode_merge, decode_relation

ARCHIVAL = ((TENSE_HEADER, b"archival"),)


@pytest.fixture
def relating() -> Iterator[Relating]:
    made = Relating()
    yield made
    made.close()


def test_two_claims_of_one_thing_are_published_as_one_relation(relating: Relating) -> None:
    log = Log()
    log.tell(told(FIRE, 0, "a"))
    log.tell(told(MORE, 1, "b"))

    (published,) = relating.publish(log.records)

    relation = decode_relation(published.value or b"")
    assert isinstance(relation, Relation)
    assert (relation.kind, relation.change and relation.change.after) == (RelationKind.UPDATES, 19)
    assert (published.topic, published.key) == (Topic.CLAIM_RELATION, relation.relation_id.encode())


def test_a_withdrawn_claim_takes_its_relation_back_with_a_tombstone(relating: Relating) -> None:
    log = Log()
    for article, text in (("a", FIRE), ("b", MORE)):
        log.tell(told(text, 0, article))
    (found,) = relating.publish(log.records)

    (gone,) = relating.publish(log.withdraw(told(MORE, 0, "b")))

    assert (gone.topic, gone.key, gone.value) == (Topic.CLAIM_RELATION, found.key, None)


def test_a_claim_stated_anew_changes_its_relation_under_the_same_key(relating: Relating) -> None:
    log = Log()
    log.tell(told(FIRE, 0, "a"))
    log.tell(told(FIRE, 1, "b"))
    (before,) = relating.publish(log.records)

    (after,) = relating.publish(log.tell(replace(told(FIRE, 1, "b"), stance=Stance.REFUTES)))

    kinds = [relation.kind for each in (before, after) if isinstance(relation := read(each.value), Relation)]
    assert before.key == after.key
    assert kinds == [RelationKind.CORROBORATES, RelationKind.CONTRADICTS]


def read(value: bytes | None) -> object:
    return decode_relation(value or b"")


def test_stories_that_turn_out_to_be_one_are_published_as_a_merge(relating: Relating) -> None:
    log = Log()
    log.tell(told(MORE, 1, "b"))
    log.tell(told(MOST, 2, "c"))
    log.tell(told(FIRE, 0, "a"))  # the oldest comes last, and gives the story its id

    merges = held(relating.publish(log.records), Topic.STORY_MERGE)

    (merge,) = [decode_merge(value) for value in merges.values()]
    assert not isinstance(merge, Reject)
    assert list(merges) == [merge.story_id.encode()]


def test_a_record_delivered_again_publishes_the_same_and_decides_nothing(relating: Relating) -> None:
    log = Log()
    log.tell(told(FIRE, 0, "a"))
    log.tell(told(MORE, 1, "b"))
    first = relating.publish(log.records)
    log.withdraw(told(FIRE, 0, "a"))
    later = relating.publish(log.records[-3:])

    assert relating.publish(log.records) == [*first, *later]
    assert relating.metric("claimwire_relations_total", kind="updates") == 1
    assert relating.metric("claimwire_relations_retracted_total") == 1


def test_a_duplicate_stays_one_although_its_claim_was_withdrawn_since(relating: Relating) -> None:
    """Else a crash behind the withdrawal would bring the claim back."""
    log = Log()
    log.tell(told(FIRE, 0, "a"))
    log.tell(told(MORE, 1, "b"))
    again = log.tell(told(MORE, 1, "b"))
    before = relating.take(log.records)
    gone = log.withdraw(told(MORE, 1, "b"))
    relating.take(gone)

    outcomes = relating.take([*again, *gone])

    assert before[-len(again) :] == [Drop(DropReason.DUPLICATE)] * len(again)
    assert all(isinstance(outcome, Emit) for outcome in outcomes)
    assert not [out.value for o in outcomes if isinstance(o, Emit) for out in o.records if out.value]


def test_what_comes_too_late_is_dropped_and_remembered() -> None:
    relating = Relating(Policy(window=WindowPolicy(lateness=timedelta(hours=1))))
    log = Log()
    relating.take(log.tell(told(FIRE, 5, "a")))

    outcomes = relating.take(log.tell(told(MORE, 0, "b")))

    assert Drop(DropReason.TOO_LATE) in outcomes
    assert isinstance(relating.take(log.records[-1:])[0], Emit)
    relating.close()


def test_what_leaves_the_window_is_counted_with_its_reason() -> None:
    relating = Relating(Policy(window=WindowPolicy(max_count=1, slice_width=timedelta(hours=1))))
    log = Log()

    relating.take([*log.tell(told(FIRE, 0, "a")), *log.tell(told(FIRE, 5, "b"))])

    assert (relating.metric("claimwire_claims_evicted_total", reason="evicted-by-count") or 0) > 0
    assert relating.metric("claimwire_claims_evicted_total", reason="evicted-by-age") == 0
    relating.close()


def test_a_date_ahead_of_its_record_makes_nothing_late(relating: Relating) -> None:
    log = Log()
    relating.take(log.tell(told(FIRE, 24 * 365 * 50, "a")))

    outcomes = relating.take(log.tell(told(MORE, 24 * 29, "b")))

    assert Drop(DropReason.TOO_LATE) not in outcomes


def test_the_tense_of_a_claim_is_carried_to_its_relation_and_to_its_end(relating: Relating) -> None:
    log = Log()
    log.tell(told(FIRE, 0, "a"))
    log.tell(told(MORE, 1, "b"), headers=ARCHIVAL)
    log.withdraw(told(MORE, 1, "b"), headers=ARCHIVAL)

    found, gone = relating.publish(log.records)

    assert found.headers == gone.headers == ARCHIVAL


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"value": b"no json"}, RejectReason.NOT_JSON),
        ({"value": None}, RejectReason.SCHEMA),
        ({"timestamp_ms": int(NOON.timestamp() * 1_000_000)}, RejectReason.BAD_DATE),
    ],
)
def test_what_cannot_be_used_is_rejected_and_not_remembered(
    relating: Relating, changes: dict[str, object], reason: RejectReason
) -> None:
    (record, *_) = Log().tell(told(FIRE, 0, "a"))

    (outcome,) = relating.take([replace(record, **changes)])  # type: ignore[arg-type]

    assert isinstance(outcome, Reject)
    assert outcome.reason is reason
    assert isinstance(relating.take([record])[0], Emit)
