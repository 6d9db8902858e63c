"""Spans of a claim without what clings to their ends."""

from __future__ import annotations

from typing import Final

from workers.nlp.found import Stretch

_TRIM: Final = " \t\r\n\u00a0\u200b"


def trimmed(text: str, start: int, end: int) -> Stretch:
    """Without space at its ends."""
    while start < end and text[start] in _TRIM:
        start += 1
    while end > start and text[end - 1] in _TRIM:
        end -= 1
    return start, end


def without_stop(text: str, start: int, end: int) -> Stretch:
    """Without the comma or full stop at the end of a cue or a source."""
    last = text[end - 1]
    stop = last in ",;:" or (last == "." and "." not in text[start : end - 1])
    return (start, end - 1) if stop and end - start > 1 else (start, end)
