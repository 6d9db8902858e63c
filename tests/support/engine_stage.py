"""The pure relate step over memory, and what outlets tell it."""

from datetime import timedelta
from typing import Any

from tests.builders import NOON, a_claim_told
from workers.domain.claim import Claim
from workers.domain.relation import Relation, StoryMerge
from workers.relations.engine import Decided, Policy, keep, relate, withdraw
from workers.relations.known import routes
from workers.relations.records import MemoryReader
from workers.relations.stories import resolved

FIRE = "the fire had destroyed 12 houses in the old town of Harn"
MORE = "19 houses in the old town of Harn had been destroyed by the fire"
MOST = "the fire in the old town of Harn had destroyed 31 houses"


class Stage:
    """The relate stage over memory: every claim goes once to each of its routes."""

    def __init__(self, policy: Policy | None = None) -> None:
        self.reader = MemoryReader()
        self.policy = policy or Policy()
        self.held: dict[str, Relation] = {}
        self.merges: list[StoryMerge] = []

    def take(self, claim: Claim) -> list[Decided]:
        """Send a claim along its routes."""
        return [self.keep(relate(self.reader, self.policy, route, claim, NOON)) for route in routes(claim)]

    def take_back(self, claim: Claim) -> list[str]:
        """Withdraw a claim from its routes; returns the relations taken back."""
        each = [self.keep(withdraw(self.reader, route, claim.claim_id)) for route in routes(claim)]
        return [gone for decided in each for gone in decided.retracted]

    def keep(self, decided: Decided) -> Decided:
        """Store what was decided and apply what would be published."""
        keep(self.reader, decided)
        for gone in decided.retracted:
            del self.held[gone]
        self.held |= {relation.relation_id: relation for relation in decided.relations}
        self.merges += decided.merges
        return decided

    def story(self, relation: Relation) -> str:
        """Return the relation's story after all merges."""
        return resolved(relation.story_id, {merge.story_id: merge.into for merge in self.merges})


def told(text: str, hour: float, article: str, **changes: Any) -> Claim:
    """Return what an outlet told that many hours after noon."""
    at = NOON + timedelta(hours=hour)
    return a_claim_told(text, article_id=article, at=at, source=f"Speaker of {article}", **changes)
