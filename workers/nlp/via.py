"""Through whom a source is known ("according to NBC News"), and to whom it spoke ("told lawmakers")."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from workers.nlp.found import Speaker, Stretch
from workers.nlp.lexicon import ACTS, lemma

_OUTLET: Final = (
    r"(?P<who>(?:[a-z]+ ){0,3}?(?:[A-Z0-9][\w.&’'-]*)(?:[ -](?:of|the|for|and|[A-Z0-9][\w.&’'-]*)){0,5}"
    r"|(?:a|an|the|one|two|three|several) [\w’' -]{3,60}?)"
)
_END: Final = r"(?=\s*(?:$|[,.;:!?)“”\"—–]|\s-|\son\s|\sthat\s|\swhich\s|\swho\s|\sin (?:a|an|the)\b))"
_ACCORDING: Final = re.compile(
    rf"(?:\b[Aa]ccording to|\bas (?:first )?(?:reported|quoted) by|\b[Pp]er|\b(?:was|were|is) (?:quoted"
    rf"|cited) (?:as saying )?by|\bin an interview with|\b(?:first )?reported by|,\s(?:quoted|cited) by)"
    rf"\s+{_OUTLET}{_END}"
)
_PASSIVE_SAYING: Final = re.compile(r"\b(?:quoted|cited)\b")
_TOLD: Final = frozenset(
    [
        "tell",
        "inform",
        "brief",
        "assure",
        "remind",
        "warn",
        "ask",
        "urge",
        "notify",
        "advise",
        "promise",
        "email",
        "text",
    ]
)
_STOP: Final = (
    r"(?:on|in|at|during|after|before|that|to|this|last|late|early|earlier|later|about|as|when|while|if|who"
    r"|via|by|for|from|outside|inside"
    r"|aboard|over|through|today|yesterday|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday"
    r"|following|how|why|what|whether|he|she"
    r"|they|it|we|I|not|there|of|with|afterward|recently|and)"
)
_ADDRESSEE: Final = re.compile(
    rf"\s+(?P<whom>(?!{_STOP}\b)[\w“‘][\w.&’'-]*(?:\s(?!{_STOP}\b)[\w.&’'-]+){{0,5}}?(?:\s(?:of|from|in)\s"
    rf"(?:[A-Z][\w.&’'-]*|the [A-Z][\w.&’'-]*))*)"
    rf"(?=\s+{_STOP}\b|[,.;:“”\"—(]|\s*$)"
)
_SPEECH_VERB: Final = re.compile(
    r"(?<=\s)(?:(?:has|have|had|also|later|then|repeatedly|reportedly)\s+)*(?P<verb>[a-z]+(?:ed|s|d|id)"
    r"|told|said|says|wrote|spoke)\b"
)
_INVERTED: Final = re.compile(
    r"(?P<quote>[“\"][^\n]*[,.!?][”\"])\s+(?P<who>[^“”\"\n.]{2,80}?)\s(?P<verb>[a-z]+(?:ed|s)|said|told|wrote)"
)
# A turn of a transcript: "HOLT: Well, it is over."
_TURN: Final = re.compile(
    r"[“\"]?(?P<who>[A-Z][A-Z.’'-]+(?: [A-Z][A-Z.’'-]+){0,3})(?P<colon>:)\s+(?P<told>\S.*\S)", re.DOTALL
)
_SOURCE_LIMIT: Final = 120


def find_via(text: str, sentence: Stretch, taken: tuple[Stretch, ...]) -> list[Stretch]:
    """Whom the sentence names as who reported it; nothing inside ``taken``, the claim's own parts."""
    found = []
    for match in _ACCORDING.finditer(text, *sentence):
        span = _stripped(text, match.span("who"))
        if not any(span[0] < end and start < span[1] for start, end in taken):
            found.append(span)
    return found


def find_addressee(text: str, cue: Stretch, base: str, limit: int) -> Stretch | None:
    """Whom the words after a cue of telling name, before ``limit``."""
    if base not in _TOLD:
        return None
    match = _ADDRESSEE.match(text, cue[1], max(cue[1], min(limit, cue[1] + 90)))
    return _stripped(text, match.span("whom")) if match is not None else None


def _stripped(text: str, span: Stretch) -> Stretch:
    """Without a full stop that ends the sentence rather than an abbreviation."""
    words = text[slice(*span)]
    return (span[0], span[1] - 1) if words.endswith(".") and "." not in words[:-1] else span


def split_inverted(text: str, content: Stretch) -> tuple[Stretch, Stretch, Stretch] | None:
    """Source, cue and content inside "“A trap,” the minister said", or ``None``."""
    match = _INVERTED.fullmatch(text, *content)
    if match is None or lemma(match["verb"]) not in ACTS:
        return None
    return match.span("who"), match.span("verb"), match.span("quote")


def split_turn(text: str, content: Stretch) -> tuple[Stretch, Stretch, Stretch] | None:
    """Source, cue and content of a transcript's turn at the start of a line, or ``None``."""
    start, end = content
    line = max(text.rfind("\n", 0, start), text.rfind("\r", 0, start)) + 1
    if start - line > 1:  # at most a quotation mark before it
        return None
    match = _TURN.fullmatch(text, start, end)
    return None if match is None else (match.span("who"), match.span("colon"), match.span("told"))


def distinct(via: Sequence[Speaker]) -> tuple[Speaker, ...]:
    """Each of them once, whatever rule found it."""
    return tuple({speaker.resolved.name: speaker for speaker in reversed(via)}.values())[::-1]


def split_nested(
    text: str, content: Stretch, names: list[Stretch]
) -> tuple[Stretch, Stretch, Stretch] | None:
    """Source, cue and content inside "Kirby called the troops fair game", or ``None``.

    ``names`` are the names of people and organisations; one of them must stand before the verb of saying.
    """
    start, end = content
    for match in _SPEECH_VERB.finditer(text, start, min(end, start + _SOURCE_LIMIT)):
        base = lemma(match["verb"])
        if base not in ACTS or base in (
            "be",
            "have",
            "do",
            "go",
            "make",
            "give",
            "put",
            "read",
            "find",
            "cover",
            "offer",
        ):
            continue
        before = [name for name in names if start <= name[0] and name[1] <= match.start()]
        if not before or re.search(r"[,;:.“\"]\s|\bthat\b", text[before[-1][1] : match.start()]):
            return None
        told = _ADDRESSEE.match(text, match.end(), end) if base in _TOLD else None
        after = match.end() if told is None else told.end()
        rest = after + len(text[after:end]) - len(text[after:end].lstrip())
        begin = start + (5 if text.startswith("that ", start) else 0)
        source = (begin, match.start() - (1 if text[match.start() - 1].isspace() else 0))
        if text[match.start() - 1 : match.start()].isspace() and before[-1][1] < source[1] - 1:
            return None
        return (source, (match.start(), match.end()), (rest, end)) if rest < end else None
    return None
