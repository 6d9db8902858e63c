"""The short form of the many mutants: the same ones every time."""

import pytest

from tests.fuzz.mutants import TARGETS, CrashError, Target, input_of, strike


@pytest.mark.parametrize("name", TARGETS)
def test_every_mutant_is_answered(name: str) -> None:
    assert strike(name, seed=1, count=60) == 60


@pytest.mark.parametrize("name", TARGETS)
def test_a_seed_and_a_number_find_an_input_again(name: str) -> None:
    inputs = [input_of(name, 1, number) for number in range(20)]

    assert inputs == [input_of(name, 1, number) for number in range(20)]
    assert len({repr(made) for made in inputs}) > 10


def test_what_crashes_is_shown_with_the_way_to_see_it_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(_: object) -> None:
        raise KeyError("gone")

    monkeypatch.setitem(TARGETS, "claim", Target(TARGETS["claim"].make, crash))

    with pytest.raises(CrashError, match=r"KeyError: 'gone'\npython -m tests.fuzz.mutants 'claim' 3 0"):
        strike("claim", seed=3, count=5)
