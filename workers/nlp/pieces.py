"""Turns a text into the encoder's windows; training and run time share this module.

The encoder is uncased, so every word piece carries a casing class beside its vocabulary id: the
shape of its word, and how the piece is joined to what stands before it (glued, after a space, at
the start of a line). The join also tells an opening straight quotation mark from a closing one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
from tokenizers import Encoding, Tokenizer

Ints = npt.NDArray[np.int64]
Stretch = tuple[int, int]

SHAPES: Final = ("lower", "initial", "upper", "mixed", "digit", "punctuation", "other")
JOINS: Final = ("glued", "spaced", "line")
CASE_CLASSES: Final = ("special", *(f"{shape}/{join}" for shape in SHAPES for join in JOINS))

_LINE: Final = re.compile(r"[^\r\n\v\f\x1c-\x1e\x85\u2028\u2029]+")
_SENTENCE_END: Final = re.compile(r"[.!?…][\"'”’)\]]*$")


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """One input of the encoder: ``[CLS] pieces [SEP]``.

    ``input_ids`` and ``case_ids`` have shape [T]; ``offsets`` has shape [T, 2] and holds half-open
    code points of the original text, (0, 0) for the two special pieces.
    """

    input_ids: Ints
    case_ids: Ints
    offsets: Ints

    def __len__(self) -> int:
        return len(self.input_ids)


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Windows of like length, padded to [B, T]; ``indices`` are their places in the input."""

    indices: tuple[int, ...]
    input_ids: Ints
    attention_mask: Ints
    case_ids: Ints


@dataclass(frozen=True, slots=True)
class _Piece:
    input_id: int
    case_id: int
    start: int
    end: int


class Pieces:
    """The tokenizer with the rule for windows. Deterministic; safe to share between threads."""

    def __init__(self, tokenizer: Tokenizer, max_pieces: int = 256) -> None:
        """``max_pieces`` counts [CLS] and [SEP]. Raises ``ValueError`` when it is below 8."""
        if max_pieces < 8:
            raise ValueError(f"max_pieces must be at least 8, not {max_pieces}")
        tokenizer.no_truncation()
        tokenizer.no_padding()
        self._tokenizer = tokenizer
        self.max_pieces = max_pieces
        self._cls = _special(tokenizer, "[CLS]")
        self._sep = _special(tokenizer, "[SEP]")

    @classmethod
    def load(cls, folder: Path, max_pieces: int = 256) -> Pieces:
        """Read ``tokenizer.json`` in ``folder``."""
        return cls(Tokenizer.from_file(str(folder / "tokenizer.json")), max_pieces)

    def windows(
        self, text: str, masked: Sequence[Stretch] = (), *, first_window: int | None = None
    ) -> list[Window]:
        """Group whole lines of ``text`` into windows, in text order.

        Text inside ``masked`` (half-open code points, any order) is left out; everything else that
        the tokenizer sees is in exactly one window. A line longer than a window is cut after a
        sentence end if there is one, else between words. ``first_window`` shortens the first
        window, in pieces: training shifts the borders from pass to pass with it.
        """
        room = self.max_pieces - 2
        limit = room if first_window is None else max(1, min(room, first_window - 2))
        windows: list[Window] = []
        current: list[_Piece] = []
        for line in self._lines(text, masked):
            while line:
                if len(current) + len(line) <= limit:
                    current.extend(line)
                    break
                if current:
                    windows.append(self._window(current))
                    current, limit = [], room
                    continue
                cut = _cut(text, line, limit)
                windows.append(self._window(line[:cut]))
                line, limit = line[cut:], room
        if current:
            windows.append(self._window(current))
        return windows

    def _lines(self, text: str, masked: Sequence[Stretch]) -> Iterator[list[_Piece]]:
        stretches = list(_unmasked_lines(text, masked))
        encodings = self._tokenizer.encode_batch(
            [text[start:end] for start, end in stretches], add_special_tokens=False
        )
        for (start, _), encoding in zip(stretches, encodings, strict=True):
            line = _line_pieces(text, start, encoding)
            if line:
                yield line

    def _window(self, pieces: Sequence[_Piece]) -> Window:
        size = len(pieces) + 2
        input_ids = np.empty(size, dtype=np.int64)
        case_ids = np.zeros(size, dtype=np.int64)
        offsets = np.zeros((size, 2), dtype=np.int64)
        input_ids[0], input_ids[-1] = self._cls, self._sep
        input_ids[1:-1] = [piece.input_id for piece in pieces]
        case_ids[1:-1] = [piece.case_id for piece in pieces]
        offsets[1:-1] = [(piece.start, piece.end) for piece in pieces]
        return Window(input_ids, case_ids, offsets)


def batches(windows: Sequence[Window], max_windows: int = 16) -> Iterator[Batch]:
    """Sort windows by length, shortest first, and pad each group of ``max_windows`` to its longest.

    Padding has id 0, mask 0 and case 0. Raises ``ValueError`` when ``max_windows`` is below 1.
    """
    if max_windows < 1:
        raise ValueError(f"max_windows must be at least 1, not {max_windows}")
    order = sorted(range(len(windows)), key=lambda index: (len(windows[index]), index))
    for start in range(0, len(order), max_windows):
        indices = tuple(order[start : start + max_windows])
        yield pad([windows[index] for index in indices], indices)


def pad(windows: Sequence[Window], indices: tuple[int, ...]) -> Batch:
    """Stack ``windows`` into one batch, padded to the longest of them."""
    shape = (len(windows), max(len(window) for window in windows))
    input_ids, mask, case_ids = (np.zeros(shape, dtype=np.int64) for _ in range(3))
    for row, window in enumerate(windows):
        size = len(window)
        input_ids[row, :size] = window.input_ids
        case_ids[row, :size] = window.case_ids
        mask[row, :size] = 1
    return Batch(indices, input_ids, mask, case_ids)


def _special(tokenizer: Tokenizer, token: str) -> int:
    number = tokenizer.token_to_id(token)
    if number is None:
        raise ValueError(f"the tokenizer has no {token}")
    return int(number)


def _unmasked_lines(text: str, masked: Iterable[Stretch]) -> Iterator[Stretch]:
    """Lines of ``text`` less the masked stretches: a line can fall into several pieces."""
    holes = sorted(masked)
    for match in _LINE.finditer(text):
        start, end = match.span()
        for hole_start, hole_end in holes:
            if hole_end <= start:
                continue
            if hole_start >= end:
                break
            if hole_start > start:
                yield start, hole_start
            start = max(start, hole_end)
        if start < end:
            yield start, end


def _line_pieces(text: str, start: int, encoding: Encoding) -> list[_Piece]:
    """Word pieces of one stretch that begins at ``start``; offsets into the whole text."""
    spans = [(start + first, _with_marks(text, start + last)) for first, last in encoding.offsets]
    words = encoding.word_ids
    shape = 0
    previous_word: int | None = None
    previous_end = -1
    pieces: list[_Piece] = []
    for index, (first, last) in enumerate(spans):
        if words[index] is None or words[index] != previous_word:
            end = index
            while end + 1 < len(spans) and words[end + 1] == words[index] is not None:
                end += 1
            shape = _shape(text[first : spans[end][1]])
            previous_word = words[index]
        join = 2 if previous_end < 0 else int(first > previous_end)
        pieces.append(_Piece(encoding.ids[index], 1 + shape * len(JOINS) + join, first, last))
        previous_end = last
    return pieces


def _with_marks(text: str, end: int) -> int:
    """``end`` moved over combining marks, which the tokenizer strips: "e\u0301" is one letter."""
    while end < len(text) and text[end] > "\u02ff" and unicodedata.combining(text[end]):
        end += 1
    return end


@lru_cache(maxsize=65536)
def _shape(word: str) -> int:
    """Index into ``SHAPES``; one capital letter counts as an initial capital."""
    if any(char.isdigit() for char in word):
        return 4
    letters = [char for char in word if char.isalpha()]
    if not letters:
        return 5 if all(not char.isalnum() for char in word) and word.strip() else 6
    if all(char.islower() for char in letters):
        return 0
    if letters[0].isupper() and not any(char.isupper() for char in letters[1:]):
        return 1
    if all(char.isupper() for char in letters):
        return 2
    return 3 if any(char.isupper() for char in letters) else 6


def _cut(text: str, line: Sequence[_Piece], limit: int) -> int:
    """How many of the line's pieces go into a window of ``limit`` pieces; at least one."""
    spaced = [
        index
        for index, (before, after) in enumerate(pairwise(line[: limit + 1]), start=1)
        if after.start > before.end
    ]
    for index in reversed(spaced):
        end = line[index - 1].end
        if index * 3 >= limit and _SENTENCE_END.search(text, max(0, end - 4), end):
            return index
    return spaced[-1] if spaced else min(limit, len(line))
