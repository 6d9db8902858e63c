"""Laws of the language rules that hold for any text and any spans an encoder may give.

The rules run without a model on spans drawn at random; the whole pipeline runs on fewer texts.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from itertools import pairwise
from typing import Any

import pytest
import spacy
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from spacy.language import Language
from spacy.tokens import Doc

from workers.domain.article import Article, EnrichedArticle
from workers.domain.ids import text_sha256
from workers.domain.outcome import Drop, Reject
from workers.domain.pipeline import PipelineInfo
from workers.nlp import load_pipeline
from workers.nlp.assemble import Found, assemble
from workers.nlp.enrich import enrich_articles
from workers.nlp.found import NameSpan, Role, RoleSpan, SentenceWorth, overlaps
from workers.nlp.layout import lay_out
from workers.nlp.verify import Verified, verified

PIPELINE = PipelineInfo("claimwire", "0", "none", "0" * 64)
WORDS = [
    "Holt", "Ada Holt", "said", "told reporters", "denied", "according to", "the minister", "she",
    "they", "who",
    "“No,”", "“", "”", '"', "''", "‘", "’s", "...", ".", "?", ":", ",", "—", "\n", "\r\n", "\u2028",
    "\n\n",
    "at least 3,000 troops", "between 5 and", "$1.2 billion", "on Friday", "Oct. 32", "if", "not", "U.S.",
    "😀", "👩‍👩‍👧", "مرحبا", "שלום", "é", "e\u0301", "\u200b", "\u00a0", "\u202e", "\ufeff", "中文", "ﬁ", "İ",
    "READ MORE: The yard", "By Ada Holt", "(Reuters) -", "Advertisement", "<tweet>", "</p>",
    "1" * 30, "((((", "''''",
]  # fmt: skip
TEXTS = st.one_of(
    st.lists(st.sampled_from(WORDS), max_size=40).map(" ".join),
    st.lists(st.sampled_from(WORDS), max_size=30).map("".join),
    st.text(max_size=200),
)
LABELS = ("PERSON", "ORG", "LOC", "NORP", "MISC", "DATE")


@cache
def rules() -> Language:
    nlp = spacy.blank("en")
    for name in ("mask", "entities", "resolve", "claims", "facets"):
        nlp.add_pipe(f"claimwire_{name}", config={"publisher_worth": 0.5} if name == "claims" else {})
    return nlp


@cache
def whole() -> Language:
    return load_pipeline()


@st.composite
def spans(draw: Callable[..., int], text: str) -> list[tuple[int, int]]:
    """Disjoint stretches inside lines and outside masked text, as the encoder gives them."""
    doc = rules().get_pipe("claimwire_mask")(rules().make_doc(text))
    holes = [(hole.start, hole.end) for hole in doc._.claimwire_masked]
    edges = sorted({draw(st.integers(0, len(text))) for _ in range(draw(st.integers(0, 16)))})
    pairs = [
        (start, end) for start, end in zip(edges[::2], edges[1::2], strict=False) if text[start:end].strip()
    ]
    lines = lay_out(text).lines
    return [
        pair
        for pair in pairs
        if any(start <= pair[0] and pair[1] <= end for start, end in lines)
        and not any(overlaps(pair, hole) for hole in holes)
    ]


@st.composite
def documents(draw: Callable[..., object]) -> Doc:
    """A Doc with roles and names at random places, linked at random."""
    text = str(draw(TEXTS))
    doc = rules().make_doc(text)
    places: list[tuple[int, int]] = draw(spans(text))  # type: ignore[assignment]
    kinds = [Role(str(draw(st.sampled_from(list(Role))))) for _ in places]
    wanted = {Role.CONTENT: Role.CUE, Role.CUE: Role.SOURCE}
    roles = []
    for (start, end), kind in zip(places, kinds, strict=True):
        targets = [n for n, other in enumerate(kinds) if other is wanted.get(kind)]
        target = draw(st.sampled_from([None, *targets]))
        sure = float(str(draw(st.sampled_from([0.1, 0.99]))))
        roles.append(RoleSpan(kind, start, end, 0.9, target, sure))  # type: ignore[arg-type]
    names: list[tuple[int, int]] = draw(spans(text))  # type: ignore[assignment]
    doc._.claimwire_worths = tuple(SentenceWorth(*sentence, 0.9) for sentence in lay_out(text).sentences)
    doc._.claimwire_roles = tuple(roles)
    doc._.claimwire_names = tuple(NameSpan(str(draw(st.sampled_from(LABELS))), *name, 0.9) for name in names)
    return doc


def enriched(doc: Doc) -> Found:
    for _, component in rules().pipeline:
        doc = component(doc)
    return assemble(doc, Article("a1", doc.text), text_sha256(doc.text), PIPELINE)


def check(article: EnrichedArticle) -> None:
    """Every offset slices back and nothing overlaps what is masked."""
    text = article.text
    holes = [(hole.start, hole.end) for hole in article.masked]
    assert all(one[1] <= other[0] for one, other in pairwise(holes))
    parts: list[Any] = [
        *article.quantities,
        *article.dates,
        *(m for e in article.entities for m in e.mentions),
    ]
    for claim in article.claims:
        assert claim.content.text == " ".join(text[span.start : span.end] for span in claim.content.spans)
        parts += [
            part for part in (claim.source, claim.cue, claim.addressee, claim.condition, *claim.via) if part
        ]
        assert not any(overlaps((s.start, s.end), hole) for s in claim.content.spans for hole in holes)
        assert claim.text_sha256 == article.text_sha256
    for part in parts:
        assert text[part.start : part.end] == part.text != ""
        assert not any(overlaps((part.start, part.end), hole) for hole in holes)
    ids = [claim.claim_id for claim in article.claims]
    assert len(ids) == len(set(ids))
    assert len({entity.entity_id for entity in article.entities}) == len(article.entities)


@given(documents())
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_the_encoder_finds_nothing_has_to_be_thrown_away(doc: Doc) -> None:
    found = enriched(doc)

    assert verified(doc.text, found, doc._.claimwire_masked) == Verified(found, ())
    assert all(0.0 <= claim.score <= 1.0 for claim in found.claims)
    assert all(
        len(claim.subjects) <= 3 and set(claim.subjects) <= set(claim.entities) for claim in found.claims
    )


@given(TEXTS)
@settings(max_examples=500, deadline=None)
def test_lines_sentences_and_quotations_are_ordered_and_inside_the_text(text: str) -> None:
    layout = lay_out(text)
    for stretches in (layout.lines, layout.sentences, layout.quotes):
        assert all(0 <= start < end <= len(text) for start, end in stretches)
        assert all(one[1] <= other[0] for one, other in pairwise(stretches))


@pytest.mark.model
@given(st.lists(TEXTS, min_size=1, max_size=3))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_text_is_enriched_or_refused_and_twice_the_same(texts: list[str]) -> None:
    noon = datetime(2024, 10, 24, 12, tzinfo=UTC)
    articles = [Article(f"a{n}", text, published_at=noon) for n, text in enumerate(texts)]

    answers = enrich_articles(whole(), articles)

    assert len(answers) == len(articles)
    for article, answer in zip(articles, answers, strict=True):
        assert isinstance(answer, EnrichedArticle | Drop | Reject)
        if isinstance(answer, EnrichedArticle):
            assert (answer.article_id, answer.text) == (article.article_id, article.body)
            check(answer)
    assert enrich_articles(whole(), articles) == answers
    assert [enrich_articles(whole(), [article])[0] for article in articles] == answers
