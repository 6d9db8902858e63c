"""Which office answers which description, and which organisation "the agency" may be."""

from __future__ import annotations

import pytest

from workers.domain.claim import SourceKind
from workers.nlp.found import Resolved
from workers.nlp.offices import fit, stands_for
from workers.nlp.roles import describe


@pytest.mark.parametrize(
    ("words", "role", "answers"),
    [
        ("the president", "President", True),
        ("the president", "Vice President", False),
        ("the vice president", "Vice President", True),
        ("the vice president", "President", False),
        ("the mayor", "Deputy Mayor", False),
        ("the former mayor", "mayor", False),
        ("the former mayor", "former mayor", True),
        ("Holt's lawyer", "lawyer for Reed", False),
        ("Reed's lawyer", "lawyer for Reed", True),
        ("at least one senator", "senator", False),
    ],
)
def test_a_rank_makes_another_office_of_an_office(words: str, role: str, answers: bool) -> None:
    found = describe(words)

    assert found is not None
    assert (fit(found, role) > 0) is answers


@pytest.mark.parametrize(
    ("noun", "name", "kind", "stands"),
    [
        ("agency", "Department of Harbours", SourceKind.GOVERNMENT, True),
        ("agency", "HSA", SourceKind.GOVERNMENT, True),
        ("agency", "Norvik Shipping", SourceKind.ORGANIZATION, False),
        ("agency", "Kelmark", SourceKind.GOVERNMENT, False),
        ("union", "Association of Pilots", SourceKind.ORGANIZATION, True),
        ("union", "Norvik Shipping", SourceKind.ORGANIZATION, False),
        ("newspaper", "Lund Courier", SourceKind.ORGANIZATION, True),
        ("newspaper", "Norvik Shipping", SourceKind.ORGANIZATION, False),
        ("company", "Norvik Shipping", SourceKind.ORGANIZATION, True),
        ("company", "Lund Courier", SourceKind.ORGANIZATION, False),
        ("company", "Department of Harbours", SourceKind.GOVERNMENT, False),
    ],
)
def test_a_noun_may_stand_for_a_name_that_does_not_hold_it(
    noun: str, name: str, kind: SourceKind, stands: bool
) -> None:
    assert stands_for(noun, Resolved(name, kind)) is stands
