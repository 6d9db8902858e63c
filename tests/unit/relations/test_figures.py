"""Two claims are decided on by the figures in them."""

from datetime import timedelta

import pytest

from tests.builders import NOON, a_known_claim
from tests.support.judging import decided
from workers.domain.claim import Quantity
from workers.domain.relation import RelationKind
from workers.relations.figures import counted
from workers.relations.pairs import PairReason, judge

CORROBORATES, CONTRADICTS, UPDATES = RelationKind.CORROBORATES, RelationKind.CONTRADICTS, RelationKind.UPDATES


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


def test_bounds_of_two_wholes_do_not_contradict() -> None:
    found = decided(
        "no more than 3,800 troops will march through Tolbridge with the new regiment on Friday",
        "at least 11,500 troops from four countries were in the Ilva valley for the spring exercise",
    )

    assert found.kind is None


def test_a_rounded_figure_is_no_other_figure() -> None:
    assert (
        decided("about 900 homes lost power in Tolbridge", "912 homes lost power in Tolbridge").kind
        is CORROBORATES
    )


def test_a_bare_number_counts_what_the_other_claim_counts() -> None:
    bare = Quantity("11,500", 0, 6, 11500, None, None, approximate=False, unit=None)
    left = a_known_claim("Marovia has 9,000 troops on its side of the Ilva River", article_id="a1")
    right = a_known_claim(
        "the troops on the side of the Ilva River number 11,500", article_id="a2", quantities=(bare,)
    )

    assert judge(left, right).kind is UPDATES


def test_a_long_way_between_two_figures_is_no_update() -> None:
    found = decided(
        "Marovia keeps 4,000 soldiers in the valley", "600 Marovian soldiers have left the valley"
    )

    assert found.kind is None


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


def test_a_part_is_no_other_total() -> None:
    found = decided(
        "all four Harn officers on the bridge were dismissed the day after the flood",
        "Marsh and three other officers on the Harn bridge were dismissed the day after the flood",
    )

    assert found.kind is not UPDATES


def test_a_toll_does_not_fall() -> None:
    grown = decided("the flood at Harn killed 14 people", "the flood at Harn killed 17 people")
    fallen = decided("the flood at Harn killed 17 people", "the flood at Harn killed 14 people")

    assert (grown.kind, fallen.kind) == (UPDATES, None)


@pytest.mark.parametrize("expected", ["will be", "may be", "is projected to be"])
def test_a_figure_that_is_only_expected_is_no_later_value(expected: str) -> None:
    found = decided(
        "the flood at Harn killed 14 people", f"the toll of the flood at Harn {expected} 17 people killed"
    )

    assert found.kind is None
