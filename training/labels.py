"""Label tables of the two tag heads, and what each corpus's labels allow."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

ROLES: Final = ("SOURCE", "CUE", "CONTENT")
TYPES: Final = ("PERSON", "NORP", "FAC", "ORG", "LOC", "PRODUCT", "MISC", "DATE", "MONEY")


def bio(types: tuple[str, ...]) -> tuple[str, ...]:
    """``O`` first, then ``B-x`` and ``I-x`` of each type: label 2k+1 begins type k, 2k+2 goes on."""
    return ("O", *(f"{mark}-{name}" for name in types for mark in "BI"))


ATTRIBUTION_LABELS: Final = bio(ROLES)
ENTITY_LABELS: Final = bio(TYPES)

NEWSWIRE: Final[Mapping[str, frozenset[str]]] = {
    "Person": frozenset({"PERSON"}),
    "NORP": frozenset({"NORP"}),
    "Facility": frozenset({"FAC"}),
    "Organization": frozenset({"ORG"}),
    "Location": frozenset({"LOC"}),
    "Product": frozenset({"PRODUCT"}),
    "Misc": frozenset({"MISC"}),
    "Date": frozenset({"DATE"}),
    "Money": frozenset({"MONEY"}),
}
WIKIGOLD: Final[Mapping[str, frozenset[str]]] = {
    "PER": frozenset({"PERSON"}),
    "ORG": frozenset({"ORG"}),
    "LOC": frozenset({"LOC", "FAC"}),
    "MISC": frozenset({"MISC", "NORP", "PRODUCT"}),
}
UNER: Final[Mapping[str, frozenset[str]]] = {
    "PER": frozenset({"PERSON"}),
    "ORG": frozenset({"ORG"}),
    "LOC": frozenset({"LOC", "FAC"}),
}


def silent(mapping: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """Types that a corpus never marks: its unmarked text may hold them."""
    marked = frozenset[str]().union(*mapping.values())
    return frozenset(TYPES) - marked
