"""How well an office that somebody holds answers a description of somebody."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

from workers.domain.claim import SourceKind
from workers.nlp.found import Resolved
from workers.nlp.people import COMPANIES, INSTITUTIONS, MEDIA, PARTIES, sex
from workers.nlp.places import SEATS, STATES, country_of
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

# Nouns that tell news of somebody known rather than an office that one must hold to be meant.
_TRAITS: Final = words(
    """republican democrat libertarian conservative liberal mother father native businessman businesswoman
    billionaire millionaire mogul tycoon magnate developer veteran lawmaker politician actor actress singer
    author"""
)
_RUNNING: Final = words("""nominee candidate contender hopeful frontrunner front-runner standard-bearer""")
_HOME: Final = re.compile(r"(?:Democrat|Republican|Independent) of ")
_STATE: Final = re.compile(rf"\b(?:{'|'.join(sorted(STATES, key=len, reverse=True))})\b")

_WHOSE: Final = re.compile(r"\b(?:for|of|to)\s(?:the\s)?[A-Z]|[’']s?\s")

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


def fit(found: Description, role: str, about: Collection[str] = ()) -> float:
    """How well an office answers a description: 0 no, 1 the same noun, more for each word shared.

    ``about`` is all that is told of its holder: "the Norland senator" shares a word with whoever is
    senator and, elsewhere, "Democrat of Norland".
    """
    known = describe(role)
    if known is None or not _kin(known.head, found.head):
        return 0.0
    if _HOME.match(role) and not _states(_asked(found)) & _states(role):
        return 0.0
    told = role if not about else " ".join([role, *about])
    if _opposed(found, told) or _served(found, role):
        return 0.0
    country, theirs = country_of(_asked(found)), country_of(role)
    if country is not None and theirs is not None and country != theirs:
        return 0.0
    mine_words = {*found.modifiers, *found.possessor.lower().split()} - {"the", "a", "an"}
    shared = mine_words & set(told.lower().split())
    if RANKS & set(found.modifiers) != RANKS & set(role.lower().split()):
        return 0.0
    if found.indefinite and not shared and (country is None or country != theirs):
        return 0.0
    if found.modifiers and not shared and (theirs is None or country is None) and known.modifiers:
        return 0.0
    if "vice" in known.modifiers and "vice" not in found.modifiers:
        return 0.0
    # "The president" with no country is rather one's own than another's.
    abroad = -0.5 if country is None and theirs is not None and theirs not in SEATS.values() else 0.0
    return 1.0 + 0.5 * len(shared) + (0.5 if country is not None and country == theirs else abroad)


def unproven(found: Description, about: Collection[str]) -> bool:
    """Does the description name a state of which nothing is told? Then only somebody near is meant."""
    return bool(_states(_asked(found))) and not _states(" ".join(about))


def partisan(found: Description, about: Collection[str]) -> bool:
    """Is "the Democratic nominee" asked for, and a Democrat told of?"""
    party = _party(_asked(found))
    return party is not None and found.head in _RUNNING and _party(" ".join(about)) == party


def new_of(found: Description, about: Collection[str]) -> bool:
    """May "the billionaire" tell news of somebody of whom ``about`` is told? No office is told so."""
    if not about:
        return True
    return found.head in _TRAITS and not _opposed(found, " ".join(about))


def _kin(one: str, other: str) -> bool:
    return one == other or any({one, other} <= kin for kin in _KIN)


def _asked(found: Description) -> str:
    return " ".join((found.possessor, *found.words.split()))


def _opposed(found: Description, told: str) -> bool:
    """Do sex, party or state speak against it that ``found`` is one of whom ``told`` is told?"""
    asked = _asked(found)
    if {sex("", (found.head,)), sex("", (told,))} == {"m", "f"}:
        return True
    mine, theirs = _party(asked), _party(told)
    if mine is not None and theirs is not None and mine != theirs:
        return True
    states, others = _states(asked), _states(told)
    return bool(states and others and not states & others)


def _served(found: Description, role: str) -> bool:
    """Is it "Holt's lawyer" that is asked for, and "lawyer for Reed" that is told of?"""
    whose = _WHOSE.search(role)
    return whose is not None and bool(found.possessor) and found.possessor.split()[-1] not in role.split()


def _party(told: str) -> frozenset[str] | None:
    """The one party that is told of, if it is one."""
    lowered = set(told.lower().split())
    parties = [party for party in PARTIES if party & lowered]
    return parties[0] if len(parties) == 1 else None


def _states(told: str) -> set[str]:
    return {match.group() for match in _STATE.finditer(told)}
