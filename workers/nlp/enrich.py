"""The pure step of the enrich stage: articles in, enriched articles out, in order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from spacy.language import Language
from spacy.tokens import Doc

from workers.domain.article import Article, ArticleStatus, EnrichedArticle
from workers.domain.ids import text_sha256
from workers.domain.outcome import Drop, Reject, RejectReason
from workers.domain.pipeline import PipelineInfo
from workers.nlp.assemble import Found, assemble
from workers.nlp.language import english
from workers.nlp.pipeline import pipeline_info
from workers.nlp.text import article_text
from workers.nlp.verify import verified

Prepared = tuple[Article, str, str]


def enrich_articles(nlp: Language, articles: Sequence[Article]) -> list[EnrichedArticle | Drop | Reject]:
    """Enrich ``articles`` in one run of ``nlp`` over all of them; one answer each, in their order.

    A withdrawn article comes back with its text and no claims or entities. A body without text is a
    ``Reject``, one that is not English a ``Drop``; no text makes this raise.
    """
    with nlp.memory_zone():  # what the vocabulary learns of these texts goes with them
        return _answers(nlp, articles)


def _answers(nlp: Language, articles: Sequence[Article]) -> list[EnrichedArticle | Drop | Reject]:
    info = pipeline_info(nlp)
    answers: list[EnrichedArticle | Drop | Reject | None] = []
    docs: list[Doc] = []
    waiting: list[tuple[int, Prepared]] = []
    for place, article in enumerate(articles):
        prepared = _withdrawn(article) or _prepared(nlp, article)
        if isinstance(prepared, Drop | Reject):
            answers.append(prepared)
        elif article.status is ArticleStatus.WITHDRAWN:
            answers.append(_enriched(prepared, None, Found((), ()), info))
        else:
            answers.append(None)
            waiting.append((place, prepared))
            docs.append(_doc(nlp, article, prepared[1]))
    for (place, prepared), doc in zip(waiting, _piped(nlp, docs), strict=True):
        answers[place] = _finished(prepared, doc, info)
    return [answer for answer in answers if answer is not None]


def _withdrawn(article: Article) -> Prepared | None:
    """A withdrawal is obeyed in any language, and with no text at all: its claims must go."""
    if article.status is not ArticleStatus.WITHDRAWN:
        return None
    text = article_text(article.body, article.content_type)
    return article, "" if isinstance(text, Reject) else text, "en"


def _prepared(nlp: Language, article: Article) -> Prepared | Drop | Reject:
    """The article with its text and language."""
    text = article_text(article.body, article.content_type)
    if isinstance(text, Reject):
        return text
    if len(text) > nlp.max_length:
        return Reject(
            RejectReason.TOO_LARGE, f"the text has {len(text)} characters, at most {nlp.max_length} are read"
        )
    language = english(text, article.language)
    if isinstance(language, Drop):
        return language
    return article, text, language


def _doc(nlp: Language, article: Article, text: str) -> Doc:
    doc = nlp.make_doc(text)
    doc._.claimwire_published = article.published_at.date() if article.published_at is not None else None
    return doc


def _piped(nlp: Language, docs: Sequence[Doc]) -> Iterator[Doc]:
    return nlp.pipe(docs, batch_size=max(len(docs), 1))


def _finished(prepared: Prepared, doc: Doc, info: PipelineInfo) -> EnrichedArticle:
    article, text, _ = prepared
    found = assemble(doc, article, text_sha256(text), info)
    last = verified(text, found, doc._.claimwire_masked)
    return replace(_enriched(prepared, doc, last.found, info), withheld=last.withheld)


def _enriched(prepared: Prepared, doc: Doc | None, found: Found, info: PipelineInfo) -> EnrichedArticle:
    article, text, language = prepared
    return EnrichedArticle(
        article_id=article.article_id,
        url=article.url,
        publisher=article.publisher,
        title=article.title,
        language=language,
        published_at=article.published_at,
        revision=article.revision,
        status=article.status,
        text=text,
        text_sha256=text_sha256(text),
        entities=found.entities,
        claims=found.claims,
        quantities=doc._.claimwire_facts.quantities if doc is not None else (),
        dates=doc._.claimwire_facts.dates if doc is not None else (),
        masked=doc._.claimwire_masked if doc is not None else (),
        pipeline=info,
    )
