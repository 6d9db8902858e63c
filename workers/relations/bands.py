"""Buckets of the hash bands: which recent claims on a route share a key."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

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
        return json.dumps(self.entries, separators=(",", ":"))


def keys_of(route: str, known: Known) -> tuple[str, ...]:
    """Return the keys of a claim's buckets on a route."""
    figures = [
        f"{quantity.value or quantity.low or quantity.high}/{unit_class(quantity.unit or '')}"
        for quantity in known.quantities
    ]
    return tuple(f"{route}/{key}" for key in band_keys(terms_of(known.side.text), figures))


def read(reader: Reader, keys: tuple[str, ...]) -> dict[str, Band]:
    """Return the bucket of every key, empty ones too."""
    bodies = reader.documents(Kind.BAND, keys)
    return {
        key: Band(tuple((at, claim_id) for at, claim_id in json.loads(bodies[key])))
        if key in bodies
        else Band()
        for key in keys
    }


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
    least, at = seconds(oldest), seconds(known.at)
    changed = {}
    for key in keys_of(route, known):
        band = found.get(key, Band())
        kept = [entry for entry in band.entries if entry[0] >= least and entry[1] != known.claim_id]
        entries = tuple(sorted([*kept, (at, known.claim_id)])[-size:])
        if entries != band.entries:
            changed[key] = Band(entries)
    return changed
