"""Numbers of two claims side by side: the same, moved, or at odds."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache

from workers.domain.claim import Quantity
from workers.domain.relation import Change
from workers.relations import caches
from workers.relations.terms import terms_of, unit_class

_EXACT = 0.02
_ROUGH = 0.1
# Many things are counted in these: the same unit says little.
_LOOSE = """
percent USD EUR GBP JPY people years months weeks days hours minutes times points miles kilometers kilometres
meters metres feet things others members countries women men residents civilians seconds delegates districts
"""
_LOOSE_UNITS = frozenset(map(unit_class, [*_LOOSE.split(), "percentage points"]))
# "Three other officers", "each of nine": a part, which no total moves to.
_PART = re.compile(r"\b(?:other|another|each|every|both)\b", re.IGNORECASE)
# People are counted by what befell them.
_PEOPLE = frozenset(map(unit_class, ["people", "others", "women", "men", "residents", "civilians"]))
# The dead, the injured, the cases of a disease do not become fewer: a smaller toll is that of another whole.
_TOLLS = frozenset(map(unit_class, ["killed", "injured", "cases", "infected", "infections"]))
_EXPECTED = re.compile(
    r"\b(?:will|would|could|may|might|hop(?:es?|ed|ing)|expect\w*|project(?:s|ed|ions?)|predict\w*|forecast\w*"
    r"|plan(?:s|ned|ning)?|estimat(?:es?|ed))\b|['’]ll\b",
    re.IGNORECASE,
)
_FATES = tuple(map(unit_class, ["killed", "missing", "injured"]))
# "The number of troops near the river had grown to 12,000": the figure stands far from what it counts.
_NUMBER_OF = re.compile(
    r"\bnumber\s+of\s+(?:[A-Z]\w+\s+)?(?P<unit>[a-z]+)\b[^.;]{0,120}?"
    r"\b(?:to|at|reach(?:es|ed)|passe[sd]|exceed(?:s|ed)|was|is|stood at)\s+(?:about\s+|nearly\s+|over\s+)?"
    r"(?P<value>\d{1,3}(?:,\d{3})+|\d+)(?![\d,.%]*\s*(?:percent|%|million|billion|a\.m|p\.m))"
)


class Agreement(StrEnum):
    """How the figures of two claims stand to each other."""

    NONE = "none"
    EQUAL = "equal"
    MOVED = "moved"
    AT_ODDS = "at-odds"


@dataclass(frozen=True, slots=True)
class Compared:
    """``change`` is filled when a figure moved; ``loose`` when only a unit like percent connects the two.

    ``ratio`` is how many times the larger figure is the smaller one; ``fell`` tells of a toll that is smaller
    than it was.
    """

    agreement: Agreement
    change: Change | None = None
    loose: bool = False
    ratio: float = 1.0
    fell: bool = False


@dataclass(frozen=True, slots=True)
class Counted:
    """A quantity and what it counts: its unit in one form, or what befell the people; ``None`` if unknown."""

    quantity: Quantity
    what: str | None


def counted(quantities: Iterable[Quantity], said: str) -> tuple[Counted, ...]:
    """Return the quantities that stand in ``said``, with what they count there."""
    there = [each for each in quantities if each.text in said and not _PART.search(each.text)]
    return tuple(Counted(quantity, _what(quantity, said)) for quantity in (*there, *_far_figures(said)))


@lru_cache(maxsize=caches.TEXTS)
def _far_figures(said: str) -> tuple[Quantity, ...]:
    """Return figures without a unit whose text says before what they are the number of."""
    return tuple(
        Quantity(
            text=match["value"],
            start=match.start("value"),
            end=match.end("value"),
            value=int(match["value"].replace(",", "")),
            low=None,
            high=None,
            approximate=False,
            unit=match["unit"],
        )
        for match in _NUMBER_OF.finditer(said)
    )


def compare(ours: str, left: Iterable[Quantity], theirs: str, right: Iterable[Quantity]) -> Compared:
    """Compare the figures in two texts that count the same; one that is equal outweighs those that differ."""
    lefts = counted(left, ours)
    rights = counted(right, theirs) if lefts else ()
    moved: list[Compared] = []
    for mine in lefts:
        for yours in rights:
            if not _same_thing(mine, ours, yours, theirs):
                continue
            loose = (mine.what or yours.what) in _LOOSE_UNITS
            if _equal(mine.quantity, yours.quantity):
                return Compared(Agreement.EQUAL, loose=loose)
            found = _moved(mine.quantity, yours.quantity, loose=loose)
            moved.append(replace(found, fell=_fell(mine.what or yours.what, found.change)))
    return min(moved, key=lambda each: (each.loose, each.ratio)) if moved else _NOTHING


def one_is_expected(ours: str, theirs: str) -> bool:
    """Does one text alone tell of a figure that is hoped for, planned or estimated?"""
    return (_EXPECTED.search(ours) is None) != (_EXPECTED.search(theirs) is None)


def _fell(what: str | None, change: Change | None) -> bool:
    return change is not None and what in _TOLLS and change.after < change.before


def _what(quantity: Quantity, said: str) -> str | None:
    unit = unit_class(quantity.unit) if quantity.unit else None
    if unit is not None and unit not in _PEOPLE:
        return unit
    words = terms_of(said).weights
    return next((fate for fate in _FATES if fate in words), unit)


def _same_thing(mine: Counted, ours: str, yours: Counted, theirs: str) -> bool:
    """A bare number ("troops: 12,000") counts what the other does if its text says so."""
    if mine.what is None:
        return yours.what is not None and yours.what in terms_of(ours).weights
    if yours.what is None:
        return mine.what in terms_of(theirs).weights
    return mine.what == yours.what


def _equal(left: Quantity, right: Quantity) -> bool:
    if left.low is not None and left.high is not None and right.low is not None and right.high is not None:
        return left.low == right.low and left.high == right.high
    mine, yours = _point(left), _point(right)
    if mine is None or yours is None:
        return False
    within = _ROUGH if left.approximate or right.approximate else _EXACT
    return abs(mine - yours) <= within * max(abs(mine), abs(yours))


def _moved(left: Quantity, right: Quantity, *, loose: bool) -> Compared:
    mine, yours = _point(left), _point(right)
    if mine is None or yours is None:
        return _NOTHING
    at_odds = _over(left, right) or _over(right, left)
    smaller, larger = sorted((abs(mine), abs(yours)))
    return Compared(
        Agreement.AT_ODDS if at_odds else Agreement.MOVED,
        Change(mine, yours, right.unit or left.unit),
        loose=loose,
        ratio=larger / smaller if smaller else _ENDLESS,
    )


def _over(one: Quantity, other: Quantity) -> bool:
    """Is ``one`` an upper bound ("no more than 3,800") that ``other`` lies above?"""
    if one.high is None or one.low is not None:
        return False
    least = other.low if other.low is not None else other.value
    return least is not None and least > one.high


def _point(quantity: Quantity) -> float | int | None:
    if quantity.value is not None:
        return quantity.value
    if quantity.low is not None and quantity.high is not None:
        return (quantity.low + quantity.high) / 2
    return quantity.low if quantity.low is not None else quantity.high


_ENDLESS = 1e9
_NOTHING = Compared(Agreement.NONE)
