"""The hand annotations keep their promises, and what is measured on them is counted right."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import pytest

from tests.builders import a_claim_in
from tests.training.made_up import write_corpora
from training import corpora
from training.annotations import choose
from training.annotations.gold import (
    GoldClaim,
    GoldSource,
    Label,
    Ratio,
    gold_claims,
    gold_sources,
    half,
    kappa,
    matched,
)
from training.corpora import AttributedText, Attribution
from training.measure_facets import FACETS, Pair, by_gold_spans, confusions, refutes
from training.measure_facets import table as facet_table
from training.measure_resolution import Answer, Miss, normalised
from training.measure_resolution import table as speaker_table
from workers.domain.claim import Act, Certainty, SourceKind, Stance

STATED = Label(Act.STATE, Stance.AFFIRMS, Certainty.CERTAIN)
DENIED = Label(Act.DENY, Stance.REFUTES, Certainty.CERTAIN)


def a_gold_source(*names: str, named: bool = True, document: str = "harbour") -> GoldSource:
    return GoldSource(document, 0, (0, 3), names, named, (SourceKind.PERSON,), "pronoun")


def a_gold_claim(label: Label, index: int = 0, content: tuple[tuple[int, int], ...] = ()) -> GoldClaim:
    return GoldClaim("dev", "harbour", index, content, label, label, label, "plain")


def test_every_act_and_every_stance_was_annotated_often_enough_to_measure_it() -> None:
    golds = gold_claims()

    acts, stances = (Counter(getattr(gold.label, facet) for gold in golds) for facet in ("act", "stance"))

    assert len(golds) >= 300
    assert set(acts) == set(Act)
    assert min(acts.values()) >= 15
    assert set(stances) == set(Stance)
    assert min(stances.values()) >= 15


def test_what_is_open_is_of_unknown_certainty_and_what_is_held_is_not() -> None:
    golds = gold_claims()

    assert golds
    for gold in golds:
        assert (gold.label.stance is Stance.OPEN) == (gold.label.certainty is Certainty.UNKNOWN), gold


def test_sources_are_spread_over_all_publishers_and_most_are_no_plain_names() -> None:
    golds = gold_sources()

    publishers = Counter(gold.document.split("_")[0] for gold in golds)

    assert len(golds) >= 150
    assert len({gold.document for gold in golds}) >= 80
    assert len(publishers) == 7
    assert min(publishers.values()) >= 20
    assert sum(gold.stratum != "name" for gold in golds) >= 0.6 * len(golds)


def test_no_attribution_is_annotated_twice_and_names_are_no_longer_than_names() -> None:
    sources, claims = gold_sources(), gold_claims()

    assert len({(gold.document, gold.index) for gold in sources}) == len(sources)
    assert len({(gold.document, gold.index) for gold in claims}) == len(claims)
    assert max(len(name) for gold in sources for name in gold.names) < 70
    assert all(gold.names and gold.kinds for gold in sources)


def test_both_halves_hold_a_fair_share_of_both_sets() -> None:
    for golds in (gold_sources(), gold_claims()):
        share = sum(half(gold.document) for gold in golds) / len(golds)
        assert 0.35 < share < 0.65


def test_choices_are_the_same_each_time_and_sources_chosen_have_a_source(tmp_path: Path) -> None:
    write_corpora(tmp_path)
    articles = corpora.attributed(tmp_path / corpora.POLNEAR_DEV)

    first, second = (choose.sources(articles, random.Random(7)) for _ in range(2))

    by_id = {article.id: article for article in articles}
    assert first == second
    assert len(first) == choose.PER_ARTICLE * len(articles)
    assert all(by_id[choice.document].attributions[choice.index].source for choice in first)


def test_claims_are_drawn_from_every_article_and_denials_are_sought(tmp_path: Path) -> None:
    write_corpora(tmp_path, articles=30)
    articles = corpora.attributed(tmp_path / corpora.POLNEAR_TRAIN)

    chosen = choose.claims(articles, [], random.Random(7))

    assert {choice.document for choice in chosen} == {article.id for article in articles}
    assert any(choice.stratum == "deny" for choice in chosen)
    assert len({(choice.document, choice.index) for choice in chosen}) == len(chosen)


@pytest.mark.parametrize(
    ("found", "gold"),
    [
        ("Sen. Ada Quill", "Ada Quill"),
        ("the Harbour Board’s", "Harbour Board"),
        ("Vice President Tomas Brand (N-Kel.)", "Tomas Brand"),
        ("U.S. Ferry Office", "us ferry office"),
        ('Roberta C. "Bobbie" Lind', "Roberta C Bobbie Lind"),
    ],
)
def test_names_that_differ_in_titles_articles_and_marks_are_equal(found: str, gold: str) -> None:
    assert normalised(found) == normalised(gold)


def test_two_people_of_one_surname_are_not_equal() -> None:
    assert normalised("Ada Quill") != normalised("Quill")
    assert normalised("Ada Quill") != normalised("Tomas Quill")


def test_a_title_alone_keeps_its_last_word() -> None:
    assert normalised("the president") == "president"


def test_the_own_words_are_right_only_where_the_article_gives_no_name() -> None:
    unnamed = Answer(a_gold_source("two dockers", named=False), "they", True, "They", SourceKind.GROUP)
    named = Answer(a_gold_source("Ada Quill"), "she", True, "she", SourceKind.PERSON)

    assert unnamed.right
    assert not unnamed.kind_right
    assert not named.right
    assert named.kind_right


def test_a_claim_that_was_not_found_counts_as_not_found_and_not_as_a_wrong_speaker() -> None:
    right = Answer(a_gold_source("Ada Quill"), "she", True, "Ada Quill", SourceKind.PERSON)
    missing = Answer(a_gold_source("Ada Quill"), "she", False)
    silent = Answer(a_gold_source("Ada Quill"), "she", True)

    rows = speaker_table([right, missing, silent])

    assert rows[0].endswith("(2 / 3)")
    assert rows[2].endswith("(1 / 2)")
    assert rows[-1].endswith("person taken for none: 1")


@pytest.mark.parametrize(
    ("span", "text", "name", "names", "miss"),
    [
        ((0, 3), "she", "Ada Quill", {"ada quill"}, None),
        (None, "", None, {"ada quill"}, Miss.NO_SOURCE),
        ((9, 12), "Roe", "Ines Roe", {"ada quill"}, Miss.ELSEWHERE),
        ((0, 9), "she and he", "she and he", {"ada quill"}, Miss.CUT),
        ((0, 3), "she", "she", {"ines roe"}, Miss.NO_NAME),
        ((0, 3), "she", "Ines Roe", {"ada quill", "ines roe"}, Miss.OTHER),
        ((0, 3), "she", "she", {"ada quill"}, Miss.OPEN),
    ],
)
def test_a_lost_speaker_counts_under_the_first_step_that_went_wrong(
    span: tuple[int, int] | None, text: str, name: str | None, names: set[str], miss: Miss | None
) -> None:
    answer = Answer(
        a_gold_source("Ada Quill"), "she", True, name, SourceKind.PERSON, span, text, frozenset(names)
    )

    assert answer.miss is miss


def test_the_interval_of_a_ratio_is_wilsons() -> None:
    low, high = Ratio(8, 10).interval

    assert (low, high) == pytest.approx((0.4902, 0.9433), abs=1e-4)
    assert Ratio(0, 0).interval == (0.0, 1.0)
    assert str(Ratio(1, 2)).startswith("0.500 [")


def test_agreement_by_chance_is_no_agreement() -> None:
    assert kappa("aabb", "abab") == pytest.approx(0.0)
    assert kappa("aabb", "aabb") == pytest.approx(1.0)
    assert kappa("yyyyynnnnn", "yyyynynnnn") == pytest.approx(0.6)


def test_the_claim_that_shares_most_is_matched_and_none_that_shares_little() -> None:
    text = "Quill said the ferry sank at noon. Brand said it floats."
    near = a_claim_in(text, ("the ferry sank at noon",), "Quill", "said")
    nearer = a_claim_in(text, ("the ferry sank",), "Quill", "said")
    far = a_claim_in(text, ("it floats",), "Brand", "said")
    content = [(text.index("the ferry"), text.index(" at noon"))]

    assert matched([far, near, nearer], content) is nearer
    assert matched([far, near], content) is near
    assert matched([far], content) is None


def test_facets_are_read_off_gold_spans_without_a_model() -> None:
    text = "Ada Quill denied that the ferry sank. Tomas Brand said the pier is safe."
    places = {
        words: text.index(words) for words in ("denied", "that the ferry sank", "said", "the pier is safe")
    }
    spans = {words: (start, start + len(words)) for words, start in places.items()}
    article = AttributedText(
        "harbour",
        text,
        (
            Attribution(((0, 9),), (spans["denied"],), (spans["that the ferry sank"],)),
            Attribution((), (spans["said"],), (spans["the pier is safe"],)),
        ),
        (),
    )
    golds = [
        a_gold_claim(DENIED, 0, (spans["that the ferry sank"],)),
        a_gold_claim(STATED, 1, (spans["the pier is safe"],)),
    ]

    pairs = by_gold_spans({"harbour": article}, golds)

    assert [pair.found for pair in pairs] == [DENIED, STATED]


def test_refutations_missed_and_invented_both_count() -> None:
    pairs = [
        Pair(a_gold_claim(DENIED), DENIED),
        Pair(a_gold_claim(DENIED), STATED),
        Pair(a_gold_claim(STATED), DENIED),
        Pair(a_gold_claim(STATED), DENIED),
    ]

    row = refutes(pairs)

    assert row.startswith("F1 0.400, P 0.333")
    assert row.endswith("(1 / 2)")


def test_the_table_counts_each_facet_of_the_claims_found_and_tells_what_was_confused() -> None:
    pairs = [
        Pair(a_gold_claim(DENIED), STATED),
        Pair(a_gold_claim(STATED), STATED),
        Pair(a_gold_claim(STATED), None),
    ]

    rows = facet_table(pairs)

    assert rows[0].endswith("(2 / 3)")
    for facet, right in zip(FACETS, (1, 1, 2), strict=True):
        assert rows[rows.index(f"{facet} right") + 1].endswith(f"({right} / 2)")
    assert confusions(pairs, "act") == ["  deny         1: state 1", "  state        1: state 1"]
