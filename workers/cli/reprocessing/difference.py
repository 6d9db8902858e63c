"""What the new program makes of old articles, beside what the old one made."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from workers.domain.outcome import Record


@dataclass(frozen=True, slots=True)
class Brief:
    """A claim in short; ``digest`` tells whether two are the same but for the program that made them."""

    claim_id: str
    article_id: str
    source: str
    text: str
    score: float
    digest: str


@dataclass(frozen=True, slots=True)
class Difference:
    """``changed`` are claims with the same id and other contents: (before, after)."""

    gone: tuple[Brief, ...]
    new: tuple[Brief, ...]
    changed: tuple[tuple[Brief, Brief], ...]
    same: int


@dataclass(frozen=True, slots=True)
class Alerts:
    """How many alerts there are by rule, and how many of all would page somebody."""

    by_rule: Mapping[str, int]
    paging: int


def read_claims(records: Iterable[Record], articles: set[bytes]) -> dict[str, Brief]:
    """Return the claims of ``articles`` that hold after the last record: tombstones take them back."""
    held: dict[str, Brief] = {}
    for record in records:
        claim_id = (record.key or b"").decode("utf-8", "replace")
        if record.value is None:
            held.pop(claim_id, None)
        elif (brief := _brief(claim_id, record.value)).article_id.encode() in articles:
            held[claim_id] = brief
    return held


def compare(before: Mapping[str, Brief], after: Mapping[str, Brief]) -> Difference:
    """Compare claims by their ids; all lists are in the order of the ids."""
    both = sorted(before.keys() & after.keys())
    changed = [(before[name], after[name]) for name in both if before[name].digest != after[name].digest]
    return Difference(
        tuple(before[name] for name in sorted(before.keys() - after.keys())),
        tuple(after[name] for name in sorted(after.keys() - before.keys())),
        tuple(changed),
        len(both) - len(changed),
    )


def read_alerts(records: Iterable[Record]) -> Alerts:
    """Count alerts as their values say."""
    values = [json.loads(record.value) for record in records if record.value is not None]
    return Alerts(
        dict(Counter(value["rule"]["id"] for value in values)),
        sum(value["alert_tense"] == "current" for value in values),
    )


def _brief(claim_id: str, value: bytes) -> Brief:
    fields: dict[str, Any] = json.loads(value)
    source = fields["source"] or {}
    contents = {name: content for name, content in fields.items() if name != "pipeline"}
    canonical = json.dumps(contents, sort_keys=True, ensure_ascii=False).encode()
    return Brief(
        claim_id,
        fields["article_id"],
        source.get("name") or source.get("text") or "",
        fields["content"]["text"],
        fields["score"],
        hashlib.sha256(canonical).hexdigest(),
    )
