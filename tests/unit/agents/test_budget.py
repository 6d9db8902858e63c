from collections.abc import Sequence

import pytest

from workers.agents.budget import BudgetLimits, DeadLetterBudget
from workers.domain.outcome import Drop, DropReason, Emit, Outcome, Reject, RejectReason

LIMITS = BudgetLimits(in_a_row=3, window=10, ratio=0.5)
GOOD = Emit(())
DROPPED = Drop(DropReason.NOT_ENGLISH)
BAD_INPUT = Reject(RejectReason.NOT_JSON, "no JSON")
CRASHED = Reject(RejectReason.PROCESS_CRASHED, "exit code 9", attempts=2)


def spent(*batches: Sequence[Outcome], limits: BudgetLimits = LIMITS) -> list[str | None]:
    budget = DeadLetterBudget(limits)
    return [budget.spend(batch) for batch in batches]


def test_failures_in_a_row_are_counted_over_batches() -> None:
    (first, second) = spent([CRASHED, CRASHED], [CRASHED])

    assert first is None
    assert second == "3 records in a row failed (process-crashed)"


@pytest.mark.parametrize("between", [GOOD, BAD_INPUT])
def test_a_record_that_was_processed_ends_the_row(between: Outcome) -> None:
    assert spent([CRASHED, CRASHED, between, CRASHED, CRASHED]) == [None]


def test_a_record_dropped_unread_says_nothing_about_the_program() -> None:
    assert spent([CRASHED, CRASHED, DROPPED, CRASHED]) != [None]


def test_the_share_of_dead_letters_is_judged_once_the_window_is_full() -> None:
    nine_bad, one_more = spent([BAD_INPUT] * 9, [BAD_INPUT])

    assert nine_bad is None
    assert one_more == "10 of the last 10 records are dead letters (not-json)"


def test_the_share_may_be_reached_but_not_passed() -> None:
    half: list[Outcome] = [GOOD, BAD_INPUT] * 5

    assert spent(half, [GOOD, BAD_INPUT]) == [None, None]
    assert spent(half, [BAD_INPUT]) == [None, "6 of the last 10 records are dead letters (not-json)"]


def test_old_dead_letters_leave_the_window() -> None:
    assert spent([BAD_INPUT] * 5 + [GOOD] * 10, [BAD_INPUT] * 5) == [None, None]


def test_a_share_of_one_never_stops_a_worker() -> None:
    anything = BudgetLimits(in_a_row=3, window=10, ratio=1.0)

    assert spent([BAD_INPUT] * 50, limits=anything) == [None]
