"""Offices told beside a name."""

import pytest

from workers.nlp.roles import role_apposed

NAME = "Pia Storm"


def apposed(front: str) -> str:
    return role_apposed(front + NAME, 0, len(front))


def test_an_office_before_a_comma_and_a_name_is_that_persons() -> None:
    assert apposed("It was late. Lund’s lawyer, ") == "Lund’s lawyer"


@pytest.mark.parametrize(
    "front", ["He left. (The chairman, ", "He sat. With his lawyer, ", "Who was the chairman, "]
)
def test_a_phrase_that_a_bracket_or_a_preposition_opens_is_no_office(front: str) -> None:
    assert apposed(front) == ""
