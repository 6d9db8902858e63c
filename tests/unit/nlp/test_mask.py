"""Boilerplate is found, and ordinary lines survive: judged on two lists in ``tests/golden/boilerplate``."""

from pathlib import Path

import pytest

from workers.domain.article import Masked, MaskReason
from workers.nlp.mask import find_masked, line_reason

LISTS = Path(__file__).parents[2] / "golden" / "boilerplate"
OPENING = "The harbour board met on Friday.\n"


def lines(name: str) -> list[str]:
    return (LISTS / name).read_text(encoding="utf-8").splitlines()


def is_masked(line: str) -> bool:
    found = find_masked(f"{OPENING}{line}\nThe vote is on Monday.")
    return any(hole.start < len(OPENING) + len(line) and hole.end > len(OPENING) for hole in found)


def test_ordinary_lines_survive() -> None:
    ordinary = lines("ordinary.txt")
    wrong = [line for line in ordinary if is_masked(line)]

    assert len(ordinary) >= 200
    assert len(wrong) <= 0.005 * len(ordinary), wrong


def test_nine_of_ten_promo_lines_are_masked() -> None:
    promos = lines("promo.txt")
    missed = [line for line in promos if not is_masked(line)]

    assert len(promos) >= 100
    assert len(missed) <= 0.1 * len(promos), missed


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("READ MORE: Board weighs second tender", MaskReason.RELATED),
        ("Sign up for our newsletter", MaskReason.NEWSLETTER),
        ("Advertisement", MaskReason.PROMO),
        ("By Marta Quill", MaskReason.BYLINE),
        ("Photo: Lena Marsh/Getty", MaskReason.CREDIT),
        ("— Reuters", MaskReason.SIGN_OFF),
        ("https://tidewater.example/live", MaskReason.MARKUP),
    ],
)
def test_each_formula_has_its_reason(line: str, reason: MaskReason) -> None:
    assert line_reason(line) == reason


def test_a_dateline_is_masked_and_its_sentence_is_not() -> None:
    text = "PORT ALDIS (Reuters) - The board met on Friday."

    assert find_masked(text) == (Masked(0, len("PORT ALDIS (Reuters) -"), MaskReason.DATELINE),)


def test_a_credit_after_a_caption_leaves_the_caption() -> None:
    text = "Dockers block the gate on Friday. (Photo by Lena Marsh/Getty)"

    (hole,) = find_masked(text)

    assert hole.reason == MaskReason.CREDIT
    assert text[hole.start : hole.end] == "(Photo by Lena Marsh/Getty)"


def test_markup_left_in_a_sentence_is_masked_alone() -> None:
    text = "He wrote <tweet id=9>No sale.</tweet> and left."

    assert [text[hole.start : hole.end] for hole in find_masked(text)] == ["<tweet id=9>", "</tweet>"]


def test_a_headline_in_capitals_that_opens_the_article_survives() -> None:
    assert (
        find_masked("MAYOR OF PORT ALDIS SAYS FERRY STRIKE WILL END BEFORE WINTER\nIt will, she said.") == ()
    )


def test_a_long_line_in_capitals_between_paragraphs_is_a_link_to_another_story() -> None:
    line = "MAYOR OF PORT ALDIS SAYS FERRY STRIKE WILL END BEFORE WINTER"

    assert line_reason(line) == MaskReason.PROMO
    assert line_reason(f"“{line}”") is None
