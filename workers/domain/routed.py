"""A claim on its way to the others that it may relate to: once by each of its routes."""

from dataclasses import dataclass

from workers.domain.claim import Claim


@dataclass(frozen=True, slots=True)
class RoutedClaim:
    """``article_signature`` tells near copies of the claim's whole article; ``None`` when unknown."""

    route: str
    claim: Claim
    article_signature: str | None


@dataclass(frozen=True, slots=True)
class WithdrawnClaim:
    """The claim holds no more, or goes other ways."""

    route: str
    claim_id: str
