"""Buckets of the hash bands: which recent claims on a route share a key."""

import json
from bisect import insort
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from json.encoder import encode_basestring_ascii as _quoted

from workers.relations import caches
from workers.relations.known import Known
from workers.relations.records import Kind, Reader
from workers.relations.sketches import band_keys
from workers.relations.terms import terms_of, unit_class
from workers.relations.window import seconds


@dataclass(frozen=True, slots=True)
class Band:
    """Claims as (event time in seconds, id), the latest last; bounded, so that a hot key costs no more."""

    entries: tuple[tuple[int, str], ...] = ()

    def to_json(self) -> str:
        """Return compact JSON; equal bands give equal text."""
        return "[" + ",".join(f"[{at},{_quoted(claim_id)}]" for at, claim_id in self.entries) + "]"


_EMPTY = Band()


def keys_of(route: str, known: Known) -> tuple[str, ...]:
    """Return the keys of a claim's buckets on a route."""
    figures = tuple(
        f"{quantity.value or quantity.low or quantity.high}/{unit_class(quantity.unit or '')}"
        for quantity in known.quantities
    )
    return tuple(f"{route}/{key}" for key in _keys(known.side.text, figures))


@lru_cache(maxsize=caches.CLAIMS)
def _keys(text: str, figures: tuple[str, ...]) -> tuple[str, ...]:
    """Remembered for a while: a claim comes in once for each of its routes."""
    return band_keys(terms_of(text), figures)


def read(reader: Reader, keys: tuple[str, ...]) -> dict[str, Band]:
    """Return the bucket of every key, empty ones too."""
    bodies = reader.documents(Kind.BAND, keys)
    parsed = json.loads(f"[{','.join(bodies.values())}]")  # one call for all: most are very short
    bands = {
        key: Band(tuple((at, claim_id) for at, claim_id in entries))
        for key, entries in zip(bodies, parsed, strict=True)
    }
    return {key: bands.get(key, _EMPTY) for key in keys}


def candidates(found: Mapping[str, Band], known: Known, oldest: datetime, limit: int) -> list[str]:
    """Return the claims that share a bucket, the most alike first, of equals the latest."""
    least = seconds(oldest)
    shared: Counter[tuple[int, str]] = Counter(
        (at, claim_id)
        for band in found.values()
        for at, claim_id in band.entries
        if at >= least and claim_id != known.claim_id
    )
    ranked = sorted(shared.items(), key=lambda item: (-item[1], -item[0][0], item[0][1]))
    return list(dict.fromkeys(claim_id for (_, claim_id), _ in ranked))[:limit]


def entered(
    found: Mapping[str, Band], route: str, known: Known, oldest: datetime, size: int
) -> dict[str, Band]:
    """Return the buckets that change when the claim goes in; what is too old or too many goes out."""
    least, entry = seconds(oldest), (seconds(known.at), known.claim_id)
    changed = {}
    for key in keys_of(route, known):
        band = found.get(key, _EMPTY)
        entries = _with(band.entries, entry, least, size)
        if entries != band.entries:
            changed[key] = Band(entries)
    return changed


def _with(
    entries: tuple[tuple[int, str], ...], entry: tuple[int, str], least: int, size: int
) -> tuple[tuple[int, str], ...]:
    if not entries:
        return (entry,)
    kept = [each for each in entries if each[0] >= least and each[1] != entry[1]]
    insort(kept, entry)
    return tuple(kept[-size:])
