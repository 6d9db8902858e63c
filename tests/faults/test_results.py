"""A series of fault runs adds up over sessions: the last judgement on a seed counts."""

from dataclasses import replace
from pathlib import Path

from tests.faults.results import BROKE, Result, all_ok, append, latest, read, summary

GOOD = Result(3, "three brokers", ("worker killed",), 250, (), (), (), (), 2, "-9×1", 41.0)
BAD = replace(GOOD, lost=("a1", "a2"))


def test_what_is_logged_is_read_again(tmp_path: Path) -> None:
    log = tmp_path / "runs.jsonl"
    append(log, GOOD)
    append(log, BAD)

    assert read(log) == [GOOD, BAD]


def test_the_last_judgement_on_a_seed_counts() -> None:
    assert latest([BAD, replace(GOOD, seed=1), GOOD]) == [replace(GOOD, seed=1), GOOD]
    assert latest([GOOD, BAD]) == [BAD]


def test_a_run_that_broke_judges_nothing() -> None:
    assert latest([GOOD, replace(GOOD, other=(f"{BROKE}: no broker",))]) == [GOOD]


def test_a_series_is_good_when_every_run_is_and_there_are_some() -> None:
    assert all_ok([GOOD])
    assert not all_ok([GOOD, BAD])
    assert not all_ok([])


def test_a_series_ends_with_one_line() -> None:
    assert summary([GOOD, BAD]) == "runs 2 records 500 lost 2 differing 0 alerts_doubled 0"
