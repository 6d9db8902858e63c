"""Which offset may be committed: everything before it is settled, in whatever order that came about."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from workers.agents.forward_offsets import Offsets


def test_an_offset_is_held_back_by_an_older_one_that_is_not_settled() -> None:
    offsets = Offsets(5)
    for offset in (5, 6, 7):
        offsets.taken(offset)
    offsets.settled(6)
    offsets.settled(7)
    assert offsets.committable == 5

    offsets.settled(5)

    assert offsets.committable == 8
    assert offsets.in_flight == 0


def test_gaps_that_compaction_or_transactions_leave_hold_nothing_back() -> None:
    offsets = Offsets(0)
    offsets.taken(3)
    offsets.taken(9)
    assert offsets.committable == 3

    offsets.settled(3)

    assert offsets.committable == 9


@given(st.integers(0, 30), st.randoms(use_true_random=False))
def test_no_order_of_settling_lets_an_unsettled_offset_be_committed(count: int, random: Random) -> None:
    offsets, left = Offsets(0), list(range(count))
    for offset in left:
        offsets.taken(offset)
    order = list(left)
    random.shuffle(order)
    for offset in order:
        assert offsets.committable == min(left)
        offsets.settled(offset)
        left.remove(offset)
    assert offsets.committable == count
