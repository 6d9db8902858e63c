"""Dates are days on the calendar where the article says enough, seen from its day of publication."""

from datetime import date

import pytest

from workers.nlp.dates import find_dates

THURSDAY = date(2024, 10, 24)


def day(text: str, published: date | None = THURSDAY) -> date | None:
    (found,) = find_dates(text, published)
    assert text[found.start : found.end] == found.text
    return found.date


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("He said on Wednesday", date(2024, 10, 23)),
        ("He said on Thursday", THURSDAY),
        ("They will meet on Friday", date(2024, 10, 25)),
        ("by Friday", date(2024, 10, 25)),
        ("in comments from Rome on Wednesday", date(2024, 10, 23)),
        ("next Monday", date(2024, 10, 28)),
        ("last Thursday", date(2024, 10, 17)),
        ("yesterday", date(2024, 10, 23)),
        ("three days ago", date(2024, 10, 21)),
        ("on Oct. 28", date(2024, 10, 28)),
        ("on 3 January", date(2025, 1, 3)),
        ("March 5, 2016", date(2016, 3, 5)),
        ("2016-03-05", date(2016, 3, 5)),
    ],
)
def test_a_named_day_is_found(text: str, expected: date) -> None:
    assert day(text) == expected


@pytest.mark.parametrize(
    "text", ["last month", "in February 2022", "since 2016", "two weeks ago", "2024-13-45"]
)
def test_what_names_no_single_day_has_none(text: str) -> None:
    assert day(text) is None


@pytest.mark.parametrize("text", ["on Wednesday", "yesterday", "on Oct. 28"])
def test_without_a_day_of_publication_nothing_relative_is_known(text: str) -> None:
    assert day(text, None) is None


def test_a_full_date_needs_no_day_of_publication() -> None:
    assert day("on March 5, 2016", None) == date(2016, 3, 5)


@pytest.mark.parametrize("text", ["He may come", "March on the palace", "31 Februaries"])
def test_ordinary_words_are_no_dates(text: str) -> None:
    assert find_dates(text, THURSDAY) == ()


def test_a_day_that_does_not_exist_has_no_date() -> None:
    assert day("on February 31, 2023") is None
