"""Two claims are decided on: do they tell of the same thing?"""

import pytest

from tests.builders import a_known_claim
from tests.support.judging import decided
from workers.domain.claim import Act, Stance
from workers.domain.relation import RelationKind
from workers.relations.pairs import PairReason, judge
from workers.relations.propositions import says_something

AFFIRMS, OPEN = Stance.AFFIRMS, Stance.OPEN
CORROBORATES = RelationKind.CORROBORATES


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
