"""A description stands for whoever the article names so, or for nobody."""

from __future__ import annotations

import pytest

from tests.support.resolving import resolved
from workers.domain.claim import ResolvedBy, SourceKind


def test_a_description_points_back_to_whoever_holds_the_office() -> None:
    text = "Karl Reed met Harbour Minister Ada Holt on Monday. The minister said no."

    found = resolved(text, "The minister", PERSON="Karl Reed|Ada Holt")

    assert (found.name, found.role, found.by) == ("Ada Holt", "Harbour Minister", ResolvedBy.DESCRIPTION)


def test_an_unnamed_official_is_known_by_the_fullest_description() -> None:
    text = "Norland’s harbour minister told deputies no. “Never,” the harbour minister said."

    found = resolved(text, "Norland’s harbour minister", "the harbour minister", GPE="Norland")

    assert (found.name, found.kind) == ("Norland’s harbour minister", SourceKind.PERSON)
    assert found.role == "harbour minister"


def test_an_unnamed_spokesman_in_the_lead_is_the_one_named_later() -> None:
    text = "The ships are safe, a Downing Street spokesman said.\nBritish navy spokesman Karl Reed was calm."

    assert resolved(text, "a Downing Street spokesman", PERSON="Karl Reed").name == "Karl Reed"


def test_a_spokesman_of_another_country_is_somebody_else() -> None:
    text = "The ships are safe, a Kremlin spokesman said.\nBritish navy spokesman Karl Reed was calm."

    found = resolved(text, "a Kremlin spokesman", PERSON="Karl Reed", ORG="Kremlin")

    assert found.kind == SourceKind.ANONYMOUS


def test_her_spokesman_is_told_by_her_name() -> None:
    text = "Ada Holt left. Her spokesman said no."

    assert resolved(text, "Ada Holt", "Her spokesman", PERSON="Ada Holt").name == "Ada Holt’s spokesman"


def test_the_nominee_of_another_party_is_somebody_else() -> None:
    text = "Green Party nominee Ada Holt waited. The Republican nominee said no."

    assert resolved(text, "The Republican nominee", PERSON="Ada Holt").name == "The Republican nominee"


def test_the_president_is_not_the_vice_president() -> None:
    text = "President Karl Reed met Vice President Ada Holt. The president said no."

    assert resolved(text, "The president", PERSON="Karl Reed|Ada Holt").name == "Karl Reed"


def test_the_republican_is_whoever_alone_was_spoken_of() -> None:
    text = "Karl Reed came late. The Republican said so."

    assert resolved(text, "The Republican", PERSON="Karl Reed").name == "Karl Reed"


def test_nobody_is_the_republican_where_two_were_spoken_of() -> None:
    text = "Karl Reed met Jonas Pell. The Republican said so."

    assert resolved(text, "The Republican", PERSON="Karl Reed|Jonas Pell").cluster is None


def test_a_description_and_a_comma_before_a_name_are_that_person() -> None:
    text = "One early backer, Mayor Ada Holt, a farmer, said no."

    assert resolved(text, "One early backer, Mayor Ada Holt, a farmer,", PERSON="Ada Holt").name == "Ada Holt"


def test_several_people_before_a_name_are_not_that_person() -> None:
    text = "Two backers, Ada Holt and Karl Reed, said no."

    found = resolved(text, "Two backers, Ada Holt and Karl Reed,", PERSON="Ada Holt|Karl Reed")

    assert found.cluster is None


def test_the_nominee_of_a_party_is_its_only_member_spoken_of_much() -> None:
    text = "Democrat Ada Holt came. Holt met Karl Reed. The Democratic nominee said no."

    assert resolved(text, "The Democratic nominee", PERSON="Ada Holt|Karl Reed|Holt").name == "Ada Holt"


@pytest.mark.parametrize(
    ("words", "name"),
    [("The Maine senator", "Ada Holt"), ("The Ohio senator", "The Ohio senator")],
)
def test_a_senator_is_known_by_the_state_beside_the_name(words: str, name: str) -> None:
    text = f"Sen. Ada Holt (D-Me.) left. It rained. It snowed. It thawed. It rained. {words} said no."

    assert resolved(text, words, PERSON="Ada Holt").name == name


def test_news_of_somebody_known_is_told_in_a_description_but_no_office_is() -> None:
    text = "Sheriff Anna Holt came late. {} said no."

    assert (
        resolved(text.format("The mother of two"), "The mother of two", PERSON="Anna Holt").name
        == "Anna Holt"
    )
    assert resolved(text.format("The mayor"), "The mayor", PERSON="Anna Holt").cluster is None


def test_a_candidate_s_campaign_is_no_candidate() -> None:
    text = "Candidate Ada Holt came. Candidate Ada Holt’s office said no."

    found = resolved(text, "Candidate Ada Holt’s office", PERSON="Ada Holt")

    assert (found.name, found.cluster) == ("Candidate Ada Holt’s office", None)
