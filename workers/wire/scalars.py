"""Times and numbers in their one canonical written form, so that equal values give equal bytes."""

import re
from datetime import UTC, date, datetime

SCORE_DIGITS = 4
_RFC_3339 = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})"
)
_EXACT_INTEGERS = 2**53


def written_time(moment: datetime) -> str:
    """Return RFC 3339 in UTC with a ``Z``; a naive ``moment`` is taken as UTC."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def written_optional_time(moment: datetime | None) -> str | None:
    """Return ``written_time`` of a moment that may be unknown."""
    return None if moment is None else written_time(moment)


def read_time(text: str) -> datetime | None:
    """Return the moment in UTC, or ``None`` when ``text`` is no ISO 8601 date or time.

    A time without a zone is UTC; a day alone is its midnight.
    """
    try:
        moment = datetime.fromisoformat(text.strip())
        if moment.tzinfo is None:
            return moment.replace(tzinfo=UTC)
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def is_time(text: str) -> bool:
    """Whether ``text`` is RFC 3339 and a moment that can be read; leap seconds and the year 0 are none."""
    return _RFC_3339.fullmatch(text) is not None and read_time(text) is not None


def is_day(text: str) -> bool:
    """Whether ``text`` is ``YYYY-MM-DD`` and a day of the calendar."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def read_known_time(text: str) -> datetime:
    """Return the moment of a time that a schema has already accepted."""
    return datetime.fromisoformat(text).astimezone(UTC)


def read_optional_time(text: str | None) -> datetime | None:
    """Return ``read_known_time`` of a time that may be null."""
    return None if text is None else read_known_time(text)


def written_day(day: date | None) -> str | None:
    """Return ``YYYY-MM-DD``."""
    return None if day is None else day.isoformat()


def written_score(score: float) -> float:
    """Return a probability to four digits; more would only tell of the machine that computed it."""
    return round(float(score), SCORE_DIGITS)


def written_optional_score(score: float | None) -> float | None:
    """Return ``written_score`` of a score that may not have been made."""
    return None if score is None else written_score(score)


def written_number(number: float | int | None) -> float | int | None:
    """Return whole numbers without a fraction: 12000.0 and 12000 are one number and get one form."""
    if isinstance(number, float) and number.is_integer() and abs(number) < _EXACT_INTEGERS:
        return int(number)
    return number
