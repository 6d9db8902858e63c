"""Buckets of the hash bands: which recent claims on a route share a key.

A bucket is found by a number: a hash of the route before one of the key, so that what is on one route lies
together. Two that collide only bring a candidate more. It holds claims one after the other, the latest last,
as ``_ENTRY`` bytes each: the event time in seconds, raised so that bytes sort as times do, and the claim's
id.
"""

from bisect import insort
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from hashlib import blake2b

from workers.relations import caches
from workers.relations.known import Known
from workers.relations.records import Reader
from workers.relations.sketches import band_keys
from workers.relations.terms import terms_of, unit_class
from workers.relations.window import seconds

_TIME, _ID = 5, 16
_ENTRY = _TIME + _ID
_BEFORE_ALL_TIMES = 1 << 39  # 17,000 years


def names_of(route: str, known: Known) -> tuple[int, ...]:
    """Return the numbers (of 64 bits, signed) of a claim's buckets on a route."""
    figures = tuple(
        f"{quantity.value or quantity.low or quantity.high}/{unit_class(quantity.unit or '')}"
        for quantity in known.quantities
    )
    high = _route_hash(route) << 32
    return tuple(high | key for key in _keys(known.side.text, figures))


def read(reader: Reader, names: Iterable[int]) -> dict[int, bytes]:
    """Return the bucket under every number, empty ones too."""
    wanted = list(names)
    found = reader.buckets(wanted)
    return {name: found.get(name, b"") for name in wanted}


def candidates(found: Mapping[int, bytes], known: Known, oldest: datetime, limit: int) -> list[str]:
    """Return the claims that share a bucket, the most alike first, of equals the latest."""
    least, own = _time(oldest), bytes.fromhex(known.claim_id)
    shared = Counter(
        entry
        for bucket in found.values()
        for entry in _entries(bucket)
        if entry >= least and entry[_TIME:] != own
    )
    ranked = sorted(shared.items(), key=lambda item: item[0][_TIME:])
    ranked.sort(key=lambda item: (item[1], item[0][:_TIME]), reverse=True)
    return list(dict.fromkeys(entry[_TIME:].hex() for entry, _ in ranked))[:limit]


def entered(found: Mapping[int, bytes], known: Known, oldest: datetime, size: int) -> dict[int, bytes]:
    """Return the buckets that change when the claim goes in; what is too old or too many goes out."""
    least, entry = _time(oldest), _time(known.at) + bytes.fromhex(known.claim_id)
    with_it = {name: _with(bucket, entry, least, size) for name, bucket in found.items()}
    return {name: bucket for name, bucket in with_it.items() if bucket != found[name]}


def claims_in(bucket: bytes) -> tuple[tuple[int, str], ...]:
    """Return the claims of a bucket as (event time in seconds, id)."""
    return tuple(
        (int.from_bytes(entry[:_TIME]) - _BEFORE_ALL_TIMES, entry[_TIME:].hex()) for entry in _entries(bucket)
    )


def _with(bucket: bytes, entry: bytes, least: bytes, size: int) -> bytes:
    if not bucket:
        return entry
    own = entry[_TIME:]
    kept = [each for each in _entries(bucket) if each >= least and each[_TIME:] != own]
    insort(kept, entry)
    return b"".join(kept[-size:])


def _entries(bucket: bytes) -> list[bytes]:
    return [bucket[start : start + _ENTRY] for start in range(0, len(bucket), _ENTRY)]


def _time(moment: datetime) -> bytes:
    return (seconds(moment) + _BEFORE_ALL_TIMES).to_bytes(_TIME)


@lru_cache(maxsize=caches.CLAIMS)
def _keys(text: str, figures: tuple[str, ...]) -> tuple[int, ...]:
    """Remembered for a while: a claim comes in once for each of its routes."""
    return band_keys(terms_of(text), figures)


@lru_cache(maxsize=caches.WORDS)
def _route_hash(route: str) -> int:
    """Return 32 bits, signed."""
    hashed = blake2b(route.encode("utf-8", "surrogatepass"), digest_size=4)
    return int.from_bytes(hashed.digest(), signed=True)
