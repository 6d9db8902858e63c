"""``news.silence.v1``: silences to records and back."""

from workers.alerting.muting import Silence, silence_from_plain, silence_to_plain
from workers.domain.outcome import Reject
from workers.topology import Topic
from workers.wire.codec import decode_object, encode_object
from workers.wire.schema import problem_when_read

MAX_SILENCE_BYTES = 64 * 1024


def encode_silence(silence: Silence) -> bytes:
    """Return the record's value; its key is the silence's id."""
    return encode_object(silence_to_plain(silence))


def decode_silence(value: bytes) -> Silence | str:
    """Return the silence in a record's value, or in words why there is none."""
    fields = decode_object(value, max_bytes=MAX_SILENCE_BYTES)
    if isinstance(fields, Reject):
        return f"{fields.reason}: {fields.detail}"
    return problem_when_read(Topic.SILENCE.schema, fields) or silence_from_plain(fields)
