"""Every source gets the fullest name that the article gives it."""

from __future__ import annotations

import pytest

from tests.support.resolving import resolved
from workers.domain.claim import ResolvedBy, SourceKind


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("Harbour Minister Ada Holt said no.", "Harbour Minister"),
        ("In a letter on Monday, Defence Secretary Ada Holt said no.", "Defence Secretary"),
        ("National Harbour Council spokeswoman Ada Holt said no.", "National Harbour Council spokeswoman"),
        ("Sen. Ada Holt said no.", "senator"),
        ("Ada Holt, head of the Harbour Bank, said no.", "head of the Harbour Bank"),
        ("Ada Holt, a lawyer for the dockers, said no.", "lawyer for the dockers"),
    ],
)
def test_an_office_beside_the_name_is_the_role(text: str, role: str) -> None:
    found = resolved(text, "Ada Holt", PERSON="Ada Holt", ORG="Harbour Bank|National Harbour Council")

    assert (found.name, found.role, found.by) == ("Ada Holt", role, ResolvedBy.NAME)


def test_a_pronoun_is_the_last_speaker_of_that_sex() -> None:
    text = "Ada Holt said no. Karl Reed said yes. She said it twice."

    found = resolved(text, "Ada Holt", "Karl Reed", "She", PERSON="Ada Holt|Karl Reed")

    assert (found.name, found.by) == ("Ada Holt", ResolvedBy.PRONOUN)


def test_a_spokeswoman_is_no_he() -> None:
    text = "Spokeswoman Jo Park met minister Lee Marsh. He said no."

    assert resolved(text, "He", PERSON="Jo Park|Lee Marsh").name == "Lee Marsh"


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("Norlandish officials", SourceKind.GROUP),
        ("a senior official who spoke on condition of anonymity", SourceKind.ANONYMOUS),
        ("two sources", SourceKind.ANONYMOUS),
        ("the report", SourceKind.DOCUMENT),
        ("Norland", SourceKind.GOVERNMENT),
        ("the Harbour Ministry", SourceKind.GOVERNMENT),
        ("Tidewater Shipping", SourceKind.ORGANIZATION),
        ("the police", SourceKind.GOVERNMENT),
        ("critics", SourceKind.GROUP),
        ("aides to Ada Holt", SourceKind.GROUP),
    ],
)
def test_kinds_of_sources(source: str, kind: SourceKind) -> None:
    text = f"Nobody agreed, {source} said."

    found = resolved(
        text,
        source,
        PERSON="Ada Holt",
        ORG="Harbour Ministry|Tidewater Shipping",
        GPE="Norland",
        NORP="Norlandish",
    )

    assert found.kind == kind


def test_who_is_whoever_stands_right_before() -> None:
    text = "Karl Reed thanked Ada Holt, who said no."

    assert resolved(text, "who", PERSON="Karl Reed|Ada Holt").name == "Ada Holt"


def test_a_pronoun_without_a_referent_keeps_its_own_words() -> None:
    found = resolved("He said no.", "He")

    assert (found.name, found.by, found.cluster) == ("He", ResolvedBy.NONE, None)


def test_who_may_follow_people_within_an_organisation() -> None:
    text = "The news rattled officials within the Compact, who said no."

    found = resolved(text, "who", ORG="Compact")

    assert (found.name, found.kind) == ("officials within the Compact", SourceKind.GROUP)


def test_a_chairman_told_before_his_name_is_that_person() -> None:
    text = "The board’s chairman, Oskar Lund, said no."

    found = resolved(text, "The board’s chairman, Oskar Lund,", PERSON="Oskar Lund")

    assert (found.name, found.role) == ("Oskar Lund", "board’s chairman")


def test_the_company_is_the_one_named_last() -> None:
    text = "Oakline sold chairs. The company said no."

    assert resolved(text, "The company", ORG="Oakline").name == "Oakline"


def test_a_month_is_nobody() -> None:
    text = "Oakline sold chairs in May. It said no."

    assert resolved(text, "It", ORG="Oakline", DATE="May").name == "Oakline"


def test_two_names_make_one_source_of_two() -> None:
    text = "Ada Holt and Karl Reed came. Holt and Reed said so."

    answer = resolved(text, "Holt and Reed", PERSON="Ada Holt|Karl Reed|Holt|Reed")

    assert (answer.name, answer.kind) == ("Ada Holt and Karl Reed", SourceKind.GROUP)


def test_a_thing_named_before_is_known_by_its_noun() -> None:
    answer = resolved("The city of Aldis sued. The city said so.", "The city of Aldis", "The city")

    assert (answer.name, answer.by) == ("city of Aldis", ResolvedBy.DESCRIPTION)


def test_an_acronym_that_was_not_marked_is_known() -> None:
    text = "The Coastal Safety Board met. The C.S.B. said so."

    assert resolved(text, "The C.S.B.", ORG="Coastal Safety Board").name == "Coastal Safety Board"


@pytest.mark.parametrize(
    ("text", "who", "names"),
    [
        ("Ada Holt, Democrat of Norland, who left, said no.", "Ada Holt", "Ada Holt"),
        ("Even senior dockers who left said no.", "senior dockers", "Ada Holt"),
    ],
)
def test_who_looks_past_asides_and_at_bare_plurals(text: str, who: str, names: str) -> None:
    assert resolved(text, "who", PERSON=names, ORG="Democrat of Norland").name == who


def test_they_may_be_papers() -> None:
    text = "Two polls show a lead. They say it shrinks."

    assert resolved(text, "Two polls", "They").name == "Two polls"


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("It angers Holt supporters who stayed.", "Holt supporters"),
        ("It angers a senior Holt adviser who stayed.", "a senior Holt adviser"),
        ("It angers Ada Holt (D), who stayed.", "Ada Holt"),
    ],
)
def test_who_is_whoever_the_words_after_a_name_tell(text: str, who: str) -> None:
    assert resolved(text, "who", PERSON="Ada Holt|Holt").name == who


def test_it_is_a_place_only_where_the_place_has_spoken() -> None:
    text = "Oakline left Norland. It said no."

    assert resolved(text, "It", ORG="Oakline", GPE="Norland").name == "Oakline"
    assert resolved("Norland said so. It said no.", "Norland", "It", GPE="Norland").name == "Norland"
