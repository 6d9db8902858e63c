"""Two claims of different speakers in different articles, judged."""

from datetime import timedelta

from tests.builders import NOON, a_known_claim
from workers.domain.claim import Stance
from workers.relations.opinion import Opinion
from workers.relations.pairs import Judgement, judge

_BOTH_AFFIRM = (Stance.AFFIRMS, Stance.AFFIRMS)


def decided(
    left: str, right: str, stances: tuple[Stance, Stance] = _BOTH_AFFIRM, opinion: Opinion | None = None
) -> Judgement:
    """Judge two claims of different speakers in different articles, six hours apart."""
    return judge(
        a_known_claim(left, article_id="a1", source="Ada Holt", stance=stances[0]),
        a_known_claim(
            right, article_id="a2", source="Ivo Marsh", stance=stances[1], at=NOON + timedelta(hours=6)
        ),
        opinion,
    )
