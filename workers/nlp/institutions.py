"""What "the House panel", "the board of elections" and "the poll" shorten: names told in full elsewhere."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from workers.nlp.offices import PAPERS
from workers.nlp.people import COMPANIES, INSTITUTIONS
from workers.nlp.referents import Referent
from workers.nlp.roles import Description
from workers.nlp.tables import words

_PANELS: Final = words("""panel committee subcommittee commission board council""")
_BODY: Final = INSTITUTIONS | COMPANIES | PAPERS | _PANELS
_PHRASE: Final = re.compile(
    r"(?:(?P<article>the|that|this|an?)\s)?(?P<words>(?:[\w’'.-]+\s){0,4}[\w’'-]+)", re.IGNORECASE
)
_INDEFINITE: Final = frozenset({"a", "an"})
_CAPITAL: Final = r"[A-Z][\w.&’'/-]*+"
_TITLE: Final = rf"{_CAPITAL}(?: (?:{_CAPITAL}|of|and|national|new|state|exit|tracking)){{0,6}}\s"
_OPENING: Final = re.compile(
    r"(?:(?:The|A|An|This|That|In|But|And|Another|According to)\s(?:the\s|an?\s)?|[a-z]+\s)+"
)
# What goes by the name of who made it; and words that name nobody.
_STUDIES: Final = words("""poll survey study report analysis""")
_NEWS: Final = words("""new latest same recent national annual""")
_WHOSE: Final = words("""his her their its our my""")
_REACH: Final = 2500


def body(referents: Sequence[Referent], phrase: str, start: int, *, lead: bool) -> Referent | None:
    """The body named in full that ``phrase`` shortens by its words: "the appeals court", "a House panel".

    "A ..." is looked for in the ``lead`` only, and there also after ``start``. Bare nouns are not for this.
    """
    match = _PHRASE.fullmatch(phrase)
    if match is None or " " not in match["words"]:
        return None
    indefinite = (match["article"] or "a").lower() in _INDEFINITE
    lowered = match["words"].lower().split()
    if indefinite and not lead:
        return None
    named = [r for r in referents if r.speaks and r.resolved.cluster is not None and not r.human]
    fits = [r for r in named if _shortens(lowered, r.resolved.name.lower().split())]
    before = [r for r in fits if min(r.places) < start]
    if before:
        return max(before, key=lambda r: max(place for place in r.places if place < start))
    return min(fits, key=lambda r: min(r.places), default=None) if lead else None


def _shortens(short: Sequence[str], name: Sequence[str]) -> bool:
    """Is ``short`` the end of ``name``, or its noun with some of its other words?"""
    if len(short) >= len(name):
        return False
    if list(name[-len(short) :]) == list(short):
        return short[-1] in _BODY or short[0] in _BODY
    noun = short[-1]
    if noun not in _BODY:
        return False
    nouns = _PANELS if noun in _PANELS else frozenset({noun})
    return bool(nouns & set(name)) and set(short[:-1]) <= set(name)


def paper(text: str, found: Description, start: int, *, lead: bool) -> str | None:
    """The paper's name, if it has one: "Norvik Times poll" for "the poll", told earlier or just below."""
    plain = set(found.modifiers) <= _NEWS and found.determiner not in _WHOSE and not found.possessor
    if found.head not in _STUDIES or not plain or (found.indefinite and not lead):
        return None
    named = re.compile(rf"\b{_TITLE}{re.escape(found.head)}\b")
    before = list(named.finditer(text, max(0, start - _REACH), start))
    after = named.search(text, start, start + _REACH) if lead else None
    match = before[-1] if before and not found.indefinite else after
    if match is None:
        return None
    opening = _OPENING.match(match.group())
    name = match.group()[opening.end() :] if opening is not None else match.group()
    return name if name[:1].isupper() and " " in name else None
