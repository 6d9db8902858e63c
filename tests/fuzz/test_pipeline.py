"""Any bytes on the raw topic leave the language job as valid messages, a drop or a reject."""

import json
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz.fuzzing import fuzzed, spoilt_messages
from tests.fuzz.test_html import PIECES
from workers.agents.jobs import EnrichedBytes, JobSettings, enrich_job, prepare
from workers.domain.article import EnrichedArticle
from workers.domain.claim import Claim
from workers.domain.outcome import Drop, Reject
from workers.topology import Topic
from workers.wire.messages import decode_claim, decode_enriched

pytestmark = pytest.mark.model

PHRASES = (
    "Foreign Minister Mara Lindqvist said ", "“We saw them go,” ", "according to ",
    "she told reporters", "denied that ",
    "about 1,200 people had left ", "on Friday", ". ", "\n\n", ", ", "“", "”", "‘", "(Reuters) - ",
    "By Ada Holt\n",
    "$1.2 billion", "1" * 40, "Okafor’s ", "if ", "👩‍👩‍👧", "e\u0301", "İ", "\u202e", "\u200b", "中文",
    "мир ", "ﬁ", "\u2028",
    "a" * 400, "-" * 100, "@" * 50, "http://x.example/?a=b ", "....", "—", "U.S. ", "\r\n", "\t", "\ufffd",
)  # fmt: skip
TEXTS = st.lists(st.sampled_from(PHRASES) | st.text(max_size=10), max_size=25).map("".join)
PAGES = st.lists(st.sampled_from(PIECES) | st.sampled_from(PHRASES), max_size=25).map("".join)


@cache
def ready() -> None:
    prepare(JobSettings(model=None, body_limit_bytes=100_000, min_score=0.0))


@st.composite
def raw_values(draw: Callable[..., Any]) -> bytes:
    message = draw(spoilt_messages(Topic.ARTICLE_RAW.schema))
    kind = draw(st.integers(0, 4))
    if kind < 3:
        message["body"] = draw(TEXTS)
    elif kind == 3:
        message |= {"body": draw(PAGES), "content_type": "text/html"}
    return json.dumps(message).encode()


@given(st.lists(raw_values(), min_size=1, max_size=3))
@fuzzed(25)
def test_any_article_becomes_valid_messages_or_an_answer(values: list[bytes]) -> None:
    ready()
    results = enrich_job([(None, value) for value in values])

    assert len(results) == len(values)
    for result in results:
        assert isinstance(result, EnrichedBytes | Drop | Reject)
        if isinstance(result, EnrichedBytes):
            article = decode_enriched(result.value)
            assert isinstance(article, EnrichedArticle)
            assert article.article_id == result.article_id
            claims = [decode_claim(value) for _, value in result.claims]
            assert all(isinstance(claim, Claim) for claim in claims)
