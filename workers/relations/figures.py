"""Numbers of two claims side by side: the same, moved, or at odds."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from workers.domain.claim import Quantity
from workers.domain.relation import Change
from workers.relations.terms import unit_class

_EXACT = 0.02
_ROUGH = 0.1
# Many things are counted in these: the same unit says little.
_LOOSE = """
percent USD EUR GBP JPY people years months weeks days hours minutes times points miles kilometers kilometres
meters metres feet things others members countries
"""
_LOOSE_UNITS = frozenset(map(unit_class, [*_LOOSE.split(), "percentage points"]))


class Agreement(StrEnum):
    """How the figures of two claims stand to each other."""

    NONE = "none"
    EQUAL = "equal"
    MOVED = "moved"
    AT_ODDS = "at-odds"


@dataclass(frozen=True, slots=True)
class Compared:
    """``change`` is filled when a figure moved; ``loose`` when only a unit like percent connects the two."""

    agreement: Agreement
    change: Change | None = None
    loose: bool = False


def compare(left: Iterable[Quantity], right: Iterable[Quantity]) -> Compared:
    """Compare figures with the same unit; one that is equal outweighs those that differ."""
    rights = tuple(right)
    moved: list[Compared] = []
    for ours in left:
        for theirs in rights:
            if not _same_unit(ours, theirs):
                continue
            if _equal(ours, theirs):
                return Compared(Agreement.EQUAL, loose=_is_loose(ours))
            moved.append(_moved(ours, theirs))
    return min(moved, key=lambda each: (each.loose, each.agreement is Agreement.MOVED)) if moved else _NOTHING


def _same_unit(left: Quantity, right: Quantity) -> bool:
    if left.unit is None or right.unit is None:
        return False
    return unit_class(left.unit) == unit_class(right.unit)


def _is_loose(quantity: Quantity) -> bool:
    return quantity.unit is None or unit_class(quantity.unit) in _LOOSE_UNITS


def _equal(left: Quantity, right: Quantity) -> bool:
    if left.low is not None and left.high is not None and right.low is not None and right.high is not None:
        return left.low == right.low and left.high == right.high
    mine, yours = _point(left), _point(right)
    if mine is None or yours is None:
        return False
    within = _ROUGH if left.approximate or right.approximate else _EXACT
    return abs(mine - yours) <= within * max(abs(mine), abs(yours))


def _moved(left: Quantity, right: Quantity) -> Compared:
    loose = _is_loose(left)
    mine, yours = _point(left), _point(right)
    if mine is None or yours is None:
        return _NOTHING
    at_odds = _over(left, right) or _over(right, left)
    return Compared(
        Agreement.AT_ODDS if at_odds else Agreement.MOVED, Change(mine, yours, right.unit), loose=loose
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


_NOTHING = Compared(Agreement.NONE)
