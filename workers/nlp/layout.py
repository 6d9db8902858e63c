"""Where lines, sentences and quotations of a text begin and end, by its characters alone.

Nothing here fails on odd text: an opening mark that nobody closes ends with its line.
"""

from __future__ import annotations

import re
import sys
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from workers.nlp.found import Stretch

_LINE: Final = re.compile(r"[^\r\n\v\f\x1c-\x1e\x85\u2028\u2029]+")
_STOP: Final = re.compile(  # begins where a run of stops does, and never gives back: linear in a line of dots
    r"(?<![.!?…])[.!?…]++[\"'”’»)\]]*+(?=\s+[\"'“‘«(\[]*+[^\W_a-z])|[:;](?=\s+[“\"])"
)
_ABBREVIATION: Final = re.compile(
    r"(?:\b(?:[A-Za-z]|Mr|Mrs|Ms|Dr|Prof|Sen|Sens|Rep|Reps|Gov|Govs|Gen|Lt|Col|Sgt|Capt|Cmdr|Adm|Maj"
    r"|St|Jr|Sr|Rev|Hon|Pres|Sec|Atty|Supt|Det|Fr|Mt|Ft|vs|No|Inc|Corp|Co|Ltd|etc|approx|est"
    r"|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec"
    r"|Ala|Ariz|Ark|Calif|Colo|Conn|Del|Fla|Ga|Ill|Ind|Kan|Ky|La|Md|Mass|Mich|Minn|Miss|Mo|Mont|Neb"
    r"|Nev|Okla|Ore|Pa|Tenn|Tex|Va|Vt|Wash|Wis|Wyo)|\b[A-Z]\.[A-Z](?:\.[A-Z])*)\.$"
)
_MARK: Final = re.compile(r"[“”„«»\"]|''|``")
_OPEN_AFTER: Final = frozenset("([{—–-‘'“/:")


@dataclass(frozen=True, slots=True)
class Layout:
    """Lines, sentences (in text order) and quotations (with their marks), half-open characters."""

    lines: tuple[Stretch, ...]
    sentences: tuple[Stretch, ...]
    quotes: tuple[Stretch, ...]

    def line_at(self, place: int) -> int:
        """Number of the line that holds ``place``, or of the last one before it; -1 before all."""
        return _place(self.lines, place)

    def sentence_at(self, place: int) -> Stretch:
        """The sentence that holds ``place``, or the last before it."""
        number = _place(self.sentences, place)
        return self.sentences[max(number, 0)] if self.sentences else (place, place)

    def sentence_number(self, place: int) -> int:
        """Number of the sentence that holds ``place``, or of the last one before it."""
        return _place(self.sentences, place)

    def in_quote(self, place: int) -> bool:
        """Does ``place`` lie inside a quotation (its marks included)?"""
        number = _place(self.quotes, place)
        return number >= 0 and place < self.quotes[number][1]

    def quoted(self, stretch: Stretch) -> int:
        """How many characters of ``stretch`` lie inside quotations."""
        start, end = stretch
        number = max(_place(self.quotes, start), 0)
        total = 0
        for first, last in self.quotes[number:]:
            if first >= end:
                break
            total += max(0, min(last, end) - max(first, start))
        return total


def lay_out(text: str) -> Layout:
    """Find lines, sentences and quotations of ``text``."""
    lines: list[Stretch] = []
    sentences: list[Stretch] = []
    quotes: list[Stretch] = []
    for match in _LINE.finditer(text):
        line = _trim(text, *match.span())
        if line[0] == line[1]:
            continue
        lines.append(line)
        sentences.extend(_sentences(text, line))
        quotes.extend(_quotes(text, line))
    return Layout(tuple(lines), tuple(sentences), tuple(quotes))


def _place(stretches: Sequence[Stretch], place: int) -> int:
    return bisect_right(stretches, (place, sys.maxsize)) - 1


def _trim(text: str, start: int, end: int) -> Stretch:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _sentences(text: str, line: Stretch) -> list[Stretch]:
    start, end = line
    found: list[Stretch] = []
    for match in _STOP.finditer(text, start, end):
        if text[match.start()] in ":;" or _ABBREVIATION.search(
            text, max(start, match.start() - 8), match.end()
        ):
            continue
        found.append((start, match.end()))
        start = _trim(text, match.end(), end)[0]
    if start < end:
        found.append((start, end))
    return found


def _quotes(text: str, line: Stretch) -> list[Stretch]:
    """Outermost quotations of one line. A straight mark opens after a space and closes after a letter."""
    start, end = line
    found: list[Stretch] = []
    opened: int | None = None
    for match in _MARK.finditer(text, start, end):
        place = match.start()
        if _opens(text, place, start, opened is not None):
            if opened is None:
                opened = place
        elif opened is not None:
            found.append((opened, match.end()))
            opened = None
    if opened is not None:
        found.append((opened, end))
    return found


def _opens(text: str, place: int, start: int, inside: bool) -> bool:
    mark = text[place]
    if mark in "“„«`":
        return True
    if mark in "”»":
        return place == start and not inside
    if inside:
        return False
    return place == start or text[place - 1].isspace() or text[place - 1] in _OPEN_AFTER
