"""Names that stand for one somebody or something are grouped."""

from __future__ import annotations

import pytest

from tests.support.resolving import clusters


def test_a_surname_joins_its_full_name() -> None:
    (holt,) = clusters("Ada Holt came. Mr. Reed left. Holt stayed.", PERSON="Ada Holt|Holt")

    assert holt.name == "Ada Holt"
    assert len(holt.mentions) == 2


def test_two_people_of_one_surname_stay_apart_and_the_one_named_first_is_meant() -> None:
    text = "Ada Holt came. Karl Holt came too. Holt sat down."

    ada, karl = clusters(text, PERSON="Ada Holt|Karl Holt|Holt")

    assert (len(ada.mentions), len(karl.mentions)) == (2, 1)


def test_a_pronoun_right_after_a_surname_tells_which_of_two_is_meant() -> None:
    text = "Ada Holt came. Karl Holt came too. Holt said he was tired."

    ada, karl = clusters(text, PERSON="Ada Holt|Karl Holt|Holt")

    assert (len(ada.mentions), len(karl.mentions)) == (1, 2)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Senator Ada Holt came. Senator Holt spoke.", "Senator Ada Holt|Senator Holt"),
        ("Norland Sen. Ada Holt came. Ada Holt spoke.", "Norland Sen. Ada Holt|Ada Holt"),
        ("Mayor Bo de Lund came. De Lund spoke.", "Bo de Lund|De Lund"),
    ],
)
def test_an_office_or_a_particle_makes_nobody_else(text: str, names: str) -> None:
    (somebody,) = clusters(text, PERSON=names)

    assert somebody.name in ("Ada Holt", "Bo de Lund")
    assert len(somebody.mentions) == 2


def test_an_acronym_joins_the_name_it_is_made_of() -> None:
    (board,) = clusters("The Harbour Safety Board met. The HSB voted.", ORG="Harbour Safety Board|HSB")

    assert board.name == "Harbour Safety Board"


def test_a_country_is_one_entity_under_all_its_names() -> None:
    (country,) = clusters("The U.S. objected. Later the United States agreed.", GPE="U\\.S\\.|United States")

    assert country.name == "United States"


def test_a_title_tells_which_of_two_of_one_surname_is_meant() -> None:
    text = "Karl Holt and Ada Holt came. Mr. Holt sat down."

    karl, ada = clusters(text, PERSON="Karl Holt|Ada Holt|Mr. Holt")

    assert (len(karl.mentions), len(ada.mentions)) == (2, 1)
