"""What kind of source some words, a name or a description stand for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from workers.domain.claim import SourceKind
from workers.nlp.found import Cluster
from workers.nlp.people import DOCUMENT_NOUNS, GOVERNMENT_WORDS, GROUP_NOUNS, MEDIA
from workers.nlp.places import SEATS
from workers.nlp.roles import Description, describe, is_person_noun
from workers.nlp.tables import words

_ANONYMOUS_NOUNS: Final = frozenset(["source", "sources", "insider", "insiders"])
_ANONYMOUS: Final = re.compile(
    r"\b(?:on (?:the )?condition of anonymity|anonymous|unnamed|unidentified|familiar with|briefed on"
    r"|with knowledge of"
    r"|close to the (?:matter|talks|negotiations|campaign)|not authorized)\b",
    re.IGNORECASE,
)
_PERSONAL: Final = words("""i me my he him his she her who whom you""")
_THINGS: Final = frozenset(["it", "its", "that", "which", "this"])
_NAMES: Final = ("PERSON", "ORG", "GPE", "NORP", "LOC", "FAC")
_AFTER: Final = re.compile(
    r"\s*(?:$|[,(;:–—\[]|[-–]{2}|\s(?:of|in|at|for|on|from|to|who|himself|herself|and|both|also"
    r"|campaigning)\b|'s? *$|’s? *$)"
)
_BEFORE: Final = re.compile(
    r"\b(?:of|for|to|with|from|by|on|at|in|against|behind|about|near|inside|within|between|like|under"
    r"|familiar|close)\s+(?:the\s+)?$",
    re.IGNORECASE,
)
# "the average of recent Norland polls": the name lies further in.
_WITHIN: Final = re.compile(r"\b[a-z]{3,}\s(?:of|for|to|from|by|in|on|at|with)\s")
_OUTER: Final = re.compile(
    r"[,(]|\b(?:who|that|including|such as|(?:led|headed|chaired|founded|run|backed|hired) by)\b"
)
_NAMED_BY_TITLE: Final = re.compile(r"^[^,(]*,\s(?:[A-Z][a-z]+\.?\s)?$")
# "One early supporter, Representative Ada Holt, of Norland": who the description before is.
_APPOSED: Final = re.compile(r"(?P<told>[^,]{3,90}),\s(?:(?:[A-Z][\w.’'-]*|[a-z]+(?:-[a-z]+)?)\s){0,6}$")
_LINKING: Final = re.compile(
    r"\b(?:who|that|which|including|like|and|or|such as|of|for|to|with|from|by|in|at|on|said|says)\s"
)
_NOTHING: Final = re.compile(r"\s*(?:\([^)]*\))?[\s,]*")


def kind_of_cluster(found: Cluster) -> SourceKind:
    """By label and name: ministries, parliaments and countries are governments, "Democrats" a group."""
    if found.label == "PERSON":
        return SourceKind.PERSON
    if found.label in ("GPE", "LOC"):
        return SourceKind.GOVERNMENT
    if found.label == "NORP":
        return SourceKind.GROUP
    if found.label in ("WORK_OF_ART", "LAW"):
        return SourceKind.DOCUMENT
    if found.name in SEATS or (_governs(found.name) and not MEDIA.search(found.name)):
        return SourceKind.GOVERNMENT
    return SourceKind.ORGANIZATION


def kind_of_words(words: str) -> SourceKind:
    """For words that are neither a known name nor a description."""
    lowered = words.lower().strip(" ,.")
    bare = lowered.removesuffix("'s").removesuffix("’s")
    if bare in _PERSONAL:
        return SourceKind.PERSON
    if bare in _THINGS:
        return SourceKind.ORGANIZATION
    if bare.split()[-1:] and bare.split()[-1] in DOCUMENT_NOUNS:
        return SourceKind.DOCUMENT
    if _governs(lowered):
        return SourceKind.GOVERNMENT
    if MEDIA.search(words):
        return SourceKind.ORGANIZATION
    if re.match(r"(?:one|another) of\b", lowered):
        return SourceKind.ANONYMOUS
    if re.match(r"(?:the|a|an|his|her|their) [\w-]+(?:er|or|ist|ian)$", lowered):
        return SourceKind.PERSON
    capitals = [word for word in words.split() if word[0].isupper()]
    named = len(capitals) > 1 or (len(capitals) == 1 and " " not in words.strip())
    return SourceKind.ORGANIZATION if named else SourceKind.GROUP


def described_kind(found: Description) -> SourceKind:
    """A person, a group, a paper, a part of a government, or somebody who keeps the name back."""
    if _ANONYMOUS.search(found.words) or found.head in _ANONYMOUS_NOUNS:
        return SourceKind.ANONYMOUS
    if found.head in ("police", "authorities", "government", "governments"):
        return SourceKind.GOVERNMENT
    if found.head in DOCUMENT_NOUNS:
        return SourceKind.DOCUMENT
    if found.plural or found.head in GROUP_NOUNS:
        return SourceKind.GROUP
    return SourceKind.PERSON


def head_name(words: str, names: Sequence[tuple[str, int, int]]) -> int | None:
    """Which of ``names`` (label, start, end in ``words``, in order) is the source itself, if any is.

    "NATO spokeswoman Ann Roe" is Ann Roe, "Ann Roe, head of NATO" too; "aides to Roe" and "Roe's aides"
    are neither.
    """
    for wanted in (("PERSON",), _NAMES):
        for number, (label, start, end) in enumerate(names):
            if label not in wanted or not _AFTER.match(words[end:]):
                continue
            before = words[:start]
            if _NAMED_BY_TITLE.match(before) and _NOTHING.fullmatch(words[end:]):
                return number
            if label == "PERSON" and _apposed(before) and not re.match(r"\s*(?:and|or)\b", words[end:]):
                return number
            if _BEFORE.search(before) or _OUTER.search(before):
                continue
            if label != "PERSON" and _WITHIN.search(before):
                continue
            if (
                label != "PERSON"
                and describe(before.strip() or "-") is not None
                and not before.rstrip().endswith(("the", "The"))
            ):
                continue
            return number
    return None


def _apposed(before: str) -> bool:
    """Is what stands before a name a description of one person and a comma?"""
    match = _APPOSED.match(before)
    if match is None or _LINKING.search(before, match.end("told")):
        return False
    told = describe(match["told"])
    return told is not None and not told.plural and is_person_noun(told.head)


def _governs(name: str) -> bool:
    return any(word in GOVERNMENT_WORDS for word in re.findall(r"[a-z]+", name.lower()))
