"""The last gate before a contradiction: what it looks at, and when it does not believe the rules."""

from datetime import timedelta

import pytest

from tests.builders import NOON, a_known_claim
from tests.support.judging import decided
from workers.domain.relation import RelationKind
from workers.relations.contradiction import INPUTS, chance, inputs
from workers.relations.opinion import Opinion
from workers.relations.pairs import PairReason

SAID = ("the ferry to Harn sails on Friday", "the ferry to Harn does not sail on Friday")
OPPOSITE = Opinion(0.03, 0.01, 0.96)


def values(opinion: Opinion | None = None, days: int = 0) -> dict[str, float]:
    left = a_known_claim(SAID[0], article_id="a1", source="Ada Holt")
    right = a_known_claim(SAID[1], article_id="a2", source="Ivo Marsh", at=NOON + timedelta(days=days))
    return dict(zip(INPUTS, inputs(left, right, SAID, opinion, False, 0.0), strict=True))


def test_without_an_opinion_its_part_is_unknown() -> None:
    assert values()["opposite"] == 0.5
    assert values(OPPOSITE)["opposite"] == 0.96


def test_names_and_days_count_up_to_a_bound() -> None:
    assert values()["names_in_common"] == 1.0
    assert [values(days=days)["fortnights_apart"] for days in (0, 7, 40)] == [0.0, 0.5, 1.0]


@pytest.mark.parametrize("name", ["words_longer_covered", "names_fewer_covered", "opposite", "denied"])
def test_what_speaks_for_a_contradiction_makes_it_likelier(name: str) -> None:
    less, more = values(), values()
    less[name], more[name] = 0.0, 1.0
    assert chance(tuple(more.values())) > chance(tuple(less.values()))


def test_one_matter_told_with_and_without_a_not_is_believed() -> None:
    assert decided(*SAID, opinion=OPPOSITE).kind is RelationKind.CONTRADICTS


def test_words_alone_without_a_name_are_not_believed() -> None:
    found = decided(
        "the harbour wall is intact and safe",
        "the harbour wall is intact and unsafe",
        opinion=OPPOSITE,
    )
    assert (found.kind, found.reason) == (None, PairReason.UNCLEAR)
