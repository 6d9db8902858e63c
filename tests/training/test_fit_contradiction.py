"""The fit of the last gate: weights for values as they are, and stories that do not judge themselves."""

import random

import numpy as np

from training.annotations.gold_pairs import Answer, GoldPair, GoldSide
from training.logistic import fitted
from training.relations.fit_contradiction import Case, left_out, report, stories
from workers.relations.contradiction import INPUTS


def a_case(left: str, right: str, answer: Answer, value: float = 0.0, *, let_through: bool = True) -> Case:
    sides = GoldSide(left, ()), GoldSide(right, ())
    gold = GoldPair(*sides, answer, answer, answer, "found", True)
    return Case(gold, (value,) * len(INPUTS), let_through)


def test_weights_hold_for_values_that_were_not_scaled() -> None:
    rng = random.Random(1)
    values = np.array([[rng.gauss(40.0, 9.0)] + [0.0] * (len(INPUTS) - 1) for _ in range(400)])
    labels = np.array([float(row[0] > 40.0) for row in values])

    weights, bias = fitted(values, labels, 3.0)

    assert 1 / (1 + np.exp(-(60.0 * weights[0] + bias))) > 0.9
    assert 1 / (1 + np.exp(-(20.0 * weights[0] + bias))) < 0.1


def test_pairs_that_share_an_article_are_one_story() -> None:
    found = [
        a_case("a", "b", Answer.CONTRADICTS),
        a_case("c", "d", Answer.UNRELATED),
        a_case("d", "b", Answer.UNRELATED),
        a_case("e", "f", Answer.UNRELATED),
    ]
    names = stories(found)
    assert names[0] != names[3]
    assert names[1] == names[2]
    assert names[0] == names[1]


def test_a_story_is_not_judged_by_weights_that_saw_it() -> None:
    values = np.array([[1.0] * len(INPUTS)] * 8 + [[0.0] * len(INPUTS)] * 8)
    labels = np.array([1.0] * 8 + [0.0] * 8)
    story = ["alone"] * 8 + [f"other-{number}" for number in range(8)]

    likely = left_out(values, labels, story)

    assert all(chance < 0.5 for chance in likely[:8])  # of all others none is a contradiction


def test_the_report_counts_what_rules_and_regression_let_through() -> None:
    found = [
        a_case("a", "b", Answer.CONTRADICTS),
        a_case("c", "d", Answer.UNRELATED),
        a_case("e", "f", Answer.UNRELATED, let_through=False),
    ]
    lines = list(report(found, np.array([0.9, 0.2, 0.8])))
    assert any(line.startswith("all, both:") and "(1 / 1)" in line for line in lines)
    assert any(line.startswith("all, the rules:") and "(1 / 2)" in line for line in lines)
