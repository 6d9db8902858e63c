"""Relations for tests: two claims about ships in a harbour that contradict each other."""

from datetime import timedelta
from typing import Any

from tests.builders import NOON, PIPELINE
from workers.domain.claim import Offsets, Stance
from workers.domain.relation import Change, Origins, Relation, RelationKind, RelationSide


def a_side(number: int, minutes: int = 0) -> RelationSide:
    return RelationSide(
        claim_id=str(number) * 32,
        article_id=f"a{number}",
        publisher=f"outlet{number}.example",
        url=None,
        published_at=NOON + timedelta(minutes=minutes),
        text_sha256="0" * 64,
        spans=(Offsets(0, 4),),
        text="Ten ships came.",
        source_name="Ada Holt",
        stance=Stance.AFFIRMS,
    )


def a_relation(number: int = 1, **changes: Any) -> Relation:
    values: dict[str, Any] = {
        "relation_id": f"{number:032d}",
        "kind": RelationKind.CONTRADICTS,
        "subject_id": "harbour",
        "story_id": "story",
        "left": a_side(1),
        "right": a_side(2, minutes=30),
        "origins": Origins("wire", "ministry", independent=True),
        "change": Change(10, 12, "ships"),
        "score": 0.9,
        "found_at": NOON + timedelta(hours=1),
        "pipeline": PIPELINE,
    }
    return Relation(**(values | changes))
