"""What the form of a name tells: facilities, laws, events, weapons, operations; countries by what they have.

The encoder has seen few of these. Which words end which kind of name was read off the newswire's train part.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import replace
from typing import Final

from workers.nlp.found import NameSpan, overlaps

_SCORE: Final = 0.6
_FACILITY: Final = re.compile(
    r"\b(?:Hospital|Museum|Bridge|Airport|Airbase|Airfield|Stadium|Temple|Mosque|Dam|Roundabout|Interchange|Bypass"
    r"|Cemetery|Prison|Barracks|Castle|Zoo|Cathedral|Spaceport|(?:Air|Naval|Military|Air Force|Army) Base"
    r"|(?:Power|Nuclear|Nuclear Power|Steel) (?:Plant|Station))$"
)
_LAW: Final = re.compile(
    r"\b(?:Act|Bill|Treaty|Accords?|Agreement|Constitution|Amendment|Penal Code)(?: of \d{4})?$"
)
_EVENT: Final = re.compile(
    r"\b(?:Cup|Festival|Awards?|Summit|Games|War|Championships?|Olympics|Revolution|Expo|Exposition|Uprising"
    r"|Pandemic)(?: (?:I{1,3}|(?:19|20)\d\d))?$|^(?:Battle|Siege) of "
)
_OPERATION: Final = re.compile(
    r"\bOperation (?!Center|Centre|Officer|Manager|Command|Room|And|Of)[A-Z][\w’'-]+(?: [A-Z][\w’'-]+){0,2}"
)
_WEAPON: Final = re.compile(
    r"\b(?:(?:F|S|T|J|E|P)-\d{1,3}|(?:Su|MiG|Kh|AK|KF|Tu|MQ|RQ|An|RPG|BM|Mi|Ka|Il|AH|UH|CH|DF|JF|Yak|AGM|AIM|MIM"
    r"|GBU|BMP|BTR|SM|SS)-\d{1,3}|C-(?:5|17|130)|B-(?:1|2|17|21|29|52)|A-10|U-2)[A-Z]{0,2}s?\b"
    r"|\bBoeing 7\d7(?:-\d+)?\b|\bAirbus A3\d\d\b|\bHIMARS\b"
)
_DISEASE: Final = re.compile(r"\b(?:COVID|Covid|covid|SARS-C[oO]V)-?\d{1,2}\b")
_BASE: Final = re.compile(
    r"\b(?!(?:The|At|In|On|From|Near|A|An|And|But|By|To|Of|Over|After|When|While|As) )(?:[A-Z][\w’'-]+ ){1,3}"
    r"(?:Air Force Base|Air Base|Naval Base|Naval Air Station|Airbase|Airfield|International Airport)\b"
)
# What only a state has; "Velik's minister" may be a prime minister's.
_STATE_OF: Final = re.compile(
    r"\b(?:government|republic|kingdom|people|parliament|border|capital|embassy|invasion|troops|president"
    r"|prime minister|foreign minister)s? (?:of|with|in|from) $",
    re.IGNORECASE,
)
_OF_STATE: Final = re.compile(
    r"[’']s (?:government|parliament|border|capital|embassy|army|navy|air force|coast|territory|population"
    r"|economy|president|prime minister|(?:foreign|defen[cs]e|interior|finance) minist(?:er|ry))\b"
)
_COURTESY: Final = re.compile(r"\b(?:Mr|Mrs|Ms|Dr|Sen|Rep|Gov|Gen|President|Minister|Senator)\.? $")

_PATTERNS: Final = ((_OPERATION, "EVENT"), (_WEAPON, "PRODUCT"), (_DISEASE, "EVENT"), (_BASE, "FAC"))


def label_of_form(label: str, name: str) -> str:
    """The label that the end of ``name`` tells; ``label``, the encoder's, when it tells none."""
    if " " not in name or label in ("DATE", "MONEY"):
        return label
    if label in ("LOC", "MISC") and _FACILITY.search(name):
        return "FAC"
    if _LAW.search(name):
        return "LAW"
    return "EVENT" if _EVENT.search(name) else label


def with_forms(text: str, names: Sequence[NameSpan]) -> list[NameSpan]:
    """``names`` with weapons, operations and countries that the encoder missed or took for something else."""
    found = list(_matches(text))
    kept = [
        name
        for name in names
        if not any(overlaps((name.start, name.end), (form.start, form.end)) for form in found)
    ]
    states = _states(text, kept)
    kept = [replace(name, label="GPE") if text[name.start : name.end] in states else name for name in kept]
    return sorted([*kept, *found], key=lambda name: name.start)


def _matches(text: str) -> Iterator[NameSpan]:
    for pattern, label in _PATTERNS:
        for match in pattern.finditer(text):
            yield NameSpan(label, *match.span(), _SCORE)


def _states(text: str, names: Sequence[NameSpan]) -> set[str]:
    """Single words taken for people or firms that have what states have, or a people named after them."""
    people = [text[name.start : name.end].split() for name in names if name.label == "PERSON"]
    full = {word for parts in people if len(parts) > 1 for word in parts}
    peoples = {text[name.start : name.end] for name in names if name.label == "NORP"}
    words = {text[n.start : n.end] for n in names if n.label in ("PERSON", "ORG")}
    return {
        word for word in words - full if word.isalpha() and word.istitle() and _is_state(text, word, peoples)
    }


def _is_state(text: str, word: str, peoples: Set[str]) -> bool:
    if word.endswith("ia") and f"{word}n" in peoples:
        return True
    told = False
    for match in re.finditer(rf"\b{word}\b", text):
        before = text[max(0, match.start() - 24) : match.start()]
        if _COURTESY.search(before):
            return False
        told = told or bool(_STATE_OF.search(before) or _OF_STATE.match(text, match.end()))
    return told
