"""How many claims of real articles a core relates in a second, and what they take up in the state."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from training.relations.annotated import NO_DATE
from workers.domain.article import EnrichedArticle
from workers.domain.relation import RelationKind
from workers.relations.engine import Policy, keep, relate
from workers.relations.known import routes
from workers.relations.opinion import Opinion, PairModel
from workers.relations.records import MemoryReader
from workers.relations.sketches import article_signature

_NUMBER = 8


@dataclass(frozen=True, slots=True)
class Pace:
    """One run over articles in the order of their dates, in memory; ``seconds`` of processor time.

    ``asked`` counts the pairs put to the model, ``kinds`` the relations that hold at the end.
    """

    claims: int
    seconds: float
    asked: int
    state_bytes: int
    kinds: tuple[RelationKind, ...]

    def __str__(self) -> str:
        kinds = ", ".join(f"{self.kinds.count(kind)} {kind.value}" for kind in RelationKind)
        return (
            f"{self.claims / self.seconds:.0f} claims/s of a core ({self.claims} claims; "
            f"{self.asked} pairs put to the model; {len(self.kinds)} relations: {kinds}), "
            f"{self.state_bytes / max(1, self.claims):.0f} bytes of state a claim"
        )


def paced(articles: Sequence[EnrichedArticle], model: PairModel | None = None) -> Pace:
    """Relate all claims of ``articles``."""
    reader, policy = MemoryReader(), Policy()
    found: dict[str, RelationKind] = {}
    asked: list[int] = []

    def counted(pairs: Sequence[tuple[str, str]]) -> Sequence[Opinion]:
        asked.append(len(pairs))
        return model(pairs) if model is not None else ()

    ordered = sorted(articles, key=lambda each: (each.published_at or NO_DATE, each.article_id))
    begun = time.process_time()
    for article in ordered:
        signature, moment = article_signature(article.text), article.published_at or NO_DATE
        for claim in article.claims:
            for route in routes(claim):
                decided = relate(
                    reader, policy, route, claim, moment, signature, counted if model is not None else None
                )
                keep(reader, decided)
                found |= {relation.relation_id: relation.kind for relation in decided.relations}
                for gone in decided.retracted:
                    found.pop(gone, None)
    seconds = time.process_time() - begun
    stored = sum(len(key) + len(body.encode()) for (_, key), body in reader.stored())
    stored += sum(_NUMBER + len(body) for body in reader.kept_buckets())
    total = sum(len(article.claims) for article in ordered)
    return Pace(total, seconds, sum(asked), stored, tuple(found.values()))
