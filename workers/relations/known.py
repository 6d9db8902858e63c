"""What is remembered of a claim, so that later claims can be held against it: a value to and from JSON."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from workers.domain.claim import Act, Claim, Offsets, Quantity, SourceKind, Stance
from workers.domain.ids import content_id
from workers.domain.pipeline import PipelineInfo
from workers.domain.relation import RelationSide
from workers.relations import caches
from workers.relations.terms import terms_of

FORMAT = 1
MAX_ROUTES = 3
_RARER = 0.6
_UNNAMED = frozenset({SourceKind.ANONYMOUS, SourceKind.PUBLISHER})


@dataclass(frozen=True, slots=True)
class Known:
    """A claim as the relate stage keeps it.

    ``at`` is its event time. ``speaker`` identifies a named source; ``via`` are the outlets and people named
    between it and the article. ``subjects`` are entity ids, ``routes`` what the claim is looked up under.
    ``signature`` is that of the whole article, where it is known.
    """

    side: RelationSide
    at: datetime
    act: Act
    speaker: str | None
    via: tuple[str, ...]
    subjects: tuple[str, ...]
    routes: tuple[str, ...]
    quantities: tuple[Quantity, ...]
    days: tuple[str, ...]
    signature: str | None
    pipeline: PipelineInfo

    @property
    def claim_id(self) -> str:
        """The claim's id."""
        return self.side.claim_id

    @property
    def order(self) -> tuple[datetime, str]:
        """Sorts claims by event time; the id decides between equals."""
        return self.at, self.side.claim_id


def known_claim(claim: Claim, moment: datetime, signature: str | None = None) -> Known:
    """Return what to remember of ``claim``; ``moment`` (aware) stands in for a missing publication time."""
    source = claim.source
    named = source if source is not None and source.kind not in _UNNAMED else None
    return Known(
        side=RelationSide(
            claim_id=claim.claim_id,
            article_id=claim.article_id,
            publisher=claim.publisher,
            url=claim.url,
            published_at=claim.published_at,
            text_sha256=claim.text_sha256,
            spans=claim.content.spans,
            text=claim.content.text,
            source_name=source.name if source else None,
            stance=claim.stance,
        ),
        at=claim.published_at or moment,
        act=claim.act,
        speaker=squashed(named.name) if named else None,
        via=tuple(via.name for via in claim.via),
        subjects=tuple(dict.fromkeys((*claim.subjects, *claim.entities))),
        routes=routes(claim),
        quantities=claim.quantities,
        days=tuple(sorted({each.date.isoformat() for each in claim.dates if each.date})),
        signature=signature,
        pipeline=claim.pipeline,
    )


def routes(claim: Claim) -> tuple[str, ...]:
    """Return the keys (at most three) under which a claim meets the others that may relate to it.

    They are names that its content holds, in a form in which "Marovia" and "Marovian" are one; where there
    are fewer, two of its rarer words, who said it, and the entities it is about. Which of many are taken is
    decided by their hashes, so that alike claims take the same.
    """
    source = claim.source
    spoken = source.name if source is not None and source.kind not in _UNNAMED else ""
    return _routes(claim.content.text, spoken, claim.subjects)


@lru_cache(maxsize=caches.CLAIMS)
def _routes(content: str, speaker: str, subjects: tuple[str, ...]) -> tuple[str, ...]:
    """Remembered for a while: a claim comes in once for each of its routes."""
    terms = terms_of(content)
    rarer = [term for term, weight in terms.weights.items() if weight >= _RARER]
    spoken = terms_of(speaker).names
    words = (*_by_hash(terms.names), *_by_hash(rarer)[: MAX_ROUTES - 1], *_by_hash(spoken), *_by_hash(rarer))
    return (*dict.fromkeys([*(f"term:{word}" for word in words), *subjects]),)[:MAX_ROUTES]


def _by_hash(terms: Iterable[str]) -> list[str]:
    return sorted(terms, key=_route_hash)


@lru_cache(maxsize=caches.WORDS)
def _route_hash(term: str) -> str:
    return content_id("route", term)


def squashed(name: str) -> str:
    """Return a name in the form in which two spellings of it are equal: letters and digits, no article."""
    plain = name.casefold().removeprefix("the ")
    return "".join(character for character in plain if character.isalnum())


def routes_left(
    before: Mapping[str, Iterable[str]], now: Mapping[str, Iterable[str]]
) -> list[tuple[str, str]]:
    """Return each (claim id, route) of an article's ``before`` that its ``now`` does not have, in order.

    On these routes the claims have to be withdrawn.
    """
    return sorted(
        (claim_id, route)
        for claim_id, taken in before.items()
        for route in set(taken) - set(now.get(claim_id, ()))
    )


def to_json(known: Known) -> str:
    """Return compact JSON; equal values give equal text."""
    side = known.side
    plain = {
        "format": FORMAT,
        "side": [
            side.claim_id,
            side.article_id,
            side.publisher,
            side.url,
            side.published_at.isoformat() if side.published_at else None,
            side.text_sha256,
            [[span.start, span.end] for span in side.spans],
            side.text,
            side.source_name,
            side.stance.value,
        ],
        "at": known.at.isoformat(),
        "act": known.act.value,
        "speaker": known.speaker,
        "via": known.via,
        "subjects": known.subjects,
        "routes": known.routes,
        "quantities": [
            [q.text, q.start, q.end, q.value, q.low, q.high, q.approximate, q.unit] for q in known.quantities
        ],
        "days": known.days,
        "signature": known.signature,
        "pipeline": [
            known.pipeline.name,
            known.pipeline.version,
            known.pipeline.model,
            known.pipeline.model_sha256,
        ],
    }
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":"))


@lru_cache(maxsize=caches.CLAIMS)
def from_json(text: str) -> Known:
    """Read what ``to_json`` wrote; anything else means a broken database and raises ``ValueError``.

    Remembered for a while: what was said of a subject is looked at again with each claim on it.
    """
    plain: Mapping[str, Any] = json.loads(text)
    if plain.get("format") != FORMAT:
        raise ValueError("the remembered claim is of another format")
    claim_id, article_id, publisher, url, published, sha, spans, words, source, stance = plain["side"]
    return Known(
        side=RelationSide(
            claim_id=claim_id,
            article_id=article_id,
            publisher=publisher,
            url=url,
            published_at=datetime.fromisoformat(published) if published else None,
            text_sha256=sha,
            spans=tuple(Offsets(start, end) for start, end in spans),
            text=words,
            source_name=source,
            stance=Stance(stance),
        ),
        at=datetime.fromisoformat(plain["at"]),
        act=Act(plain["act"]),
        speaker=plain["speaker"],
        via=tuple(plain["via"]),
        subjects=tuple(plain["subjects"]),
        routes=tuple(plain["routes"]),
        quantities=tuple(Quantity(*fields) for fields in plain["quantities"]),
        days=tuple(plain["days"]),
        signature=plain["signature"],
        pipeline=PipelineInfo(*plain["pipeline"]),
    )
