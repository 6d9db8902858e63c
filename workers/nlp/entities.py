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
from workers.nlp.found import NameSpan, overlaps
from workers.nlp.places import DEMONYMS, place_label

_LAW: Final = re.compile(
    r"\b(?:Act|Bill|Law|Treaty|Accords?|Agreement|Constitution|Amendment|Convention|Resolution|Article \d+)\b"
)
_WORK: Final = re.compile(r"^[\"“‘']")
_EDGE: Final = ' \t\n\r"“”‘,;:.!?()[]'
_PAPER: Final = re.compile(r"(?<=\w)\s(?:poll|report|survey|study|spokesman|spokeswoman|officials?)$")
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
        names = _agreed(text, tidied)
        return tuple(
            name
            for name in names
            if name.start < name.end and not any(overlaps((name.start, name.end), hole) for hole in masked)
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
    for words, counted in votes.items():
        label = max(counted, key=lambda label: counted[label])
        if len(counted) > 1 and counted[label] * 3 >= 2 * sum(counted.values()):
            winners[words] = label
    return [replace(name, label=winners.get(text[name.start : name.end], name.label)) for name in names]


def _abbreviated(words: str) -> bool:
    return "." in words[:-1] or words.endswith(("Inc.", "Corp.", "Co.", "Ltd.", "Jr.", "Sr."))


def _match(pattern: re.Pattern[str], words: str) -> str:
    match = pattern.search(words)
    return match.group() if match is not None else ""


def _label(label: str, words: str) -> str:
    if words in DEMONYMS and label in ("LOC", "NORP", "ORG", "MISC"):
        return "NORP"
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
