"""Who contradicts whom: denials, negations, words like "hoax", what a model says of them."""

import pytest

from tests.builders import a_known_claim
from tests.support.judging import decided
from workers.domain.claim import Stance
from workers.domain.relation import RelationKind
from workers.relations.contrast import contrast
from workers.relations.opinion import Opinion
from workers.relations.pairs import PairReason, judge

AFFIRMS, REFUTES = Stance.AFFIRMS, Stance.REFUTES
CORROBORATES, CONTRADICTS = RelationKind.CORROBORATES, RelationKind.CONTRADICTS


@pytest.mark.parametrize(
    ("left", "right", "stance"),
    [
        (
            "About 3,000 North Korean troops have deployed to Russia",
            "the reports of troop movements",
            REFUTES,
        ),
        (
            "Marovia has moved 9,000 troops to its side of the Ilva River",
            "any troops had been moved towards the river since the new year",
            REFUTES,
        ),
        (
            "two senior engineers at Halden resigned in January in a dispute over repairs",
            "engineers at Halden had resigned over the repairs",
            REFUTES,
        ),
        ("the minister will resign on Friday", "the minister would not resign on Friday", AFFIRMS),
        (
            "the mayor took bribes from the builder",
            "that the mayor took bribes from the builder is a lie",
            AFFIRMS,
        ),
    ],
)
def test_a_denial_contradicts(left: str, right: str, stance: Stance) -> None:
    assert decided(left, right, (AFFIRMS, stance)).kind is CONTRADICTS


@pytest.mark.parametrize(
    ("denial", "stance"),
    [
        ("that it had denied the reports of troop movements", REFUTES),
        ("the troops have not deployed to Russia", REFUTES),
    ],
)
def test_a_denial_of_a_denial_does_not_contradict(denial: str, stance: Stance) -> None:
    found = decided("About 3,000 North Korean troops have deployed to Russia", denial, (AFFIRMS, stance))

    assert found.kind is CORROBORATES


def test_two_denials_of_one_thing_corroborate() -> None:
    said = "the mayor had taken bribes from the builder"

    assert decided(said, said, (REFUTES, REFUTES)).kind is CORROBORATES


def test_a_sure_model_overrules_the_rules_for_negation() -> None:
    said = ("the harbour wall at Harn is safe", "the wall of the harbour at Harn is unsafe")

    assert decided(*said).kind is CORROBORATES
    assert decided(*said, opinion=Opinion(0.05, 0.05, 0.9)).kind is CONTRADICTS


def test_an_unsure_model_changes_no_sign() -> None:
    said = ("the harbour wall is intact and safe", "the harbour wall is intact and unsafe")

    assert decided(*said, opinion=Opinion(0.2, 0.35, 0.45)).kind is decided(*said).kind


def test_a_model_and_a_negation_that_disagree_leave_it_open() -> None:
    said = ("the harbour wall at Harn is safe", "the harbour wall at Harn is not safe")

    assert decided(*said).kind is CONTRADICTS
    assert decided(*said, opinion=Opinion(0.05, 0.9, 0.05)).reason is PairReason.UNCLEAR


def test_a_model_may_tell_two_matters_apart_and_join_two_tellings() -> None:
    near = ("the bridge at Ostrel was closed to traffic", "the bridge at Ostrel is closed")
    far = ("two trains crashed near Ostrel", "trains were wrecked outside Ostrel")

    assert decided(*near, opinion=Opinion(0.9, 0.05, 0.05)).kind is None
    assert decided(*far).kind is None
    assert decided(*far, opinion=Opinion(0.04, 0.95, 0.01)).kind is CORROBORATES


def test_no_model_joins_texts_that_share_a_name_and_nothing_else() -> None:
    said = ("two trains were wrecked near Ostrel", "there was a collision on the railway outside Ostrel")

    assert decided(*said, opinion=Opinion(0.02, 0.97, 0.01)).reason is PairReason.TOO_LITTLE_SHARED


def test_the_same_few_words_are_too_little_even_when_they_are_the_same() -> None:
    said = "that she was sent to prison"

    assert decided(said, said, opinion=Opinion(0.0, 1.0, 0.0)).reason is PairReason.TOO_LITTLE_SHARED


def test_the_same_words_of_the_same_speaker_contradict_nothing() -> None:
    said = "the harbour board at Harn does not care about the ferry any more than about the pier"
    left = a_known_claim(said, article_id="a1", source="Ada Holt")
    right = a_known_claim(said, article_id="a2", source="Ada Holt", stance=REFUTES)

    assert judge(left, right).reason is PairReason.COPIED


def test_a_hoax_is_read_as_a_contradiction_without_any_not() -> None:
    found = contrast(
        "A ferry sank off Harn with nine aboard", "Ferry sinking off Harn is a fake: the hoax explained"
    )

    assert found.opposite > found.same
    assert found.opposite > 0.5


def test_what_contrast_says_adds_up_to_one() -> None:
    found = contrast("A ferry sank off Harn", "Reports: ferry may have sunk off Harn")

    assert found.unrelated + found.same + found.opposite == pytest.approx(1.0)


def test_a_denial_of_something_else_in_the_same_place_contradicts_nothing() -> None:
    found = decided(
        "Sendria had flown reconnaissance drones over the upper valley on at least 14 occasions",
        "a report in the press that Sendria had offered to give up its claim to the upper valley",
        (AFFIRMS, REFUTES),
    )

    assert found.kind is None


def test_what_is_stated_falsely_is_not_so() -> None:
    found = decided(
        "the advertisement states falsely that Ada Holt offered the builder a million",
        "Ada Holt offered the builder a million",
    )

    assert found.kind is CONTRADICTS


def test_a_not_outside_the_clause_that_both_share_contradicts_nothing() -> None:
    plan = "the old board did not leave any plan for a flood at Ostrel"

    found = decided(f"We want to be early and ready for the next one, because {plan}", f"that {plan}")

    assert found.kind is CORROBORATES


def test_a_contradiction_without_a_shared_name_needs_more_in_common() -> None:
    left, right = "nobody left here thinking we have done enough", "we have had enough debates"

    assert decided(left, right).kind is None


def test_who_does_not_recall_a_thing_denies_nothing() -> None:
    found = decided(
        "a clerk at Harn warned the harbour board of the crack in the wall",
        "she did not recall that a clerk at Harn warned the harbour board of the crack in the wall",
    )

    assert found.kind is None


def test_a_not_that_belongs_to_somebody_else_contradicts_nothing_however_sure_the_model() -> None:
    found = decided(
        "poisoned water was used against the people of Dalgrad last week, the mayor said on the radio",
        "Old King Orlo never used poisoned water",
        opinion=Opinion(0.06, 0.01, 0.93),
    )

    assert found.kind is None


def test_a_speaker_answers_what_is_said_of_him_by_name() -> None:
    found = decided(
        "Ivo Marsh is obsessed with the ferry",
        "I am not obsessed with the ferry",
        opinion=Opinion(0.06, 0.0, 0.94),
    )

    assert found.kind is CONTRADICTS


def test_a_denial_that_names_a_topic_contradicts_not_all_that_touches_it() -> None:
    found = decided(
        "contacts with the Marovians",
        "he would swear that his contact with the head of the Marovian railways was in 2003, in public and"
        " with reporters in the room",
        (REFUTES, AFFIRMS),
    )

    assert found.kind is None


def test_a_speaker_is_not_held_to_contradict_himself() -> None:
    left = a_known_claim("the harbour wall at Harn is safe", article_id="a1", source="Ada Holt")
    right = a_known_claim("the harbour wall at Harn is not safe", article_id="a2", source="Ada Holt")

    assert judge(left, right).reason is PairReason.COPIED
