"""Does a source hold that something is so? Stance, negation and denials inside what it said."""

import re
from functools import lru_cache

from workers.domain.claim import Stance
from workers.relations import caches

_STANCES = {Stance.AFFIRMS: 1, Stance.REFUTES: -1, Stance.OPEN: 0}
_DENIAL = re.compile(
    r"\b(?:(?:den(?:y|ies|ied|ying)|reject(?:s|ed|ing)?|dismiss(?:es|ed|ing)?|refut(?:es?|ed|ing)"
    r"|disputed|rul(?:es?|ed|ing) out|debunk(?:s|ed)?)"
    r"(?!\s+(?:him|her|them|entry|access|bail|asylum|permission|visas?)\b)"
    r"|denial that|(?:refus(?:es|ed|al)|fail(?:s|ed|ure)?|declin(?:es|ed)) to)\b",
    re.IGNORECASE,
)
_FALSEHOOD = re.compile(
    r"\b(?:is|are|was|were|be|been|as|'s|’s)\s+(?:\w+\s+){0,2}?(?:false|untrue|lies?|fabricat(?:ed|ions?)"
    r"|inventions?|invented|baseless|unfounded|groundless|absurd|hoax|fake|fairy tale|nonsense|fiction|gossip"
    r"|propaganda|myth|incorrect)\b",
    re.IGNORECASE,
)
_FALSELY = re.compile(r"\b(?:falsely|wrongly|baselessly)\b", re.IGNORECASE)
_NEGATION = re.compile(
    r"\b(?:not|never|cannot|nobody|none|nothing|neither|without|no longer"
    r"|no(?!\s+(?:more|fewer|less|later|doubt|question that|matter|longer|sooner|earlier|one knows"
    r"|wonder)\b))\b|n['’]t\b",
    re.IGNORECASE,
)
_NO_NEGATION = re.compile(
    r"\b(?:not\s+(?:only|just|yet clear|even|least|to mention)|cannot wait|why not|whether or not"
    r"|nothing (?:but|less))\b",
    re.IGNORECASE,
)
_STRESS = re.compile(
    r"\b(?:no\s+(?:doubt|question that|wonder)|not\s+(?:only|just|least|to mention)"
    r"|nothing\s+(?:but|less))\b",
    re.IGNORECASE,
)
_MAIN_PART = re.compile(
    r"[;—]|,?\s(?:because|although|though|while|whereas|if|unless|until|but)\s", re.IGNORECASE
)


def stance_sign(stance: Stance) -> int:
    """Return 1 for a source that holds what it says true, -1 for one that denies it, 0 for one that asks."""
    return _STANCES[stance]


def text_sign(text: str) -> int:
    """Return -1 for a text that says in its main part that something is not so, else 1.

    A denial of a denial is an affirmation: each denial and each negation turns the sign once.
    """
    return -1 if turns(text) % 2 else 1


@lru_cache(maxsize=caches.TEXTS)
def clauses(text: str) -> tuple[str, ...]:
    """Return the parts of a text that are so, or not so, by themselves; at least one."""
    return tuple(part for part in _MAIN_PART.split(text.strip()) if part.strip()) or (text,)


@lru_cache(maxsize=caches.TEXTS)
def turns(text: str) -> int:
    """Return how often the main part of a text turns its sign."""
    main = _MAIN_PART.split(text.strip(), maxsplit=1)[0] or text
    main = _NO_NEGATION.sub(" ", main)
    return (
        min(1, len(_NEGATION.findall(main)))
        + len(_DENIAL.findall(main))
        + min(1, len(_FALSEHOOD.findall(main)) + len(_FALSELY.findall(main)))
    )


def negations(text: str) -> int:
    """Return how many words like "not" stand in a text, wherever."""
    return len(_NEGATION.findall(text))


def stresses(text: str) -> bool:
    """Does a text affirm with a word of negation ("there is no question that", "not only")?"""
    return _STRESS.search(text) is not None
