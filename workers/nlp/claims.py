"""The component that makes claims of the encoder's spans: who said what, through whom, to whom."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from spacy.language import Language
from spacy.tokens import Doc

from workers.domain.claim import Quotation, ResolvedBy, SourceKind
from workers.domain.entity import MentionKind
from workers.nlp.clusters import clean, same_organization
from workers.nlp.confidence import UNCALIBRATED, evidence, probability
from workers.nlp.extensions import register
from workers.nlp.found import Draft, Resolution, Resolved, RoleSpan, Speaker, Stretch, overlaps
from workers.nlp.kinds import described_kind, kind_of_cluster, kind_of_words
from workers.nlp.layout import Layout
from workers.nlp.lexicon import head_lemma
from workers.nlp.linking import Group, link
from workers.nlp.people import MEDIA
from workers.nlp.resolve import Resolver
from workers.nlp.roles import describe
from workers.nlp.spans import trimmed, without_stop
from workers.nlp.via import distinct, find_addressee, find_via, split_inverted, split_nested, split_turn
from workers.nlp.voice import outlet_drafts

_CONTEXT_LINES: Final = 3
_CONTEXT_SCORE: Final = 0.7


class ClaimwireClaims:
    """Component ``claimwire_claims``: sets ``doc._.claimwire_drafts``."""

    def __init__(
        self,
        name: str = "claimwire_claims",
        *,
        threshold: float = 0.0,
        weights: Mapping[str, float] | None = None,
        publisher_worth: float | None = None,
        publisher_score: float = 0.8,
    ) -> None:
        """``weights`` are those of ``confidence.NAMES``; below ``threshold`` a claim is left out.

        Sentences in the outlet's own voice at least ``publisher_worth`` checkworthy (``None``: none at all)
        become claims of score ``publisher_score``, the share of them that are right.
        """
        register()
        self.name = name
        self.threshold = threshold
        self.weights = weights or UNCALIBRATED
        self.publisher_worth = publisher_worth
        self.publisher_score = publisher_score

    def __call__(self, doc: Doc) -> Doc:
        """Annotate one Doc."""
        self.set_annotations(doc, self.predict(doc))
        return doc

    def predict(self, doc: Doc) -> tuple[Draft, ...]:
        """Claims in text order."""
        maker = _Maker(doc)
        drafts = [
            replace(draft, score=probability(evidence(maker.text, draft), self.weights))
            for draft in maker.drafts()
        ]
        if self.publisher_worth is not None:
            drafts += outlet_drafts(doc, self.publisher_worth, self.publisher_score)
        drafts.sort(key=lambda draft: draft.start)
        return tuple(draft for draft in drafts if draft.score >= self.threshold)

    def set_annotations(self, doc: Doc, drafts: tuple[Draft, ...]) -> None:
        """Write ``drafts``."""
        doc._.claimwire_drafts = drafts


class _Maker:
    """Makes the drafts of one Doc; in text order, so that a quotation alone sees who spoke before."""

    def __init__(self, doc: Doc) -> None:
        self.text: str = doc._.claimwire_text
        self.layout: Layout = doc._.claimwire_layout
        self.roles: Sequence[RoleSpan] = doc._.claimwire_roles
        self.resolution: Resolution = doc._.claimwire_resolution
        self.sources = dict(self.resolution.sources)
        self.masked = [(hole.start, hole.end) for hole in doc._.claimwire_masked]
        self.names = [
            (mention.start, mention.end)
            for found in self.resolution.clusters
            if found.label in ("PERSON", "ORG", "GPE", "NORP")
            for mention in found.mentions
            if mention.kind is MentionKind.NAME
        ]

    def drafts(self) -> list[Draft]:
        """All claims; one whose content is only marks or masked is left out."""
        made: list[Draft] = []
        for group in link(self.roles, self.text, self.layout, self.masked):
            contents = self._clipped([self._in_sentence(span, group) for span in group.contents])
            if contents:
                made.append(self._draft(group, contents, made))
        return made

    def _draft(self, group: Group, contents: tuple[Stretch, ...], before: Sequence[Draft]) -> Draft:
        turn = split_turn(self.text, contents[0])
        if turn is not None:
            who, colon, told = turn
            speaker = Speaker(*who, self._resolved(who), group.score)
            contents = (told, *contents[1:])
            return Draft(contents, colon, speaker, Quotation.DIRECT, group.score, worth=group.worth)
        if group.cue is None:
            source = self._from_context(contents[0][0], before)
            score = group.score * (_CONTEXT_SCORE if source is not None else 1.0)
            return Draft(contents, None, source, self._quotation(contents), score, worth=group.worth)
        role = self.roles[group.cue]
        cue = without_stop(self.text, role.start, role.end)
        source = self._speaker(group.source)
        base = head_lemma(self.text[cue[0] : cue[1]])
        draft = Draft(contents, cue, source, self._quotation(contents), group.score, worth=group.worth)
        if base == "accord":
            draft = self._unnested(self._with_source(draft))
        elif base == "report" and source is not None and MEDIA.search(source.resolved.name):
            draft = self._unnested(draft)
        return self._with_context(draft)

    def _speaker(self, place: int | None) -> Speaker | None:
        if place is None:
            return None
        role = self.roles[place]
        resolved = self.sources.get(place) or Resolved(self.text[role.start : role.end], SourceKind.GROUP)
        return Speaker(*without_stop(self.text, role.start, role.end), resolved, role.score)

    def _in_sentence(self, span: Stretch, group: Group) -> Stretch:
        """Indirect speech ends with its sentence: what runs on is the encoder's slip."""
        start, end = span
        if group.cue is None or self.layout.in_quote(start) or self.text[start - 2 : start] in (": ", ":\n"):
            return span
        stop = self.layout.sentence_at(start)[1]
        if stop >= end - 1 or self.layout.in_quote(stop - 1):
            return span
        return (start, stop - 1) if self.text[stop - 1] == "." else (start, stop)

    def _clipped(self, contents: Sequence[Stretch]) -> tuple[Stretch, ...]:
        """Contents without masked text and without space at their ends; nothing that has no letter."""
        pieces: list[Stretch] = []
        for start, end in contents:
            place = start
            for hole in sorted(self.masked):
                if overlaps((place, end), hole):
                    pieces.append((place, hole[0]))
                    place = hole[1]
            pieces.append((place, end))
        bare = [trimmed(self.text, *piece) for piece in pieces if piece[0] < piece[1]]
        told = [p for p in bare if any(char.isalnum() for char in self.text[p[0] : p[1]])]
        # "Three were arrested, it was reported": "it" stands for the rest.
        return tuple(p for p in told if len(told) == 1 or self.text[p[0] : p[1]].lower() != "it")

    def _quotation(self, contents: Sequence[Stretch]) -> Quotation:
        quoted = sum(self.layout.quoted(span) for span in contents)
        total = sum(end - start for start, end in contents)
        if quoted == 0:
            return Quotation.INDIRECT
        return Quotation.DIRECT if quoted >= 0.9 * total else Quotation.MIXED

    def _from_context(self, place: int, before: Sequence[Draft]) -> Speaker | None:
        """Whoever was quoted last, at most three paragraphs up."""
        line = self.layout.line_at(place)
        for wanted in (True, False):
            for draft in reversed(before):
                if draft.source is None or line - self.layout.line_at(draft.contents[-1][0]) > _CONTEXT_LINES:
                    continue
                if not wanted or draft.quotation is not Quotation.INDIRECT:
                    by = draft.source.resolved.by
                    by = ResolvedBy.DESCRIPTION if by is ResolvedBy.NONE else by
                    resolved = replace(draft.source.resolved, by=by)
                    return Speaker(draft.source.start, draft.source.end, resolved, draft.source.score)
        return None

    def _with_source(self, draft: Draft) -> Draft:
        """ "According to X, ..." whose source the encoder took into the content: X ends at the comma."""
        start, end = draft.contents[0]
        comma = self.text.find(", ", start, min(end, start + 90))
        if draft.cue is None or not 0 <= start - draft.cue[1] <= 1 or comma < 0:
            return draft
        source = Speaker(start, comma, self._resolved((start, comma)), draft.score)
        contents = ((comma + 2, end), *draft.contents[1:])
        return replace(draft, contents=contents, source=source, quotation=self._quotation(contents))

    def _unnested(self, draft: Draft) -> Draft:
        """ "According to NBC News, Kirby called ..." is Kirby's claim, known through NBC News."""
        first = draft.contents[0]
        nested = split_inverted(self.text, first) or split_nested(self.text, first, self.names)
        if nested is None or draft.source is None or self.layout.in_quote(nested[1][0]):
            return draft
        source, cue, content = nested
        resolved = self._resolved(source)
        speaker = Speaker(*source, resolved, draft.source.score)
        outlet = (draft.source.start, draft.source.end)
        known = draft.source.resolved
        via = Speaker(*outlet, self._named(outlet) if known.cluster is None else known, draft.source.score)
        contents = (content, *draft.contents[1:])
        quotation = self._quotation(contents)
        return replace(draft, contents=contents, cue=cue, source=speaker, via=(via,), quotation=quotation)

    def _with_context(self, draft: Draft) -> Draft:
        """Add via and addressee from the sentence round the cue."""
        if draft.cue is None:
            return draft
        sentence = self.layout.sentence_at(draft.cue[0])
        via = list(draft.via)
        speakers = (*via, *((draft.source,) if draft.source is not None else ()))
        taken = (draft.cue, *draft.contents, *((speaker.start, speaker.end) for speaker in speakers))
        if head_lemma(self.text[draft.cue[0] : draft.cue[1]]) != "accord":
            via += [Speaker(*span, self._named(span), 1.0) for span in find_via(self.text, sentence, taken)]
        limit = min((start for start, _ in draft.contents if start >= draft.cue[1]), default=sentence[1])
        base = head_lemma(self.text[draft.cue[0] : draft.cue[1]])
        addressee = find_addressee(self.text, draft.cue, base, limit)
        if addressee is not None:
            words = self.text[addressee[0] : addressee[1]]
            if MEDIA.search(words) and words.removeprefix("the ")[0].isupper():
                via.append(Speaker(*addressee, self._named(addressee), 1.0))
        return replace(draft, via=distinct(via), addressee=addressee)

    def _resolved(self, span: Stretch) -> Resolved:
        """Who a source is that the encoder did not mark as one, seen after all sources before it."""
        resolver = Resolver(self.text, self.layout, self.resolution.clusters)
        for place in self.sources:
            role = self.roles[place]
            if role.start < span[0] and not overlaps((role.start, role.end), span):
                resolver.source(role.start, role.end)
        return resolver.source(*span)

    def _named(self, span: Stretch) -> Resolved:
        """Who ``span`` mentions by name, else its own words."""
        for number, found in enumerate(self.resolution.clusters):
            for mention in found.mentions:
                if mention.kind is MentionKind.NAME and overlaps((mention.start, mention.end), span):
                    role = found.roles[0] if found.roles else None
                    return Resolved(found.name, kind_of_cluster(found), number, role, ResolvedBy.NAME)
        words = " ".join(self.text[span[0] : span[1]].split())
        for number, found in enumerate(self.resolution.clusters):
            if found.label == "ORG" and same_organization(clean(words), found.name):
                return Resolved(found.name, kind_of_cluster(found), number, None, ResolvedBy.NAME)
        described = describe(words)
        kind = described_kind(described) if described is not None else kind_of_words(words)
        return Resolved(re.sub(r"^(?:the|The) (?=[A-Z])", "", words), kind)


@Language.factory(
    "claimwire_claims",
    requires=["doc._.claimwire_roles", "doc._.claimwire_resolution"],
    assigns=["doc._.claimwire_drafts"],
    default_config={
        "threshold": 0.0,
        "weights": None,
        "publisher_worth": None,
        "publisher_score": 0.8,
    },
)
def make_claims(
    nlp: Language,
    name: str,
    threshold: float,
    weights: dict[str, float] | None,
    publisher_worth: float | None,
    publisher_score: float,
) -> Any:
    """The factory."""
    return ClaimwireClaims(
        name,
        threshold=threshold,
        weights=weights,
        publisher_worth=publisher_worth,
        publisher_score=publisher_score,
    )
