"""The window says what is late, what must go and why; it does not grow with the claims in it."""

from datetime import timedelta

import pytest

from tests.builders import NOON
from workers.relations.window import (
    Evicted,
    Observed,
    Window,
    WindowPolicy,
    WindowReason,
    from_json,
    horizon,
    observe,
    to_json,
)

POLICY = WindowPolicy(
    max_age=timedelta(days=2), lateness=timedelta(hours=6), max_count=3, slice_width=timedelta(hours=1)
)


def filled(*hours: float, policy: WindowPolicy = POLICY) -> Observed:
    """Observe claims at these hours after noon; all must be taken in."""
    window = Window()
    evicted: list[Evicted] = []
    for hour in hours:
        seen = observe(window, NOON + timedelta(hours=hour), policy)
        assert isinstance(seen, Observed)
        window = seen.window
        evicted += seen.evicted
    return Observed(window, tuple(evicted))


def test_a_claim_within_the_lateness_is_taken_in() -> None:
    assert filled(0, -6).window.count == 2


def test_a_claim_older_than_the_lateness_is_late() -> None:
    assert observe(filled(0).window, NOON - timedelta(hours=7), POLICY) is WindowReason.LATE


def test_a_late_claim_does_not_hold_back_the_watermark() -> None:
    assert filled(0, -3).window.watermark == NOON


def test_claims_too_old_to_relate_to_any_leave_by_age() -> None:
    (gone,) = filled(0, 72).evicted

    assert (gone.reason, gone.count) == (WindowReason.EVICTED_BY_AGE, 1)


def test_the_oldest_leave_a_full_window() -> None:
    seen = filled(0, 1, 2, 3)

    assert [(gone.reason, gone.count) for gone in seen.evicted] == [(WindowReason.EVICTED_BY_COUNT, 1)]
    assert seen.window.count == 3


def test_what_a_full_window_has_let_go_does_not_come_back() -> None:
    window = filled(0, 1, 2, 3).window

    assert observe(window, NOON, POLICY) is WindowReason.EVICTED_BY_COUNT


def test_the_horizon_leaves_room_for_claims_that_still_may_come() -> None:
    assert horizon(filled(0).window, POLICY) == NOON - timedelta(days=2, hours=6)


def test_a_window_survives_the_database() -> None:
    window = filled(0, 1, 2, 3).window

    assert from_json(to_json(window)) == window
    assert from_json(to_json(Window())) == Window()


def test_a_window_stays_small_however_many_claims_it_holds() -> None:
    policy = WindowPolicy(max_count=10_000)
    window = filled(*(0 for _ in range(500)), policy=policy).window

    assert window.count == 500
    assert len(to_json(window)) < 150


@pytest.mark.parametrize(
    "wrong",
    [
        {"max_age": timedelta(0)},
        {"lateness": timedelta(days=-1)},
        {"max_count": 0},
        {"slice_width": timedelta(0)},
    ],
)
def test_a_policy_refuses_to_be_wrong(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="window"):
        WindowPolicy(**wrong)  # type: ignore[arg-type]
