"""The annotated pairs of claims keep their promises, and what is measured on them is counted right."""

from __future__ import annotations

from collections import Counter

from training.annotations.gold import kappa
from training.annotations.gold_pairs import Answer, GoldPair, GoldSide, gold_pairs
from training.relations.annotated import FOUND, Judged, table
from training.relations.clusters import b_cubed, joined


def a_gold_pair(answer: Answer, *, seen: bool = False, second: Answer | None = None) -> GoldPair:
    side = GoldSide("harbour", ((0, 3),))
    return GoldPair(side, side, answer, answer, second or answer, "alike", seen)


def test_there_are_pairs_enough_of_every_stratum_and_all_four_answers_occur() -> None:
    golds = gold_pairs()

    answers = Counter(gold.answer for gold in golds)

    assert len(golds) >= 200
    assert set(answers) == set(Answer)
    assert answers[Answer.UNRELATED] >= 100
    assert answers[Answer.CORROBORATES] >= 50
    assert min(Counter(gold.stratum for gold in golds).values()) >= 5


def test_pairs_are_of_two_articles_told_once_and_hold_offsets_alone() -> None:
    golds = gold_pairs()

    assert len({(gold.left, gold.right) for gold in golds}) == len(golds)
    for gold in golds:
        assert gold.left.article != gold.right.article
        for side in (gold.left, gold.right):
            assert side.spans
            assert all(0 <= start < end for start, end in side.spans)


def test_no_article_stands_in_both_halves_and_the_passes_agree_beyond_chance() -> None:
    drawn = [gold for gold in gold_pairs() if gold.stratum != FOUND]
    found = [gold for gold in gold_pairs() if gold.stratum == FOUND]
    for golds, least in ((drawn, 20), (found, 5)):
        halves = [
            {side.article for gold in golds if gold.seen is seen for side in (gold.left, gold.right)}
            for seen in (True, False)
        ]
        assert min(map(len, halves)) >= least
        assert not halves[0] & halves[1]
    assert kappa([gold.first for gold in drawn], [gold.second for gold in drawn]) >= 0.8


def test_the_table_counts_precision_and_recall_of_each_answer() -> None:
    wrong, right = Answer.UNRELATED, Answer.CONTRADICTS
    answers = [
        Judged(a_gold_pair(right, seen=True), right),
        Judged(a_gold_pair(wrong), right),
        Judged(a_gold_pair(right), wrong, meet=False),
        Judged(a_gold_pair(right), None),
    ]

    rows = table(answers)

    assert rows[0].endswith("(4 pairs)")
    assert [row for row in rows if "both claims found" in row][-1].endswith("(3 / 4)")
    contradicts = [row for row in rows if row.startswith("  contradicts")][-1]
    assert "(1 / 2)  R" in contradicts
    assert contradicts.endswith("(1 / 2)")
    assert [row for row in rows if "brings together" in row][-1].endswith("(1 / 2)")


def test_b_cubed_is_that_of_its_authors() -> None:
    gold = dict(enumerate("aaaaabbcccccc"))

    assert b_cubed(gold, gold).f1 == 1.0
    apart = b_cubed(gold, {item: item for item in gold})
    assert apart.precision == 1.0
    assert abs(apart.recall - 3 / 13) < 1e-9
    together = b_cubed({1: "a", 2: "a", 3: "b"}, {1: 0, 2: 0, 3: 0})
    assert together.recall == 1.0
    assert abs(together.precision - 5 / 9) < 1e-9


def test_links_join_groups_over_any_number_of_steps() -> None:
    assert joined(5, [(0, 1), (3, 2), (1, 2)]) == [0, 0, 0, 0, 4]
