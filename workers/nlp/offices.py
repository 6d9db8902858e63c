"""How well an office that somebody holds answers a description of somebody."""

from __future__ import annotations

from typing import Final

from workers.domain.claim import SourceKind
from workers.nlp.found import Resolved
from workers.nlp.people import COMPANIES, INSTITUTIONS, MEDIA, PARTIES, sex
from workers.nlp.places import country_of
from workers.nlp.roles import Description, describe
from workers.nlp.tables import words

_KIN: Final = (
    frozenset(["spokesman", "spokeswoman", "spokesperson"]),
    frozenset(["representative", "congressman", "congresswoman", "lawmaker", "legislator"]),
    frozenset(["senator", "lawmaker", "legislator"]),
    frozenset(["nominee", "candidate", "contender", "hopeful"]),
    frozenset(["chairman", "chairwoman", "chair", "chairperson"]),
    frozenset(["leader", "head", "chief", "boss"]),
    frozenset(["adviser", "advisor", "aide"]),
    frozenset(["lawyer", "attorney", "counsel"]),
    frozenset(["reporter", "journalist", "correspondent"]),
    frozenset(["billionaire", "mogul", "businessman", "developer", "tycoon"]),
    frozenset(["minister", "premier"]),
    frozenset(["professor", "economist", "researcher", "scientist", "scholar", "historian", "expert"]),
)

# Words that make another office of an office: no vice president is "the president".
RANKS: Final = frozenset({"former", "vice", "deputy", "assistant", "associate", "acting", "shadow"})

PAPERS: Final = words("""newspaper paper magazine newsroom outlet broadcaster station""")
_UNION: Final = frozenset({"association", "federation", "brotherhood", "workers", "teamsters", "guild"})


def stands_for(noun: str, named: Resolved) -> bool:
    """Can "the agency" be ``named`` although its name has another noun?"""
    lowered = set(named.name.lower().split())
    media = MEDIA.search(named.name) is not None
    if noun == "agency":
        return named.kind is SourceKind.GOVERNMENT and bool(lowered & INSTITUTIONS or named.name.isupper())
    if noun == "union":
        return bool(lowered & _UNION)
    if noun in PAPERS or noun == "network":
        return media
    return noun in COMPANIES and named.kind is SourceKind.ORGANIZATION and not media


def fit(found: Description, role: str) -> float:
    """How well an office answers a description: 0 no, 1 the same noun, more for each word shared."""
    known = describe(role)
    if known is None:
        return 0.0
    if known.head != found.head and not any({known.head, found.head} <= kin for kin in _KIN):
        return 0.0
    sexes = {sex("", (known.head,)), sex("", (found.head,))}
    if {"m", "f"} <= sexes:
        return 0.0
    mine = " ".join((found.possessor, *found.words.split()))
    theirs = country_of(role)
    country = country_of(mine)
    if country is not None and theirs is not None and country != theirs:
        return 0.0
    parties = {party for party in PARTIES if party & set(found.words.lower().split())}
    if parties and any(party & set(role.lower().split()) for party in PARTIES if party not in parties):
        return 0.0
    mine_words = {*found.modifiers, *found.possessor.lower().split()} - {"the", "a", "an"}
    shared = mine_words & set(role.lower().split())
    if RANKS & set(found.modifiers) != RANKS & set(role.lower().split()):
        return 0.0
    if found.indefinite and not shared and (country is None or country != theirs):
        return 0.0
    if found.modifiers and not shared and (theirs is None or country is None) and known.modifiers:
        return 0.0
    if "vice" in known.modifiers and "vice" not in found.modifiers:
        return 0.0
    return 1.0 + 0.5 * len(shared) + (0.5 if country is not None and country == theirs else 0.0)
