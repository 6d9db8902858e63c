"""Names that their form tells."""

import pytest

from workers.nlp.forms import label_of_form, with_forms
from workers.nlp.found import NameSpan


def labelled(text: str, *names: tuple[str, str]) -> list[tuple[str, str]]:
    spans = [NameSpan(label, text.index(name), text.index(name) + len(name), 0.9) for label, name in names]
    return [(name.label, text[name.start : name.end]) for name in with_forms(text, spans)]


@pytest.mark.parametrize(
    ("label", "name", "expected"),
    [
        ("LOC", "Lund General Hospital", "FAC"),
        ("ORG", "Lund General Hospital", "ORG"),
        ("LOC", "Orrin Air Base", "FAC"),
        ("ORG", "Harbour Safety Act", "LAW"),
        ("ORG", "Coastal Cup", "EVENT"),
        ("ORG", "Coastal Safety Board", "ORG"),
        ("PERSON", "Bridge", "PERSON"),
    ],
)
def test_the_last_word_of_a_name_tells_what_it_is(label: str, name: str, expected: str) -> None:
    assert label_of_form(label, name) == expected


def test_a_base_is_found_by_its_form() -> None:
    assert labelled("They left Orrin Air Base.", ("LOC", "Orrin")) == [("FAC", "Orrin Air Base")]


def test_weapons_and_operations_are_found_by_their_form() -> None:
    text = "Two F-16s and an Su-35 took part in Operation Clear Sky."

    assert labelled(text, ("MISC", "Su-35"), ("ORG", "Clear Sky")) == [
        ("PRODUCT", "F-16s"),
        ("PRODUCT", "Su-35"),
        ("EVENT", "Operation Clear Sky"),
    ]


@pytest.mark.parametrize("text", ["The G-20 met.", "He took the I-95.", "She has an H-1B visa."])
def test_groups_roads_and_visas_are_no_weapons(text: str) -> None:
    assert labelled(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Marovia denied it. Marovian troops stayed.",
        "Marovia denied it, the government of Marovia said.",
        "Marovia denied it. Marovia’s parliament sat.",
    ],
)
def test_what_has_a_people_or_a_parliament_is_a_country(text: str) -> None:
    peoples = [("NORP", "Marovian")] if "Marovian" in text else []

    assert ("GPE", "Marovia") in labelled(text, ("PERSON", "Marovia"), *peoples)


def test_somebody_named_in_full_or_by_courtesy_stays_a_person() -> None:
    text = "Ada Velik spoke of Velik’s government. Mr. Brand left the government of Brand."

    assert labelled(text, ("PERSON", "Ada Velik"), ("PERSON", "Brand")) == [
        ("PERSON", "Ada Velik"),
        ("PERSON", "Brand"),
    ]
