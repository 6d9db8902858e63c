"""Reads the word lists that modules keep as wrapped text."""

from __future__ import annotations


def words(text: str) -> frozenset[str]:
    """The words of ``text``, parted by any white space."""
    return frozenset(text.split())


def phrases(text: str) -> frozenset[str]:
    """The phrases of ``text``, parted by commas; a phrase may go on over a line end."""
    return frozenset(" ".join(phrase.split()) for phrase in text.split(",") if phrase.strip())


def pairs(text: str) -> dict[str, str]:
    """``{"left": "right"}`` from lines of "left: right"."""
    lines = (line.partition(":") for line in text.strip().splitlines())
    return {left.strip(): right.strip() for left, _, right in lines}


def listed(text: str) -> tuple[str, ...]:
    """The words of ``text`` in order."""
    return tuple(text.split())
