"""Do two texts say the same or the opposite, by their negations and denials alone?"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from workers.relations import caches
from workers.relations.polarity import clauses, text_sign, turns
from workers.relations.terms import terms_of


@dataclass(frozen=True, slots=True)
class Signs:
    """``shared`` is -1 when the clauses that both texts share differ in sign, ``main`` for their main parts.

    ``turned`` tells whether there is any negation in the shared clauses.
    """

    shared: int
    main: int
    turned: bool

    @property
    def opposed(self) -> bool:
        """Do both readings see opposite signs? One alone is misled by a clause that is beside the point."""
        return self.shared < 0 and self.main < 0


@lru_cache(maxsize=caches.PAIRS)
def signs(ours: str, theirs: str) -> Signs:
    """Compare the signs of two texts; they may be exchanged."""
    # the "not" of the clause that both share counts
    mine, yours = nearest(clauses(ours), theirs), nearest(clauses(theirs), ours)
    return Signs(
        text_sign(mine) * text_sign(yours),
        text_sign(ours) * text_sign(theirs),
        bool(turns(mine) or turns(yours)),
    )


def nearest(parts: Sequence[str], other: str) -> str:
    """Return the one of ``parts`` that holds most of what the other text says."""
    known = terms_of(other).weights

    def shared(part: str) -> float:
        return sum(weight for term, weight in terms_of(part).weights.items() if term in known)

    return max(parts, key=shared)
