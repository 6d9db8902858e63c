"""Finds what is not journalism in an article: promos, related links, credits, datelines, sign-offs.

Precision first: a line is masked only when it is a formula of the trade from its first word on, so a
quotation or a heading in capitals stays. Every rule looks at one line and needs no model.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from workers.domain.article import Masked, MaskReason
from workers.nlp.boilerplate import DATELINE, LOUD, TAG, TRAILING, WHOLE_LINES
from workers.nlp.found import Stretch

_LINE: Final = re.compile(r"[^\r\n\v\f\x1c-\x1e\x85\u2028\u2029]+")
_LONGEST: Final = 400
_LONG_LOUD_WORDS: Final = 7
_QUOTES: Final = frozenset('"“”„«»')


def find_masked(text: str) -> tuple[Masked, ...]:
    """Stretches of ``text`` to leave out, in text order, never overlapping."""
    found: list[Masked] = []
    first = True
    for match in _LINE.finditer(text):
        start, end = _trim(text, *match.span())
        if start == end:
            continue
        line = text[start:end]
        reason = line_reason(line, first=first)
        found += [Masked(start, end, reason)] if reason is not None else _inside(line, start)
        first = False
    return tuple(found)


def line_reason(line: str, *, first: bool = False) -> MaskReason | None:
    """Why the whole of a stripped ``line`` is no journalism, or ``None``. ``first``: it opens the text."""
    if len(line) > _LONGEST:
        return None
    for reason, pattern in WHOLE_LINES:
        if pattern.fullmatch(line):
            return reason
    if not first and _is_loud(line):
        return MaskReason.PROMO
    return None


def _is_loud(line: str) -> bool:
    if line[0] in _QUOTES or line[-1] in _QUOTES or line.upper() != line:
        return False
    words = [word for word in line.split() if any(char.isalpha() for char in word)]
    if len(words) < 3:
        return False
    if LOUD.search(line):
        return True
    return len(words) >= _LONG_LOUD_WORDS and line[-1] not in ".!?:,;" and not any(c in _QUOTES for c in line)


def _inside(line: str, offset: int) -> Iterator[Masked]:
    """A dateline before the first sentence, mark-up in it, a credit or sign-off after the last."""
    dateline = DATELINE.match(line)
    start = 0
    if dateline is not None and dateline.end() < len(line):
        start = dateline.end()
        yield Masked(offset, offset + len(line[:start].rstrip()), MaskReason.DATELINE)
    tail, tail_reason = len(line), MaskReason.CREDIT
    for reason, pattern in TRAILING:
        match = pattern.search(line, start)
        if match is not None:
            tail, tail_reason = match.start(), reason
            break
    if "<" in line:
        for tag in TAG.finditer(line, start, tail):
            yield Masked(offset + tag.start(), offset + tag.end(), MaskReason.MARKUP)
    if tail < len(line):
        begin, _ = _trim(line, tail, len(line))
        yield Masked(offset + begin, offset + len(line), tail_reason)


def _trim(text: str, start: int, end: int) -> Stretch:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
