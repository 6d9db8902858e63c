"""Dates in an article, as days on the calendar where the article says enough.

A weekday is the nearest one on or before the day of publication, as news uses it, unless what stands
before it looks ahead ("will meet on Friday", "next Monday").
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from workers.domain.claim import DateMention

_DAYS: Final = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_MONTHS: Final = {
    "jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "oct": 10,
    "nov": 11, "dec": 12,
}  # fmt: skip
_MONTH: Final = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|Jan\.|Feb\.|Mar\.|Apr\.|Jun\.|Jul\.|Aug\.|Sept?\.|Oct\.|Nov\.|Dec\.)"
)
_WEEKDAY: Final = r"(?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)"
_DATE: Final = re.compile(
    rf"\b(?:(?P<iso>\d{{4}}-\d{{2}}-\d{{2}})"
    rf"|(?:(?P<named>{_WEEKDAY}),?\s+)?(?P<month>{_MONTH})\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?!\d)"
    rf"(?:,?\s+(?P<year>\d{{4}}))?"
    rf"|(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?\s+(?P<month2>{_MONTH})(?:\s+(?P<year2>\d{{4}}))?"
    rf"|(?P<vague>(?:(?:early|late|mid)[- ])?(?:last |this |next )?{_MONTH}(?:,?\s+(?:of\s+)?\d{{4}}))"
    r"|(?P<relative>(?:[Tt]he day before |[Tt]he day after )?(?:[Yy]esterday|[Tt]oday|[Tt]omorrow"
    r"|[Tt]onight)|(?:[Ll]ast|[Tt]his|[Nn]ext) (?:week|month|year|weekend|summer|winter|spring|fall|autumn"
    r"|night)"
    r"|(?:\d+|[Aa]|[Oo]ne|[Tt]wo|[Tt]hree|[Ff]our|[Ff]ive|[Ss]ix|[Ss]even|[Tt]en) (?:days?|weeks?|months?"
    r"|years?) (?:ago|later|earlier|from now))"
    rf"|(?:(?P<which>[Ll]ast|[Tt]his|[Nn]ext|[Cc]oming) )?(?P<weekday>{_WEEKDAY})"
    r"|(?:(?<=\b[Ii]n )|(?<=\b[Ss]ince )|(?<=\b[Bb]y ))(?P<bare>(?:early |late |mid-)?(?:19|20)\d{2}))\b"
)
_AHEAD: Final = re.compile(
    r"\b(?:will|['’]ll|would|shall|going to|set to|due|scheduled|expected to|plans? to"
    r"|upcoming)\b[^.!?“”\"]{0,60}$"
    r"|\b(?:until|by|before|starting|beginning|from) (?:early |late )?$",
    re.IGNORECASE,
)
_COUNT: Final = {
    "a": 1,
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "ten": 10,
}


def find_dates(text: str, published: date | None) -> tuple[DateMention, ...]:
    """All dates of ``text`` in text order. ``published`` is the article's day, in UTC.

    ``date`` is ``None`` for what names no single day ("last month", "February 2022") and, without
    ``published``, for whatever is relative to it.
    """
    return tuple(_dates(text, published))


def _dates(text: str, published: date | None) -> Iterator[DateMention]:
    for match in _DATE.finditer(text):
        if match["month"] == "May" and match["day"] is None:
            continue
        start, end = match.span()
        yield DateMention(match.group(), start, end, _day(text, match, published))


def _day(text: str, match: re.Match[str], published: date | None) -> date | None:
    if match["iso"]:
        return _calendar(*map(int, match["iso"].split("-")))
    day, month, year = (match[name] or match[f"{name}2"] for name in ("day", "month", "year"))
    if day:
        return _month_day(int(day), _MONTHS[month[:3].lower()], int(year) if year else None, published)
    if published is None:
        return None
    if match["weekday"]:
        before = text[max(0, match.start() - 70) : match.start()]
        return _weekday(match["weekday"], (match["which"] or "").lower(), before, published)
    if match["relative"]:
        return _relative(match["relative"].lower(), published)
    return None


def _calendar(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _month_day(day: int, month: int, year: int | None, published: date | None) -> date | None:
    """Without a year, the day nearest to publication."""
    if year is not None:
        return _calendar(year, month, day)
    if published is None:
        return None
    near = [_calendar(published.year + shift, month, day) for shift in (0, -1, 1)]
    return min((d for d in near if d is not None), key=lambda d: abs(d - published), default=None)


def _weekday(name: str, which: str, before: str, published: date) -> date:
    back = (published.weekday() - _DAYS.index(name.lower())) % 7
    if which in ("next", "coming") or (which != "last" and _AHEAD.search(before)):
        return published + timedelta(days=(7 - back) if back else 7)
    if which == "last" and back == 0:
        back = 7
    return published - timedelta(days=back)


def _relative(words: str, published: date) -> date | None:
    shift = {"yesterday": -1, "today": 0, "tonight": 0, "tomorrow": 1, "last night": -1}.get(words)
    if words.startswith("the day before yesterday"):
        shift = -2
    if words.startswith("the day after tomorrow"):
        shift = 2
    counted = re.match(r"(\w+) days? ago", words)
    if counted is not None:
        count = counted[1]
        number = int(count) if count.isdigit() else _COUNT.get(count, 0)
        shift = -number if 0 < number < 10_000 else None
    return None if shift is None else _shifted(published, shift)


def _shifted(day: date, days: int) -> date | None:
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return None
