"""The last look before anything leaves: every offset slices back, and nothing touches masked text.

In a sound pipeline it takes nothing out; what it does take out is counted, so that a fault shows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TypeVar

from workers.domain.article import Masked, Withheld
from workers.domain.claim import Claim
from workers.domain.entity import Mention
from workers.nlp.assemble import Found

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Verified:
    """What may leave, and one reason for each claim and mention that may not."""

    found: Found
    withheld: tuple[Withheld, ...]


def verified(text: str, found: Found, masked: Sequence[Masked]) -> Verified:
    """``found`` without the claims and mentions that would mislead a reader who slices ``text``."""
    faults: list[Withheld] = []
    entities = []
    for entity in found.entities:
        mentions = tuple(_sound(((m, _fault(text, _part(m), masked)) for m in entity.mentions), faults))
        if mentions:
            entities.append(
                entity if len(mentions) == len(entity.mentions) else replace(entity, mentions=mentions)
            )
    known = {entity.entity_id for entity in entities}
    claims = tuple(_sound(((c, _claim_fault(text, c, masked, known)) for c in found.claims), faults))
    return Verified(Found(claims, tuple(entities)), tuple(faults))


def _sound(pairs: Iterable[tuple[T, Withheld | None]], faults: list[Withheld]) -> Iterator[T]:
    """Those without a fault; the faults of the others go to ``faults``."""
    for value, fault in pairs:
        if fault is None:
            yield value
        else:
            faults.append(fault)


def _claim_fault(text: str, claim: Claim, masked: Sequence[Masked], known: set[str]) -> Withheld | None:
    spans = claim.content.spans
    if claim.content.text != " ".join(text[span.start : span.end] for span in spans):
        return Withheld.TEXT_DIFFERS
    if any(one.end > other.start for one, other in pairwise(spans)):
        return Withheld.OUT_OF_ORDER
    parts = [*((text[s.start : s.end], s.start, s.end) for s in spans), *_parts(claim)]
    for part in parts:
        fault = _fault(text, part, masked)
        if fault is not None:
            return fault
    return None if known.issuperset(claim.entities) else Withheld.UNKNOWN_ENTITY


def _parts(claim: Claim) -> Iterator[tuple[str, int, int]]:
    for part in (
        claim.source,
        claim.cue,
        claim.addressee,
        claim.condition,
        *claim.via,
        *claim.quantities,
        *claim.dates,
    ):
        if part is not None:
            yield part.text, part.start, part.end


def _part(mention: Mention) -> tuple[str, int, int]:
    return mention.text, mention.start, mention.end


def _fault(text: str, part: tuple[str, int, int], masked: Sequence[Masked]) -> Withheld | None:
    words, start, end = part
    if not 0 <= start < end <= len(text):
        return Withheld.OUT_OF_RANGE
    if text[start:end] != words:
        return Withheld.TEXT_DIFFERS
    return Withheld.MASKED if any(start < hole.end and hole.start < end for hole in masked) else None
