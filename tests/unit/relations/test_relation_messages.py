"""Relations on the wire: what is written is what the contract says, and reads back the same."""

import json

import pytest

from workers.domain.outcome import Reject, RejectReason
from workers.domain.relation import Relation, StoryMerge
from workers.topology import Topic
from workers.wire.contract import examples, read_example
from workers.wire.relations import STEM, decode_relation, encode_relation, relation_message
from workers.wire.schema import problem_when_written
from workers.wire.story_merges import merge_message

VALID = examples(STEM, "valid")
INVALID = examples(STEM, "invalid")


def test_there_are_examples_to_read() -> None:
    assert len(VALID) >= 3
    assert len(INVALID) >= 3


@pytest.mark.parametrize("path", VALID, ids=lambda path: path.stem)
def test_a_valid_example_reads_and_is_written_the_same(path: object) -> None:
    plain = read_example(path)  # type: ignore[arg-type]
    relation = decode_relation(json.dumps(plain).encode())

    assert isinstance(relation, Relation)
    assert relation_message(relation) == plain
    assert problem_when_written(STEM, relation_message(relation)) is None
    assert decode_relation(encode_relation(relation)) == relation


@pytest.mark.parametrize(
    "path", [p for p in INVALID if "unknown-field" not in p.stem], ids=lambda path: path.stem
)
def test_an_invalid_example_is_answered_with_the_reason(path: object) -> None:
    found = decode_relation(json.dumps(read_example(path)).encode())  # type: ignore[arg-type]

    assert isinstance(found, Reject)
    assert found.reason is RejectReason.SCHEMA


def test_bytes_that_are_no_json_are_answered() -> None:
    found = decode_relation(b"\xff{")

    assert isinstance(found, Reject)
    assert found.reason is RejectReason.NOT_UTF8


def test_the_topic_is_the_contracts() -> None:
    assert Topic.CLAIM_RELATION.schema == STEM == "claim-relation.v1"


def test_a_merge_names_both_stories_and_what_joined_them() -> None:
    relation = decode_relation(json.dumps(read_example(VALID[0])).encode())
    assert isinstance(relation, Relation)

    message = merge_message(StoryMerge("a" * 32, "b" * 32, relation.relation_id, relation.found_at))

    assert message["story_id"] == "a" * 32
    assert message["merged_into"] == "b" * 32
    assert message["relation_id"] == relation.relation_id
    assert message["found_at"].endswith("Z")
