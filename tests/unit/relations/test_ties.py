"""Opposite signs are no contradiction where the claims are about somebody else, or say nothing."""

import pytest

from tests.builders import a_known_claim
from tests.support.judging import decided
from workers.domain.claim import Stance
from workers.domain.relation import RelationKind
from workers.relations.opinion import Opinion
from workers.relations.pairs import Judgement, PairReason, judge

AFFIRMS, REFUTES = Stance.AFFIRMS, Stance.REFUTES
CONTRADICTS = RelationKind.CONTRADICTS
SAME, OPPOSITE = Opinion(0.05, 0.93, 0.02), Opinion(0.03, 0.01, 0.96)


def denied(
    said: str,
    denial: str,
    speaker: str | None = "Orla Venn",
    denier: str = "Ivo Marsh",
    opinion: Opinion = SAME,
) -> Judgement:
    return judge(
        a_known_claim(said, article_id="a1", source=speaker),
        a_known_claim(denial, article_id="a2", source=denier, stance=REFUTES),
        opinion,
    )


def test_what_was_said_on_an_unknown_day_is_neither_contradicted_nor_moved_on() -> None:
    said, denial = "the mayor of Harn will resign on Friday", "the mayor of Harn will not resign on Friday"
    then, later = "the flood at Harn killed 14 people", "the flood at Harn killed 17 people"

    for left, right in ((said, denial), (then, later)):
        known = a_known_claim(left, article_id="a1")
        dated = a_known_claim(right, article_id="a2", source="Ivo Marsh")
        loose = a_known_claim(right, article_id="a2", source="Ivo Marsh", at=None)
        assert judge(known, dated).kind in (CONTRADICTS, RelationKind.UPDATES)
        assert judge(known, loose).kind is None


def test_whom_the_other_does_not_name_denies_contacts_of_his_own_alone() -> None:
    said = "that engineers of the ferry may have had secret contacts with Marovian officers"

    assert denied(said, "secret contacts with Marovian officers").kind is None
    assert denied(said, "secret contacts with Marovian officers", speaker="Marsh inquiry").kind is CONTRADICTS


def test_a_denial_of_reports_is_a_denial_whoever_makes_it() -> None:
    said = "About 3,000 Marovian troops have deployed to Sendria"

    assert denied(said, "the reports of troop movements").kind is CONTRADICTS


def test_he_who_would_resign_and_he_who_would_not_are_two_men() -> None:
    found = decided("he would resign over the ferry at Harn", "he would not resign over the ferry at Harn")

    assert found.reason is PairReason.UNCLEAR
    assert (
        decided("Ivo Marsh would resign over the ferry", "he would not resign over the ferry").kind
        is CONTRADICTS
    )


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("the grandmother was not pregnant", "many a woman is pregnant"),
        ("that the outrage was overblown", "these fears were not overblown"),
    ],
)
def test_one_word_and_a_not_without_any_name_tie_no_two_claims(left: str, right: str) -> None:
    assert decided(left, right, opinion=OPPOSITE).kind is None


def test_a_contradiction_without_names_holds_where_nearly_all_words_are_shared() -> None:
    found = decided("the harbour wall is cracked", "the harbour wall is not cracked", opinion=OPPOSITE)

    assert found.kind is CONTRADICTS


@pytest.mark.parametrize(
    "matter",
    ["an investigation into bribes that Ivo Marsh took at Harn", "whether Ivo Marsh took bribes at Harn"],
)
def test_what_is_looked_into_is_not_said_to_be_so(matter: str) -> None:
    denial = "that Ivo Marsh took bribes at Harn"

    assert decided(matter, denial, (AFFIRMS, REFUTES)).kind is None
    assert decided("Ivo Marsh took bribes at Harn", denial, (AFFIRMS, REFUTES)).kind is CONTRADICTS


def test_who_denies_that_he_was_told_of_a_thing_does_not_deny_the_thing() -> None:
    crack = "the report that Ostrel engineers hid a crack in the harbour wall from Marovian inspectors"

    assert denied(f"{crack} is right", f"that he had been briefed on {crack}").kind is None
    assert (
        denied(f"Ivo Marsh was briefed on {crack}", f"that he had been briefed on {crack}").kind
        is CONTRADICTS
    )


@pytest.mark.parametrize("stress", ["there is no question that", "not only is it so that"])
def test_no_question_that_a_thing_is_so_denies_nothing_whatever_the_model_says(stress: str) -> None:
    found = decided(
        "that Marovia meddled in the Harn election", f"{stress} Marovia meddled in the Harn election",
        opinion=OPPOSITE,
    )  # fmt: skip

    assert found.kind is not CONTRADICTS
