"""Streams of claims that relate, and a relate stage over any state, for laws about it."""

from collections.abc import Iterable
from datetime import timedelta
from functools import cache
from typing import Protocol

from hypothesis import strategies as st

from tests.builders import NOON, a_claim_told
from workers.domain.claim import Claim, Stance
from workers.domain.relation import Relation
from workers.relations.engine import Decided, Policy, keep, relate, withdraw
from workers.relations.known import routes
from workers.relations.records import MemoryReader, Reader, Writer
from workers.relations.stories import resolved

CONTENTS = (
    "the fire had destroyed 12 houses in the old town of Harn",
    "19 houses in the old town of Harn had been destroyed by the fire",
    "the fire in Harn had not destroyed any houses in the old town",
    "Marovia has moved roughly 9,000 troops to its side of the Ilva River",
    "at least 11,500 Marovian troops are within a day's march of the Ilva River",
    "any troops had been moved to the Ilva River",
    "the fire in the old town of Harn began in a bakery. 9,000 Marovian troops moved to the Ilva River",
    "freight trains east of Dalgrad were canceled because of repairs to the track",
)


@cache
def told(content: int, hour: int, stance: Stance, outlet: int) -> Claim:
    """Return one of the contents as an outlet tells it in that hour after noon."""
    return a_claim_told(
        CONTENTS[content],
        article_id=f"{outlet}-{content}-{hour}",
        publisher=f"{outlet}.example",
        source=f"Speaker {'ABC'[outlet]}",
        stance=stance,
        at=NOON + timedelta(hours=hour),
    )


CLAIMS = st.builds(
    told,
    st.integers(0, len(CONTENTS) - 1),
    st.integers(0, 48),  # within the default lateness of three days
    st.sampled_from([Stance.AFFIRMS, Stance.AFFIRMS, Stance.REFUTES]),
    st.integers(0, 2),
)
STREAMS = st.lists(CLAIMS, min_size=2, max_size=9, unique_by=lambda claim: claim.claim_id)


class State(Reader, Writer, Protocol):
    """What a worker keeps its claims in: memory, or a transaction of a database."""


class Worker:
    """One worker with a state of its own, in memory unless it is given one."""

    def __init__(self, state: State | None = None) -> None:
        self.reader: State = state or MemoryReader()
        self.held: dict[str, Relation] = {}
        self.merged: dict[str, str] = {}

    def take(self, route: str, claim: Claim) -> None:
        self._keep(relate(self.reader, Policy(), route, claim, NOON))

    def take_back(self, route: str, claim: Claim) -> None:
        self._keep(withdraw(self.reader, route, claim.claim_id))

    def _keep(self, decided: Decided) -> None:
        keep(self.reader, decided)
        for gone in decided.retracted:
            self.held.pop(gone, None)
        self.held |= {relation.relation_id: relation for relation in decided.relations}
        for merge in decided.merges:
            assert merge.story_id not in self.merged, "a story is merged once"
            self.merged[merge.story_id] = merge.into


def worked(claims: Iterable[Claim], state: State | None = None) -> Worker:
    """Let one worker see all claims in this order."""
    worker = Worker(state)
    for claim in claims:
        for route in routes(claim):
            worker.take(route, claim)
    return worker


def told_of(relations: dict[str, Relation]) -> dict[str, tuple[object, ...]]:
    """Return everything that a relation says, but for the story."""
    return {
        name: (each.kind, each.left, each.right, each.origins, each.change, each.score, each.subject_id)
        for name, each in relations.items()
    }


def stories(worker: Worker) -> dict[str, str]:
    """Return every relation's story after all merges."""
    return {name: resolved(each.story_id, worker.merged) for name, each in worker.held.items()}
