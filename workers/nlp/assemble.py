"""From the Doc of one article to the domain's claims and entities, with ids made from content."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from spacy.tokens import Doc

from workers.domain.article import Article
from workers.domain.claim import Claim, Content, Cue, Offsets, Source, SourceKind, TextSpan, Via
from workers.domain.entity import Entity, Mention, MentionKind
from workers.domain.ids import content_id
from workers.domain.pipeline import PipelineInfo
from workers.nlp.found import Cluster, Draft, Facts, Resolved, Speaker, Stretch

_SUBJECTS: Final = 3
_OUTLET: Final = "the outlet"
# Whoever reads or listens: nobody is named by it.
_READER: Final = frozenset({"you", "your", "yours", "yourself", "one"})
_NO_SUBJECT: Final = frozenset({"DATE", "MONEY"})
_NOT_WORD: Final = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Found:
    """Claims and entities of one article, in text order."""

    claims: tuple[Claim, ...]
    entities: tuple[Entity, ...]


def assemble(doc: Doc, article: Article, digest: str, pipeline: PipelineInfo) -> Found:
    """Make the domain's values. ``digest`` is the SHA-256 of the text."""
    entities = _entities(doc._.claimwire_text, doc._.claimwire_resolution.clusters)
    claims = _Claims(doc, article, digest, pipeline, entities)
    return Found(claims.made(), entities)


def _entities(text: str, clusters: Sequence[Cluster]) -> tuple[Entity, ...]:
    total = sum(len(found.mentions) for found in clusters) or 1
    return tuple(
        Entity(
            entity_id=found.kb_id or content_id("entity", found.label, found.name),
            name=found.name,
            label=found.label,
            kb_id=found.kb_id,
            mentions=tuple(Mention(m.start, m.end, text[m.start : m.end], m.kind) for m in found.mentions),
            salience=round(len(found.mentions) / total, 6),
            score=_score([m.score for m in found.mentions if m.kind is MentionKind.NAME]),
        )
        for found in clusters
    )


def _score(scores: Sequence[float]) -> float:
    return round(max(scores, default=0.0), 6)


class _Claims:
    def __init__(
        self, doc: Doc, article: Article, digest: str, pipeline: PipelineInfo, entities: Sequence[Entity]
    ) -> None:
        self.text: str = doc._.claimwire_text
        self.drafts: Sequence[Draft] = doc._.claimwire_drafts
        self.facts: Facts = doc._.claimwire_facts
        self.article = article
        self.digest = digest
        self.pipeline = pipeline
        self.entities = entities
        self.mentions = sorted(
            (m.start, m.end, n) for n, entity in enumerate(entities) for m in entity.mentions
        )
        self.seen: Counter[tuple[str, ...]] = Counter()

    def made(self) -> tuple[Claim, ...]:
        return tuple(self._claim(draft) for draft in sorted(self.drafts, key=lambda draft: draft.start))

    def _claim(self, draft: Draft) -> Claim:
        facets = draft.facets
        if facets is None:
            raise ValueError("a pipeline without claimwire_facets makes no claims")
        article = self.article
        source = self._source(draft.source)
        cue = self._cue(draft.cue, facets.lemma)
        content = Content(
            " ".join(self.text[start:end] for start, end in draft.contents),
            tuple(Offsets(start, end) for start, end in draft.contents),
        )
        inside = self._inside(draft.contents)
        return Claim(
            claim_id=self._claim_id(source, cue, content),
            article_id=article.article_id,
            url=article.url,
            publisher=article.publisher,
            published_at=article.published_at,
            text_sha256=self.digest,
            source=source,
            via=tuple(self._via(speaker) for speaker in draft.via),
            addressee=self._span(draft.addressee),
            cue=cue,
            content=content,
            quotation=draft.quotation,
            act=facets.act,
            stance=facets.stance,
            certainty=facets.certainty,
            condition=facets.condition,
            negated=facets.negated,
            time=facets.time,
            quantities=tuple(q for q in self.facts.quantities if _within((q.start, q.end), draft.contents)),
            dates=tuple(d for d in self.facts.dates if _within((d.start, d.end), draft.contents)),
            entities=self._entity_ids(inside, source),
            subjects=self._subjects(inside, source),
            checkworthiness=None if draft.worth is None else round(draft.worth, 6),
            score=round(draft.score, 6),
            pipeline=self.pipeline,
        )

    def _claim_id(self, source: Source | None, cue: Cue | None, content: Content) -> str:
        """The same for a claim that a new revision of the article still holds, wherever it now stands."""
        name = source.name if source is not None else ""
        lemma = cue.lemma if cue is not None else ""
        key = (name, lemma, _NOT_WORD.sub(" ", content.text.casefold()).strip())
        self.seen[key] += 1
        return content_id("claim", self.article.article_id, *key, self.seen[key])

    def _source(self, speaker: Speaker | None) -> Source | None:
        if speaker is None:
            return None
        found = speaker.resolved
        text = self.text[speaker.start : speaker.end]
        if text.lower() in _READER:
            return None
        if found.kind is SourceKind.PUBLISHER:
            found = replace(found, name=self.article.publisher or _OUTLET)
        return Source(
            text=text,
            start=speaker.start,
            end=speaker.end,
            name=found.name or text,
            entity_id=self._entity_id(found),
            kind=found.kind,
            role=found.role,
            resolved_by=found.by,
            score=round(speaker.score, 6),
        )

    def _via(self, speaker: Speaker) -> Via:
        text = self.text[speaker.start : speaker.end]
        return Via(
            text, speaker.start, speaker.end, speaker.resolved.name or text, self._entity_id(speaker.resolved)
        )

    def _entity_id(self, found: Resolved) -> str | None:
        return None if found.cluster is None else self.entities[found.cluster].entity_id

    def _cue(self, cue: Stretch | None, lemma: str) -> Cue | None:
        """A cue without a word (a colon, a dash) is its own lemma."""
        if cue is None:
            return None
        words = self.text[cue[0] : cue[1]]
        return Cue(words, cue[0], cue[1], lemma or words)

    def _span(self, span: Stretch | None) -> TextSpan | None:
        return None if span is None else TextSpan(self.text[span[0] : span[1]], *span)

    def _inside(self, contents: Sequence[Stretch]) -> list[Entity]:
        """Entities mentioned in the content, the most salient first."""
        numbers: set[int] = set()
        for start, end in contents:
            first = bisect_left(self.mentions, (start, 0, 0))
            last = bisect_left(self.mentions, (end, 0, 0))
            numbers.update(number for _, stop, number in self.mentions[first:last] if stop <= end)
        return sorted((self.entities[n] for n in sorted(numbers)), key=lambda entity: -entity.salience)

    def _entity_ids(self, inside: Sequence[Entity], source: Source | None) -> tuple[str, ...]:
        ids = [entity.entity_id for entity in inside]
        if source is not None and source.entity_id is not None:
            ids.append(source.entity_id)
        return tuple(dict.fromkeys(ids))

    def _subjects(self, inside: Sequence[Entity], source: Source | None) -> tuple[str, ...]:
        """At most three entities that the claim is about; its source's comes last."""
        about = self._entity_ids([entity for entity in inside if entity.label not in _NO_SUBJECT], source)
        return about[:_SUBJECTS]


def _within(span: Stretch, contents: Sequence[Stretch]) -> bool:
    return any(start <= span[0] and span[1] <= end for start, end in contents)
