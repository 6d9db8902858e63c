"""An oracle that cannot say no proves nothing: each of its answers is provoked here."""

from dataclasses import replace

from tests.support.oracle import Expected, Seen, judge

CLAIM = Seen("news.claim.v1", b"c1", b"one", 5, ())
ALERT = Seen("news.alert.v1", b"k", b"body", 5, (("ce_id", b"k-1"),))
EXPECTED: Expected = {b"a1": {("news.claim.v1", b"c1"): b"one"}}


def test_all_there_once_is_fine() -> None:
    assert judge(EXPECTED, [CLAIM, ALERT], "news.alert.v1").ok


def test_identical_repeats_are_fine_and_counted() -> None:
    verdict = judge(EXPECTED, [CLAIM, CLAIM, ALERT, ALERT], "news.alert.v1")

    assert verdict.ok
    assert verdict.repeats == 1


def test_a_missing_record_is_lost() -> None:
    assert judge(EXPECTED, [ALERT], "news.alert.v1").lost == (b"a1",)


def test_a_repeat_with_another_value_timestamp_or_header_differs() -> None:
    for changed in (
        replace(CLAIM, value=b"two"),
        replace(CLAIM, timestamp_ms=6),
        replace(CLAIM, headers=(("x", b"y"),)),
    ):
        assert judge(EXPECTED, [CLAIM, changed], "news.alert.v1").differing == (("news.claim.v1", b"c1"),)


def test_a_wrong_value_differs_even_when_it_stands_alone() -> None:
    assert judge(EXPECTED, [replace(CLAIM, value=b"two")], "news.alert.v1").differing


def test_a_record_that_nothing_explains_is_unexpected() -> None:
    made_up = replace(CLAIM, key=b"c9")

    assert judge(EXPECTED, [CLAIM, made_up], "news.alert.v1").unexpected == (("news.claim.v1", b"c9"),)


def test_two_bodies_under_one_alert_id_are_a_doubled_alert() -> None:
    assert judge(
        EXPECTED, [CLAIM, ALERT, replace(ALERT, value=b"other")], "news.alert.v1"
    ).alerts_doubled == (b"k-1",)
