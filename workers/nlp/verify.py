"""The last look before anything leaves: every offset slices back, and nothing touches masked text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from workers.domain.article import Masked
from workers.domain.claim import Claim
from workers.domain.entity import Entity
from workers.nlp.assemble import Found


def verified(text: str, found: Found, masked: Sequence[Masked]) -> Found:
    """``found`` without the claims and mentions that would mislead a reader who slices ``text``."""
    entities = tuple(kept for entity in found.entities if (kept := _kept(text, entity, masked)) is not None)
    known = {entity.entity_id for entity in entities}
    claims = tuple(claim for claim in found.claims if _holds(text, claim, masked, known))
    return Found(claims, entities)


def _kept(text: str, entity: Entity, masked: Sequence[Masked]) -> Entity | None:
    mentions = tuple(m for m in entity.mentions if _good(text, m.text, m.start, m.end, masked))
    if not mentions:
        return None
    return entity if len(mentions) == len(entity.mentions) else replace(entity, mentions=mentions)


def _holds(text: str, claim: Claim, masked: Sequence[Masked], known: set[str]) -> bool:
    spans = claim.content.spans
    if claim.content.text != " ".join(text[span.start : span.end] for span in spans):
        return False
    ordered = all(one.end <= other.start for one, other in pairwise(spans))
    inside = all(0 <= span.start < span.end <= len(text) for span in spans)
    clear = not any(_touches(span.start, span.end, masked) for span in spans)
    parts = all(_good(text, words, start, end, masked) for words, start, end in _parts(claim))
    return ordered and inside and clear and parts and known.issuperset(claim.entities)


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


def _good(text: str, words: str, start: int, end: int, masked: Sequence[Masked]) -> bool:
    return 0 <= start < end <= len(text) and text[start:end] == words and not _touches(start, end, masked)


def _touches(start: int, end: int, masked: Sequence[Masked]) -> bool:
    return any(start < hole.end and hole.start < end for hole in masked)
