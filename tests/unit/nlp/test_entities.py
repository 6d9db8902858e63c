"""Names as the encoder marks them are mended by rules: titles, pairs, kinds of people, what it missed."""

from __future__ import annotations

import spacy

from workers.nlp.entities import ClaimwireEntities
from workers.nlp.found import NameSpan, Role, RoleSpan


def named(text: str, marked: dict[str, str], source: str = "") -> set[tuple[str, str]]:
    """Names and labels that are left of ``marked``, which holds the encoder's label of each name."""
    component = ClaimwireEntities()
    doc = spacy.blank("en").make_doc(text)
    spans = [
        NameSpan(label, text.index(name), text.index(name) + len(name), 0.9) for name, label in marked.items()
    ]
    doc._.claimwire_names = tuple(sorted(spans, key=lambda span: span.start))
    if source:
        place = text.index(source)
        doc._.claimwire_roles = (RoleSpan(Role.SOURCE, place, place + len(source), 0.9),)
    return {(text[name.start : name.end], name.label) for name in component.predict(doc)}


def test_two_people_marked_as_one_are_two() -> None:
    assert named("Holt and Reed left.", {"Holt and Reed": "PERSON"}) == {
        ("Holt", "PERSON"),
        ("Reed", "PERSON"),
    }


def test_an_office_is_no_part_of_a_name() -> None:
    assert named("Norland Sen. Ada Holt left.", {"Norland Sen. Ada Holt": "PERSON"}) == {
        ("Ada Holt", "PERSON")
    }


def test_a_person_with_an_office_that_was_marked_as_a_firm_is_a_person() -> None:
    assert named("House Speaker Paul Reed left.", {"House Speaker Paul Reed": "ORG"}) == {
        ("Paul Reed", "PERSON")
    }


def test_a_word_that_opens_a_sentence_is_no_part_of_a_name() -> None:
    assert named("Neither Holt nor Reed left.", {"Neither Holt": "PERSON"}) == {("Holt", "PERSON")}


def test_people_told_by_what_they_are_have_no_name() -> None:
    marked = {"top black lawmakers": "ORG", "Norland Republican": "PERSON"}

    assert named("A few top black lawmakers met the Norland Republican.", marked) == set()


def test_somebody_named_in_a_source_is_found_where_the_encoder_saw_nobody() -> None:
    source = "former Gov. Bo Lund of Norland"

    assert named(f"It is over, {source} said.", {}, source) == {("Bo Lund", "PERSON")}
    assert named(f"It is over, {source} said.", {}) == set()
