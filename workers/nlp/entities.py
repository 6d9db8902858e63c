"""The component that turns the encoder's names into ``doc.ents`` with OntoNotes labels."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, Final

from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.util import filter_spans

from workers.nlp.extensions import register
from workers.nlp.forms import label_of_form, with_forms
from workers.nlp.found import NameSpan, overlaps
from workers.nlp.people import COMPANIES, FEMALE, INSTITUTIONS, MALE
from workers.nlp.places import COUNTRIES, DEMONYMS, STATES, place_label
from workers.nlp.tables import words

_LAW: Final = re.compile(
    r"\b(?:Act|Bill|Law|Treaty|Accords?|Agreement|Constitution|Amendment|Convention|Resolution|Article \d+)\b"
)
_WORK: Final = re.compile(r"^[\"“‘']")
_OUTFITS: Final = words(
    """campaign university college school center centre street avenue times post tribune news magazine
    airport airlines county city park house hall group foods motors records pictures studios
    brothers sons inc corp co llc ltd plc memorial medical stadium arena award awards prize trust
    holdings capital partners associates station bridge river lake bay beach island islands mountain
    valley tech state"""
)
_SURE: Final = 0.6
_EDGE: Final = ' \t\n\r"“”‘,;:.!?()[]'
_PAPER: Final = re.compile(r"(?<=\w)\s(?:poll|report|survey|study|spokesman|spokeswoman|officials?)$")
_NAMED: Final = frozenset({"PERSON", "ORG", "LOC"})
# "that President Ada Holt"; particles stay ("de Blasio").
_RUN_IN: Final = re.compile(
    r"^(?:(?!(?:de|da|di|du|la|le|van|von|der|den|el|al|bin|ibn|abu|dos|ter|ten)\b)[a-z][a-z’']+\s+)+(?=\S*[A-Z])"
)
_ASIDE: Final = re.compile(r"\s+\([^()]*\)?$")
# "The Republican" is a description, no name.
_NO_PERSON: Final = re.compile(r"[Tt]he\s[A-Z][a-z]+$")
_POSSESSIVE: Final = re.compile(r"[’']s?$")


class ClaimwireEntities:
    """Component ``claimwire_entities``: names that are worth publishing, also as ``doc.ents``.

    Exact offsets stay in ``doc._.claimwire_names``; ``doc.ents`` holds the tokens that cover them.
    """

    def __init__(self, name: str = "claimwire_entities", *, threshold: float = 0.3) -> None:
        """A name less likely than ``threshold`` is left out."""
        register()
        self.name = name
        self.threshold = threshold

    def __call__(self, doc: Doc) -> Doc:
        """Annotate one Doc."""
        self.set_annotations(doc, self.predict(doc))
        return doc

    def predict(self, doc: Doc) -> tuple[NameSpan, ...]:
        """Names with OntoNotes labels, trimmed of marks and possessives, in text order."""
        masked = [(stretch.start, stretch.end) for stretch in doc._.claimwire_masked]
        text = doc.text  # spaCy joins it anew each time
        tidied = [_tidy(text, name) for name in doc._.claimwire_names if name.score >= self.threshold]
        names = _with_repeats(text, with_forms(text, _agreed(text, tidied)))
        return tuple(
            name
            for name in names
            if name.start < name.end
            and not (name.label == "PERSON" and _NO_PERSON.match(text, name.start, name.end))
            and not any(overlaps((name.start, name.end), hole) for hole in masked)
        )

    def set_annotations(self, doc: Doc, names: Iterable[NameSpan]) -> None:
        """Write ``names`` and the spans of tokens that cover them."""
        doc._.claimwire_names = tuple(names)
        spans: list[Span] = []
        for name in doc._.claimwire_names:
            span = doc.char_span(name.start, name.end, label=name.label, alignment_mode="expand")
            if span is not None:
                spans.append(span)
        doc.set_ents(filter_spans(spans))


def _tidy(text: str, name: NameSpan) -> NameSpan:
    start, end = name.start, name.end
    while start < end and text[start] in _EDGE:
        start += 1
    while (
        end > start
        and text[end - 1] in _EDGE
        and not (text[end - 1] == "." and _abbreviated(text[start:end]))
    ):
        end -= 1
    if name.label != "MISC":
        end -= len(_match(_POSSESSIVE, text[start:end]))
    if name.label in _NAMED:
        start += len(_match(_RUN_IN, text[start:end]))
        end -= len(_match(_ASIDE, text[start:end]))
    if name.label == "ORG":
        end -= len(_match(_PAPER, text[start:end]))
    words = text[start:end]
    return NameSpan(_label(name.label, words), start, end, name.score)


def _agreed(text: str, names: Sequence[NameSpan]) -> list[NameSpan]:
    """The same words mean the same kind of thing throughout an article, when most mentions say so."""
    votes: dict[str, dict[str, float]] = {}
    for name in names:
        counted = votes.setdefault(text[name.start : name.end], {})
        counted[name.label] = counted.get(name.label, 0.0) + name.score
    winners: dict[str, str] = {}
    for spelling, counted in votes.items():
        label = max(counted, key=lambda label: counted[label])
        if len(counted) > 1 and counted[label] * 3 >= 2 * sum(counted.values()):
            winners[spelling] = label
    winners.update(dict.fromkeys(_surnames(text, names), "PERSON"))
    return [replace(name, label=winners.get(text[name.start : name.end], name.label)) for name in names]


def _surnames(text: str, names: Sequence[NameSpan]) -> set[str]:
    """Last words of the people named in full; a town or country of that name stays one."""
    full = [text[name.start : name.end].split() for name in names if name.label == "PERSON"]
    return {words[-1] for words in full if len(words) > 1 and words[-1] not in COUNTRIES | STATES}


def _with_repeats(text: str, names: list[NameSpan]) -> list[NameSpan]:
    """Add surnames of the people named, and sure names, where the encoder missed them."""
    wanted: dict[str, NameSpan] = {}
    for name in names:
        words = text[name.start : name.end]
        if name.label == "PERSON" and len(words.split()) in (2, 3):
            wanted.setdefault(words.split()[-1], name)
        if name.label in ("PERSON", "ORG", "GPE") and name.score >= _SURE:
            wanted.setdefault(words, name)
    known = [words for words in wanted if len(words) > 3 and words[0].isupper() and words[-1].isalnum()]
    if not known:
        return names
    pattern = re.compile(rf"\b(?:{'|'.join(map(re.escape, sorted(known, key=len, reverse=True)))})\b")
    taken = iter(sorted((name.start, name.end) for name in names))
    found = list(names)
    hole = next(taken, None)
    for match in pattern.finditer(text):
        while hole is not None and hole[1] <= match.start():
            hole = next(taken, None)
        if (hole is None or match.end() <= hole[0]) and not _part_of_name(text, *match.span()):
            origin = wanted[match.group()]
            found.append(NameSpan(origin.label, *match.span(), origin.score / 2))
    return sorted(found, key=lambda name: name.start)


def _part_of_name(text: str, start: int, end: int) -> bool:
    """Does a capitalised word stand right beside it, as in "Holt Street"?"""
    return bool(
        re.match(r" [A-Z]", text[end : end + 2])
        or re.search(r"[A-Z][\w.]* $", text[max(0, start - 20) : start])
    )


def _abbreviated(words: str) -> bool:
    return "." in words[:-1] or words.endswith(("Inc.", "Corp.", "Co.", "Ltd.", "Jr.", "Sr."))


def _match(pattern: re.Pattern[str], words: str) -> str:
    match = pattern.search(words)
    return match.group() if match is not None else ""


def _reads_as_person(words: str) -> bool:
    """Two capitalised words of which the first is a common given name: "Karl Reed", not "Karl Bank"."""
    parts = words.split()
    if len(parts) != 2 or not all(part[0].isupper() and part.isalpha() for part in parts):
        return False
    first, last = (part.lower() for part in parts)
    return (
        first in MALE | FEMALE and last not in INSTITUTIONS | COMPANIES | _OUTFITS and not parts[1].isupper()
    )


def _label(label: str, words: str) -> str:
    label = label_of_form(label, words)
    if words in DEMONYMS and label in ("LOC", "NORP", "ORG", "MISC"):
        return "NORP"
    if label in ("ORG", "MISC") and _reads_as_person(words):
        return "PERSON"
    if label == "LOC":
        return place_label(words)
    if label == "MISC":
        if _WORK.match(words):
            return "WORK_OF_ART"
        return "LAW" if _LAW.search(words) else "EVENT"
    return label


@Language.factory(
    "claimwire_entities",
    requires=["doc._.claimwire_names"],
    assigns=["doc.ents", "doc._.claimwire_names"],
    default_config={"threshold": 0.3},
)
def make_entities(nlp: Language, name: str, threshold: float) -> Any:
    """The factory."""
    return ClaimwireEntities(name, threshold=threshold)
