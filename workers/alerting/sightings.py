"""What a group remembers of a claim: evidence for people, and what its conditions count and compare."""

from datetime import datetime

from workers.alerting.groups import Shown, Sighting
from workers.domain.alert import Evidence
from workers.domain.claim import Claim, Quantity
from workers.domain.ids import content_id

MAX_FIGURES = 4


def sighting_of(claim: Claim, timestamp: datetime) -> Sighting:
    """Return the claim's sighting; ``timestamp`` stands in for a missing date."""
    words = "".join(character for character in claim.content.text.casefold() if character.isalnum())
    origins = [f"text:{content_id('words', words)[:16]}"]
    origins += [f"publisher:{claim.publisher}"] if claim.publisher else []
    origins += [f"via:{each.entity_id or each.name.casefold()}" for each in claim.via]
    figures = [each for each in map(_figure, claim.quantities) if each is not None]
    return Sighting(
        id=claim.claim_id,
        rests_on=(claim.claim_id,),
        at=claim.published_at or timestamp,
        article_id=claim.article_id,
        publisher=claim.publisher,
        origins=tuple(origins),
        figures=tuple(figures[:MAX_FIGURES]),
        shown=Shown((evidence_of(claim),)),
    )


def evidence_of(claim: Claim) -> Evidence:
    """Return what an alert shows of a claim."""
    return Evidence(
        claim_id=claim.claim_id,
        article_id=claim.article_id,
        publisher=claim.publisher,
        url=claim.url,
        text_sha256=claim.text_sha256,
        spans=claim.content.spans,
        text=claim.content.text,
    )


def _figure(quantity: Quantity) -> tuple[str, float] | None:
    """Return unit and number; of a range its lower end, as "at least" and "between" both vouch for it."""
    number = next((each for each in (quantity.value, quantity.low, quantity.high) if each is not None), None)
    return None if number is None else ((quantity.unit or "").casefold(), float(number))
