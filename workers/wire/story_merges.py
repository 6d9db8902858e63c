"""``news.story-merge.v1``: which story another one turned out to be."""

from typing import Any

from workers.domain.outcome import Reject
from workers.domain.relation import StoryMerge
from workers.topology import Topic
from workers.wire.accepting import accept
from workers.wire.codec import encode_object
from workers.wire.scalars import read_known_time, written_time

STEM = Topic.STORY_MERGE.schema
_MAX_BYTES = 64 * 1024


def encode_merge(merge: StoryMerge) -> bytes:
    """Return the record's value; its key is the ``story_id`` that is no more."""
    return encode_object(merge_message(merge))


def decode_merge(value: bytes) -> StoryMerge | Reject:
    """Return the merge in a record's value, or why there is none."""
    fields = accept(STEM, value, max_bytes=_MAX_BYTES)
    if isinstance(fields, Reject):
        return fields
    found_at = read_known_time(fields["found_at"])
    return StoryMerge(fields["story_id"], fields["merged_into"], fields["relation_id"], found_at)


def merge_message(merge: StoryMerge) -> dict[str, Any]:
    """Return the merge as the JSON object that is published, keys in the schema's order."""
    return {
        "story_id": merge.story_id,
        "merged_into": merge.into,
        "relation_id": merge.relation_id,
        "found_at": written_time(merge.found_at),
    }
