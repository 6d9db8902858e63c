"""Durations as Prometheus writes them: ``90s``, ``15m``, ``1h30m``, ``2d``, ``1w``."""

import re
from datetime import timedelta

_FORM = re.compile(r"(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?")
_MAX = timedelta(days=366)


def parse_duration(text: str) -> timedelta | str:
    """Return the duration, or what is wrong with ``text``: no such form, negative, or over a year."""
    found = _FORM.fullmatch(text)
    if not text or found is None:
        return f"{text!r} is no duration; write 90s, 15m, 1h30m, 2d or 1w"
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    if max(weeks, days) > 366 or hours > 9_000 or max(minutes, seconds) > 32_000_000:
        return f"{text!r} is longer than a year"
    duration = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    return duration if duration <= _MAX else f"{text!r} is longer than a year"


def format_duration(duration: timedelta) -> str:
    """Return the shortest form: ``1h30m``, ``2d``, ``0s``."""
    left = int(duration.total_seconds())
    text = ""
    for letter, seconds in (("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)):
        many, left = divmod(left, seconds)
        text += f"{many}{letter}" if many else ""
    return text or "0s"
