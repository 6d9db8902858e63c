"""Most candidates are ruled out by their words; nothing that could become a relation is among them."""

from itertools import permutations, product

from tests.builders import a_known_claim
from workers.domain.claim import Stance
from workers.relations.pairs import judge, out_of_question
from workers.relations.thresholds import Thresholds

SAID = (
    "the shell hit the border post and wounded three guards",
    "a shell had hit the border post, wounding three guards",
    "no shell hit the border post",
    "the shelling of the border post",
    "Marovian railways had canceled all freight service east of Dalgrad",
    "freight trains east of Dalgrad were canceled because of repairs to the track",
    "freight trains run east of Dalgrad. The bridge at Ostrel was closed to traffic.",
    "the bridge at Ostrel is closed",
    "12,300 Marovian troops were counted at the Ilva River",
    "Marovia has moved 9,000 troops to the Ilva River",
    "no more than 8,000 troops had moved to the Ilva River",
    "the reports of troop movements",
    "unemployment fell to 4.1 percent in June",
)
CLAIMS = [
    a_known_claim(text, article_id=f"a{number}", source=f"Speaker {number}", stance=stance)
    for number, (text, stance) in enumerate(product(SAID, Stance))
]
PAIRS = list(permutations(CLAIMS, 2))


def test_what_is_out_of_question_is_judged_unrelated() -> None:
    ruled_out = [pair for pair in PAIRS if out_of_question(*pair)]

    assert len(ruled_out) > len(PAIRS) / 2
    assert not any(judge(*pair).kind for pair in ruled_out)


def test_lower_thresholds_rule_out_less() -> None:
    lower = Thresholds(corroborates=0.1)
    ruled_out = [pair for pair in PAIRS if out_of_question(*pair, lower)]

    assert 0 < len(ruled_out) < sum(out_of_question(*pair) for pair in PAIRS)
    assert not any(judge(*pair, None, lower).kind for pair in ruled_out)


def test_some_are_related() -> None:
    kinds = {judge(*pair).kind for pair in PAIRS if not out_of_question(*pair)}

    assert len(kinds - {None}) == 3
