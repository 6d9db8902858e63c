"""Two claims are decided on: by what they tell, by who holds it true, by the figures in it."""

from datetime import timedelta

import pytest

from tests.builders import NOON, a_known_claim
from workers.domain.claim import Act, Quantity, Stance
from workers.domain.relation import RelationKind
from workers.relations.contrast import contrast
from workers.relations.figures import counted
from workers.relations.opinion import Opinion
from workers.relations.pairs import Judgement, PairReason, judge
from workers.relations.propositions import says_something

AFFIRMS, REFUTES, OPEN = Stance.AFFIRMS, Stance.REFUTES, Stance.OPEN
CORROBORATES, CONTRADICTS, UPDATES = RelationKind


def decided(
    left: str, right: str, stances: tuple[Stance, Stance] = (AFFIRMS, AFFIRMS), opinion: Opinion | None = None
) -> Judgement:
    """Judge two claims of different speakers in different articles, six hours apart."""
    return judge(
        a_known_claim(left, article_id="a1", source="Ada Holt", stance=stances[0]),
        a_known_claim(
            right, article_id="a2", source="Ivo Marsh", stance=stances[1], at=NOON + timedelta(hours=6)
        ),
        opinion,
    )


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (
            "the shell hit the border post and wounded three guards",
            "a shell had hit the border post, wounding three guards",
        ),
        (
            "Marovian railways had canceled all freight service east of Dalgrad",
            "freight trains east of Dalgrad were canceled because of repairs to the track",
        ),
        ("the bridge at Ostrel was closed to traffic", "the bridge at Ostrel is closed"),
    ],
)
def test_two_tellings_of_one_thing_corroborate(left: str, right: str) -> None:
    assert decided(left, right).kind is CORROBORATES


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (
            "the group agreed to send 1,200 soldiers to Sendria",
            "Marovia has moved 9,000 troops to the Ilva River",
        ),
        ("shares fell 31 percent on Thursday", "64 percent of Sendrians want the army to hold the line"),
        ("unemployment fell to 4.1 percent in June", "inflation fell to 2.3 percent in June"),
        ("he was not going to guess at a number for the missing", "the search for the missing would go on"),
        ("Sendria will ask for help within the hour", "the Sendrians had shelled themselves"),
        ("600 Marovian soldiers had gone back", "12,300 Marovian troops were counted"),
        (
            "a positive test for the virus brought the sports world to a halt",
            "more people may die of fear than of the disease that the virus causes",
        ),
    ],
)
def test_claims_that_share_a_name_or_a_unit_alone_are_unrelated(left: str, right: str) -> None:
    assert decided(left, right).kind is None


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


@pytest.mark.parametrize(
    ("left", "right", "change"),
    [
        (
            "Marovia has moved roughly 9,000 troops to its side of the Ilva River",
            "at least 11,500 Marovian troops are within a day's march of the Ilva River",
            (9000, 11500, "troops"),
        ),
        (
            "at least four people were killed when the east wall of Greyling Dam gave way",
            "at least seven people were killed when a dam failed above a mill town",
            (4, 7, "people"),
        ),
        (
            "the fire had destroyed 12 houses in the old town",
            "19 houses in the old town had been destroyed by the fire",
            (12, 19, "houses"),
        ),
        ("17 people are still missing", "12 people were still missing", (17, 12, "people")),
        (
            "17 people are still missing",
            "she had not given up on the 12 people who were still missing",
            (17, 12, "people"),
        ),
    ],
)
def test_a_figure_that_moved_updates(left: str, right: str, change: tuple[int, int, str]) -> None:
    found = decided(left, right)

    assert found.kind is UPDATES
    assert found.change is not None
    assert (found.change.before, found.change.after, found.change.unit) == change


def test_figures_that_exclude_each_other_contradict() -> None:
    found = decided(
        "the spring exercise in the Ilva valley involves no more than 3,800 troops",
        "at least 11,500 Marovian troops were in the Ilva valley for the spring exercise",
    )

    assert (found.kind, found.reason) == (CONTRADICTS, PairReason.FIGURES_AT_ODDS)


def test_a_rounded_figure_is_no_other_figure() -> None:
    assert (
        decided("about 900 homes lost power in Tolbridge", "912 homes lost power in Tolbridge").kind
        is CORROBORATES
    )


def test_a_question_confirms_nothing() -> None:
    said = "the mayor had taken bribes from the builder"

    assert decided(said, said, (AFFIRMS, OPEN)).reason is PairReason.LEFT_OPEN


def test_two_outlets_may_carry_the_same_demand() -> None:
    demand = "the company must hand over the inspection records of the dam"
    left = a_known_claim(demand, article_id="a1", stance=OPEN, act=Act.DEMAND)
    right = a_known_claim(demand, article_id="a2", stance=OPEN, act=Act.DEMAND)

    assert judge(left, right).kind is CORROBORATES


def test_claims_of_one_article_are_not_related() -> None:
    left = a_known_claim("the bridge at Ostrel is closed", article_id="a1")
    right = a_known_claim("the bridge at Ostrel is closed", article_id="a1")

    assert judge(left, right).reason is PairReason.SAME_ARTICLE


def test_other_days_are_other_happenings_unless_the_words_are_the_same() -> None:
    left = a_known_claim("police closed the market in Harn", article_id="a1", days=("2024-10-21",))
    right = a_known_claim("police in Harn had closed a fish market", article_id="a2", days=("2024-10-24",))

    assert judge(left, right).kind is None


def test_a_sure_model_overrules_the_rules_for_negation() -> None:
    said = ("the harbour wall is intact and safe", "the harbour wall is intact and unsafe")

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
    far = ("two trains were wrecked near Ostrel", "there was a collision on the railway outside Ostrel")

    assert decided(*near, opinion=Opinion(0.9, 0.05, 0.05)).kind is None
    assert decided(*far).kind is None
    assert decided(*far, opinion=Opinion(0.04, 0.95, 0.01)).kind is CORROBORATES


def test_the_same_words_of_the_same_speaker_contradict_nothing() -> None:
    said = "the harbour board at Harn does not care about the ferry any more than about the pier"
    left = a_known_claim(said, article_id="a1", source="Ada Holt")
    right = a_known_claim(said, article_id="a2", source="Ada Holt", stance=REFUTES)

    assert judge(left, right).reason is PairReason.COPIED


def test_a_bare_number_counts_what_the_other_claim_counts() -> None:
    bare = Quantity("11,500", 0, 6, 11500, None, None, approximate=False, unit=None)
    left = a_known_claim("Marovia has 9,000 troops on its side of the Ilva River", article_id="a1")
    right = a_known_claim(
        "the troops on the side of the Ilva River number 11,500", article_id="a2", quantities=(bare,)
    )

    assert judge(left, right).kind is UPDATES


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


def test_a_long_way_between_two_figures_is_no_update() -> None:
    found = decided(
        "Marovia keeps 4,000 soldiers in the valley", "600 Marovian soldiers have left the valley"
    )

    assert found.kind is None


@pytest.mark.parametrize(
    "other", ["the harbour inquiry", "the dispute over the harbour inquiry was opened to the public"]
)
def test_a_mere_topic_is_no_claim(other: str) -> None:
    assert decided("the harbour inquiry", other).reason is PairReason.NOTHING_SAID


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("an inquiry into the harbour", False),
        ("the harbour's own statements following the complaint", False),
        ("the harbour will close", True),
        ("the wall burst and flooded the town", True),
        ("Ada Holt to lead the inquiry", True),
        ("it doesn’t matter", True),
    ],
)
def test_a_claim_says_something_by_its_verb(text: str, says: bool) -> None:
    assert says_something(text) is says


def test_what_is_stated_falsely_is_not_so() -> None:
    found = decided(
        "the advertisement states falsely that the mayor offered the builder a million",
        "the mayor offered the builder a million",
    )

    assert found.kind is CONTRADICTS


def test_a_figure_that_stands_far_from_what_it_counts_moves_too() -> None:
    found = judge(
        a_known_claim("Marovia has 9,000 troops on its side of the Ilva", article_id="a1"),
        a_known_claim(
            "the number of Marovian troops near the Ilva had grown to 12,000, the third rise in a week",
            article_id="a2",
            at=NOON + timedelta(days=2),
        ),
    )

    assert found.kind is UPDATES
    assert found.change is not None
    assert (found.change.before, found.change.after) == (9000, 12_000)


def test_a_share_is_no_number_of_things() -> None:
    assert counted((), "the number of new cases was 12 percent higher than in May") == ()


def test_a_not_outside_the_clause_that_both_share_contradicts_nothing() -> None:
    plan = "the old board did not leave any plan for a flood at Ostrel"

    found = decided(f"We want to be early and ready for the next one, because {plan}", f"that {plan}")

    assert found.kind is CORROBORATES


def test_a_contradiction_without_a_shared_name_needs_more_in_common() -> None:
    left, right = "nobody left here thinking we have done enough", "we have had enough debates"

    assert decided(left, right).kind is None
