"""Numbers become typed values with what they count."""

import pytest

from workers.domain.claim import Quantity
from workers.nlp.quantities import find_quantities


def only(text: str) -> Quantity:
    (found,) = find_quantities(text)
    assert text[found.start : found.end] == found.text
    return found


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("12,000 troops left", 12000, "troops"),
        ("$1.2 billion was lost", 1_200_000_000, "USD"),
        ("a fee of €300", 300, "EUR"),
        ("3 million euros", 3_000_000, "EUR"),
        ("prices rose 4.5%", 4.5, "percent"),
        ("a fall of 12 percent", 12, "percent"),
        ("up 3 percentage points", 3, "percentage points"),
        ("twenty-one soldiers", 21, "soldiers"),
        ("two dozen trucks", 24, "trucks"),
        ("half a million people", 500_000, "people"),
        ("3,000 weary island dockers", 3000, "dockers"),
    ],
)
def test_a_plain_number_has_a_value(text: str, value: float, unit: str) -> None:
    found = only(text)

    assert (found.value, found.low, found.high, found.unit) == (value, None, None, unit)
    assert not found.approximate


@pytest.mark.parametrize("text", ["roughly 12,000 troops", "about 12,000 troops", "some 12,000 troops"])
def test_a_rough_number_is_approximate(text: str) -> None:
    found = only(text)

    assert found.text == text
    assert (found.value, found.approximate, found.unit) == (12000, True, "troops")


@pytest.mark.parametrize(
    ("text", "low", "high", "unit"),
    [
        ("at least 3,000 dockers", 3000, None, "dockers"),
        ("more than 40 boats", 40, None, "boats"),
        ("up to 200 miles", None, 200, "miles"),
        ("fewer than ten villages", None, 10, "villages"),
        ("between 10 and 15 percent", 10, 15, "percent"),
        ("10-15 percent", 10, 15, "percent"),
        ("$3 to $5 million", 3_000_000, 5_000_000, "USD"),
        ("dozens of people", 24, None, "people"),
        ("tens of thousands of protesters", 20_000, None, "protesters"),
    ],
)
def test_a_bound_has_no_value(text: str, low: float | None, high: float | None, unit: str) -> None:
    found = only(text)

    assert (found.value, found.low, found.high, found.unit) == (None, low, high, unit)


@pytest.mark.parametrize(
    "text",
    [
        "in 2022 he left",
        "on Oct. 28 he left",
        "a 45-year-old man",
        "the 2nd round",
        "at 10:30 a.m.",
        "one of them",
        "no numbers here",
        "COVID-19 returned",
        "the A380 landed",
    ],
)
def test_what_only_looks_like_a_quantity_is_none(text: str) -> None:
    assert find_quantities(text) == ()


def test_a_number_too_long_to_mean_anything_is_no_quantity() -> None:
    assert find_quantities("9" * 400 + " boats") == ()
