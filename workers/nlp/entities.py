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
from workers.nlp.found import NameSpan, Role, RoleSpan, overlaps
from workers.nlp.people import COMPANIES, COURTESIES, FEMALE, INSTITUTIONS, MALE, split_titles
from workers.nlp.places import COUNTRIES, DEMONYMS, STATES, place_label
from workers.nlp.roles import is_person_noun, is_plural_noun
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
_TWO_PEOPLE: Final = re.compile(r"(?:[^\W\d_][\w.’'-]*\s){0,2}[^\W\d_][\w.’'-]*(\s(?:and|&)\s)(?=[A-Z])")
_PARTISANS: Final = words("""Republican Democrat Libertarian Republicans Democrats Conservative Liberal""")
_BODIES: Final = words("""panel committee subcommittee commission""")
# "Neither Holt", "Even Holt": what opens a sentence is no part of a name.
_OF_PLACE: Final = re.compile(rf"\sof\s(?:{'|'.join(sorted(STATES, key=len, reverse=True))})$")
_OPENING: Final = re.compile(
    r"(?:Neither|Both|Even|Like|Unlike|But|And|So|While|When|Although|Though|As|If|Because|Yet|Still|Only"
    r"|Then|Now|Rival|Fellow|Former|Ex-|Nor|Or|Meanwhile,)\s*(?=[A-Z])"
)
# What a name is worth that was read by its form alone.
_READ: Final = 0.5
_FULL_NAME: Final = re.compile(
    r"(?:(?P<title>\b(?:Sens?|Reps?|Govs?|Gen|Lt|Col|Sgt|Capt|Dr|Prof|Rev|Mayor|Governor|Senator|President"
    r"|Congressman|Congresswoman|Secretary|Minister|Justice|Judge|Ambassador)\.?)\s)?"
    r"(?P<name>\b(?P<given>[A-Z][a-zà-ÿ]+)\s(?:[A-Z]\.\s){0,2}[A-Z][\w’'-]*[a-zà-ÿ](?<![’']s))"
)
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
        text = doc._.claimwire_text
        found = [name for name in doc._.claimwire_names if name.score >= self.threshold]
        parts = [part for name in found for part in _parts(text, _tidy(text, name))]
        tidied = [part for part in parts if not _common(text, part)]
        tidied += _told_in_sources(text, doc._.claimwire_roles, found)
        tidied.sort(key=lambda name: name.start)
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
    if name.label == "PERSON" and (opening := _OPENING.match(text, start, end)):
        start = opening.end()
    if name.label == "PERSON":
        end -= len(_match(_OF_PLACE, text[start:end]))
    if name.label == "ORG":
        end -= len(_match(_PAPER, text[start:end]))
    words = text[start:end]
    return NameSpan(_label(name.label, words), start, end, name.score)


def _parts(text: str, name: NameSpan) -> list[NameSpan]:
    """ "Holt and Reed", marked as one person, are two; of "Rep. Ada Holt", marked as a firm, she is left."""
    if name.label == "PERSON" and (both := _TWO_PEOPLE.match(text, name.start, name.end)):
        halves = [(name.start, both.start(1)), (both.end(1), name.end)]
        return [replace(name, start=start, end=end) for start, end in halves]
    words = text[name.start : name.end]
    if name.label in ("PERSON", "ORG", "EVENT") and " " in words:
        titles, bare = split_titles(words)
        office = any(title not in COURTESIES for title in titles) and words.endswith(bare)
        if office and (name.label == "PERSON" or _reads_as_person(bare)):
            return [NameSpan("PERSON", name.end - len(bare), name.end, name.score)]
    return [name]


def _common(text: str, name: NameSpan) -> bool:
    """Is it people by what they are ("top black lawmakers", "Arizona Republican") and no name?"""
    last = text[name.start : name.end].split()[-1:]
    if name.label == "PERSON":
        return bool(last) and last[0] in _PARTISANS and not text.startswith("Mr", name.start)
    if name.label != "ORG" or not last or not last[0].islower():
        return False
    return is_plural_noun(last[0]) or is_person_noun(last[0]) or last[0] in _BODIES


def _told_in_sources(text: str, roles: Sequence[RoleSpan], names: Sequence[NameSpan]) -> list[NameSpan]:
    """People named in a source that the encoder saw nobody in: "former Gov. Bo Lund of Norland"."""
    taken = [(name.start, name.end) for name in names]
    found = []
    for role in roles:
        if role.role is not Role.SOURCE:
            continue
        for match in _FULL_NAME.finditer(text, role.start, role.end):
            span = match.span("name")
            told = match["title"] is not None or match["given"].lower() in MALE | FEMALE
            if told and _no_outfit(match["name"]) and not any(overlaps(span, other) for other in taken):
                found.append(NameSpan("PERSON", *span, _READ))
    return found


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
    return parts[0].lower() in MALE | FEMALE and _no_outfit(words) and not parts[1].isupper()


def _no_outfit(words: str) -> bool:
    """Is its last word one that no firm, place or body ends with?"""
    return words.split()[-1].lower() not in INSTITUTIONS | COMPANIES | _OUTFITS


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
    requires=["doc._.claimwire_names", "doc._.claimwire_roles"],
    assigns=["doc.ents", "doc._.claimwire_names"],
    default_config={"threshold": 0.3},
)
def make_entities(nlp: Language, name: str, threshold: float) -> Any:
    """The factory."""
    return ClaimwireEntities(name, threshold=threshold)
