"""A pair model's scores are read together with the words: probabilities, the same for the same texts."""

from collections.abc import Sequence

import pytest

from workers.relations.reading import HEADS, NAMES, inputs, pair_model, read, softmax
from workers.relations.reading_weights import WEIGHTS

SAID = ("the pier at Harn is open", "the pier at Harn has been opened")
COUNT = sum(map(len, HEADS))


def scores(**high: float) -> list[float]:
    """Return scores of all labels, 0 but for those named."""
    return [high.get(label, 0.0) for labels in HEADS for label in labels]


def test_there_is_a_weight_for_every_input_and_each_of_three_answers() -> None:
    assert len(inputs(*SAID, scores())) == len(NAMES)
    assert [len(row) for row in WEIGHTS] == [len(NAMES)] * 3


def test_an_opinion_adds_up_to_one() -> None:
    opinion = read(*SAID, scores(entailment=4.0, same=3.0))

    assert opinion.unrelated + opinion.same + opinion.opposite == pytest.approx(1.0)


def test_a_network_that_sees_a_contradiction_makes_one_more_probable() -> None:
    agreeing, opposing = (
        read(*SAID, scores(**high, same=3.0))
        for high in ({"entailment": 4.0, "for": 3.0}, {"contradiction": 4.0, "against": 3.0})
    )

    assert opposing.opposite > agreeing.opposite
    assert opposing.same < agreeing.same


def test_a_network_that_sees_two_matters_makes_a_relation_less_probable() -> None:
    same, other = (read(*SAID, scores(**{label: 4.0})) for label in ("same", "other"))

    assert other.unrelated > same.unrelated


def test_each_pair_is_answered_in_its_place() -> None:
    def by_length(pairs: Sequence[tuple[str, str]]) -> list[list[float]]:
        return [scores(same=float(len(left))) for left, _ in pairs]

    one, two = SAID, ("rain", "snow")

    assert pair_model(by_length)([one, two]) == [
        read(*one, scores(same=float(len(one[0])))),
        read(*two, scores(same=4.0)),
    ]


def test_nobody_is_asked_whether_the_same_words_say_the_same() -> None:
    def unasked(pairs: Sequence[tuple[str, str]]) -> list[list[float]]:
        assert pairs == [SAID]
        return [scores() for _ in pairs]

    same, _ = pair_model(unasked)([("rain", "rain"), SAID])

    assert same.same == 1.0


def test_very_high_scores_overflow_nothing() -> None:
    assert softmax([1000.0, 0.0]) == pytest.approx([1.0, 0.0])
    assert COUNT == 8
