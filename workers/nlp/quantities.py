"""Numbers with what they count: typed values from words and digits, by their characters alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from workers.domain.claim import Quantity
from workers.nlp.tables import listed, words

Number = int | float

_SMALL: Final = {
    word: value
    for value, word in enumerate(
        listed(
            """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen
        fifteen sixteen seventeen eighteen nineteen"""
        )
    )
}
_TENS: Final = {
    w: (i + 2) * 10 for i, w in enumerate(listed("""twenty thirty forty fifty sixty seventy eighty ninety"""))
}
_SCALES: Final = {
    "hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000,
    "trillion": 1_000_000_000_000,
    "m": 1_000_000, "mn": 1_000_000, "bn": 1_000_000_000, "b": 1_000_000_000, "tn": 1_000_000_000_000,
    "k": 1_000,
}  # fmt: skip
_VAGUE: Final = {
    "tens of thousands": 20_000, "hundreds of thousands": 200_000, "tens of millions": 20_000_000,
    "hundreds of millions": 200_000_000, "tens of billions": 20_000_000_000,
    "hundreds of billions": 200_000_000_000,
    "dozens": 24, "scores": 40, "hundreds": 200, "thousands": 2_000, "millions": 2_000_000,
    "billions": 2_000_000_000,
}  # fmt: skip
_EXACT: Final = {"half a dozen": 6, "a half-dozen": 6, "half-a-dozen": 6, "a dozen": 12, "two dozen": 24,
                 "three dozen": 36,
                 "half a million": 500_000, "half a billion": 500_000_000, "a hundred": 100,
                 "a thousand": 1000,
                 "a million": 1_000_000, "a billion": 1_000_000_000, "a couple": 2}  # fmt: skip
_WORDED: Final = "|".join([*_SMALL, *_TENS])
_SCALE: Final = "hundred|thousand|million|billion|trillion"
_DIGITS: Final = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_NUMBER: Final = (
    rf"(?:(?:{_DIGITS})(?:[ -](?:{_SCALE})s?\b|(?:bn|mn|tn|[kmb])\b)?"
    rf"|(?:{_WORDED})(?:[- ](?:{_WORDED}|{_SCALE}))*\b)"
)
_VAGUES: Final = "|".join([*_VAGUE, *_EXACT])
_LOW: Final = (
    r"at least|no fewer than|no less than|more than|greater than|over|upwards? of|in excess of|a minimum of"
)
_HIGH: Final = r"at most|no more than|fewer than|less than|under|up to|as many as|as much as|a maximum of"
r"|below|not more than"
_ABOUT: Final = r"about|around|roughly|approximately|some|nearly|almost|close to|an estimated|estimated"
r"|more or less|circa|just over|just under"
_CURRENCY: Final = {
    "US$": "USD", "$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR", "₽": "RUB", "₩": "KRW",
    "C$": "CAD", "A$": "AUD",
}  # fmt: skip
_COINS: Final = {
    "dollar": "USD", "euro": "EUR", "pound": "GBP", "yen": "JPY", "rupee": "INR", "rouble": "RUB",
    "ruble": "RUB", "yuan": "CNY",
    "won": "KRW", "peso": "MXN", "franc": "CHF", "lira": "TRY",
}  # fmt: skip
_QUANTITY: Final = re.compile(
    rf"(?<![\w.,$€£-])(?:(?P<low>{_LOW})\s+|(?P<high>{_HIGH})\s+)?(?:(?P<about>{_ABOUT})\s+)?"
    rf"(?P<range>between\s+|from\s+)?"
    rf"(?P<currency>US\$|C\$|A\$|[$€£¥₹₽₩])?(?:(?P<vague>{_VAGUES})\b|(?P<first>{_NUMBER}))"
    rf"(?:(?:\s+(?:and|to|or)\s+|\s?[-–]\s?)(?P<currency2>US\$|[$€£¥₹₽₩])?(?P<second>{_NUMBER}))?"
    r"(?P<percent>\s?%|[ -]per ?cent(?:age points?)?\b|\s?percentage points?\b)?",
    re.IGNORECASE,
)
_ORDINAL: Final = re.compile(r"(?:st|nd|rd|th)\b|[-–]?[A-Za-z]*\d|:\d|[-–]year-old", re.IGNORECASE)
_AFTER: Final = re.compile(r"(?:\s+|-)(?:of\s+)?((?:[^\W\d_][\w’'.-]*\s+){0,4}?)([a-z][a-z’'-]*)(?![\w’'])")
_PLURALS: Final = words(
    """people men women children troops percent police personnel aircraft feet fish staff crew civilians"""
)
_NOT_UNITS: Final = words(
    """was is has does this his hers its ours theirs yours as us across towards besides says perhaps
    always sometimes alas less versus vs plus minus pass cross express access process unless guess
    press class yes thus includes makes gives goes takes comes needs wants afterwards others these
    those news"""
)
_STOPPERS: Final = words(
    """in on at to for from by with and or but that who which when while since after before during as is
    are was were have has had will would could said a the this than then if because into over under
    not be been between per his her their its"""
)
_MONTH: Final = re.compile(
    r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\.?\s+$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class _Amount:
    value: Number | None
    low: Number | None
    high: Number | None
    approximate: bool


def find_quantities(text: str) -> tuple[Quantity, ...]:
    """All quantities of ``text`` in text order, never overlapping.

    Years, days of a month, ordinals, clock times and a bare "one" are none.
    """
    return tuple(_quantities(text))


def _quantities(text: str) -> Iterator[Quantity]:
    free = 0
    for match in _QUANTITY.finditer(text):
        if match.start() < free:
            continue
        found = _quantity(text, match)
        if found is not None:
            free = found.end
            yield found


def _quantity(text: str, match: re.Match[str]) -> Quantity | None:
    start, end = match.span()
    first = match["first"]
    if first is not None and match["second"] is None and _ORDINAL.match(text, end):
        return None
    amount = _amount(match)
    if amount is None:
        return None
    unit, end = _unit(text, match)
    marked = any(match[name] for name in ("low", "high", "about", "currency", "percent", "vague"))
    if unit is None and (not marked or (match["vague"] or "").startswith("a ")):
        return None
    if not marked and _bare(text, match, unit):
        return None
    return Quantity(
        text[start:end], start, end, amount.value, amount.low, amount.high, amount.approximate, unit
    )


def _bare(text: str, match: re.Match[str], unit: str | None) -> bool:
    """Is the unmarked number no quantity: a year, a day of a month, the word "one"?"""
    first = match["first"]
    if first.isdigit() and 1700 <= int(first) <= 2100:
        return True
    if first.lower() == "one":
        return True
    return _MONTH.search(text[max(0, match.start() - 12) : match.start()]) is not None


def _amount(match: re.Match[str]) -> _Amount | None:
    approximate = match["about"] is not None
    vague = match["vague"]
    if vague is not None:
        words = vague.lower()
        if words in _EXACT:
            return _bounded(match, _EXACT[words], approximate)
        return _Amount(None, _VAGUE[words], None, True)
    first = _number(match["first"])
    if first is None:
        return None
    if match["second"] is None:
        return _bounded(match, first, approximate)
    second = _number(match["second"])
    if second is None:
        return None
    scale = match["second"].lower().split()[-1]
    if scale in _SCALES and not any(name in match["first"].lower() for name in _SCALES) and first < 1000:
        first = _whole(first * _SCALES[scale])
    low, high = min(first, second), max(first, second)
    return _Amount(None, low, high, approximate)


def _bounded(match: re.Match[str], value: Number, approximate: bool) -> _Amount:
    if match["low"]:
        return _Amount(None, value, None, approximate)
    if match["high"]:
        return _Amount(None, None, value, approximate)
    return _Amount(value, None, None, approximate)


def _number(words: str) -> Number | None:
    """Value of "1.2 billion", "twelve thousand", "3,000", "twenty-one"; ``None`` when it is none."""
    total: Number = 0
    current: Number = 0
    for part in re.findall(r"\d[\d,]*(?:\.\d+)?|[a-z]+", words.lower()):
        word = part[:-1] if part.endswith("s") and part[:-1] in _SCALES else part
        if word[0].isdigit():
            digits = word.replace(",", "")
            if len(digits) > 18:
                return None
            current = float(digits) if "." in digits else int(digits)
        elif word in _SMALL:
            current += _SMALL[word]
        elif word in _TENS:
            current += _TENS[word]
        elif word == "hundred":
            current = (current or 1) * 100
        elif word in _SCALES:
            total += (current or 1) * _SCALES[word]
            current = 0
    return _whole(total + current)


def _whole(value: Number) -> Number:
    rounded = round(value, 6)
    return int(rounded) if rounded == int(rounded) else rounded


def _unit(text: str, match: re.Match[str]) -> tuple[str | None, int]:
    """Unit and where the quantity's text ends with it."""
    end = match.end()
    if match["percent"]:
        return ("percentage points" if "point" in match["percent"].lower() else "percent"), end
    after = _AFTER.match(text, end)
    if match["currency"]:
        return _CURRENCY.get(match["currency"].upper(), match["currency"]), end
    if after is None:
        return None, end
    place = end
    for word in re.finditer(r"[\w’'-]+", text[end : after.end(2) + 40]):
        gap = text[place : end + word.start()]
        if place > end and gap != " ":
            break
        base = word.group().lower()
        place = end + word.end()
        if base == "of" and match["vague"]:
            continue
        if base in _STOPPERS or word.start() > 45:
            break
        coin = base.removesuffix("s")
        if coin in _COINS and base != "wons":
            return _COINS[coin], place
        if word.group()[0].islower() and _plural(base):
            return base, place
    return None, end


def _plural(word: str) -> bool:
    if word in _PLURALS:
        return True
    return (
        len(word) > 3
        and word.endswith("s")
        and not word.endswith(("ss", "us", "'s", "’s", "ous"))
        and word not in _NOT_UNITS
    )
