"""Any page is text or a ``Reject``, within a time that its size bounds."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz.fuzzing import fuzzed
from workers.domain.outcome import Reject, RejectReason
from workers.nlp.text import article_text

PIECES = (
    "<p>", "</p>", "<div>", "</div>", "<article>", "</article>", "<html>", "<body>", "<head>",
    "<title>x", "</title>",
    "<script>", "</script>", "<style>", "<!--", "-->", "<![CDATA[", "]]>", "<?xml version='1.0'?>",
    "<!DOCTYPE html>",
    "<!DOCTYPE a [<!ENTITY b 'ccc'>]>", "&b;", "&amp;", "&#0;", "&#xd800;", "&#x110000;", "&nbsp", "&#;", "<",
    ">", "</", "<a href='javascript:x'>", "<a href=\"", "<img src=x onerror=y>", "<table><tr><td>",
    "</table>", "<ul><li>",
    "<br/>", "<br", "<svg><math>", "<template>", "<iframe srcdoc='<p>'>", "<meta charset=utf-16>",
    "<base href=x>",
    "<p class='a' class='b'>", "<h1>", "<blockquote>", "<pre>", "<noscript>", "\x0b", "\u2028", "\ufeff",
    "<meta http-equiv='Content-Type' content='text/html; charset=klingon'>",
    "<link rel=canonical href='http://[::1'>",
    "<script type='application/ld+json'>{\"@graph\": [1, {\"@type\": null}]}</script>",
    "<time datetime='31-31-31'>",
    "The harbour will close on Friday, Minister Ada Holt said on Monday after talks with the dockers. ",
    "“We have no choice,” she told reporters in the old customs house near the northern pier. ",
)  # fmt: skip
PAGES = st.lists(st.sampled_from(PIECES) | st.text(max_size=12), max_size=40).map("".join)
SLOWEST_S = 20.0  # of this process, so that a busy machine changes nothing
each_bomb = pytest.mark.parametrize(
    "page",
    [
        "<div>" * 50_000 + "text",
        "<p>" + "<b><i>" * 30_000,
        "<table><tr><td>" * 10_000,
        "<p>a</p>" * 20_000,
        "&amp;" * 200_000,
        "<!--" * 100_000,
        "<" * 300_000,
        "<p " + "a='b' " * 60_000 + ">text</p>",
        "<!DOCTYPE a [<!ENTITY l 'll'>"
        + "".join(f"<!ENTITY l{n} '{'&l;' * 20}'>" for n in range(12))
        + "]><p>&l11;</p>",
    ],
    ids=["deep", "unclosed", "tables", "many", "entities", "comments", "brackets", "attributes", "laughs"],
)


def assert_text_or_refused(outcome: str | Reject) -> None:
    if isinstance(outcome, Reject):
        assert outcome.detail
    else:
        assert outcome.strip()
        assert "\x00" not in outcome
        outcome.encode("utf-8")


@given(PAGES)
@fuzzed(250)
def test_any_page_is_text_or_refused_and_twice_the_same(page: str) -> None:
    outcome = article_text(page, "text/html")

    assert_text_or_refused(outcome)
    assert article_text(page, "text/html") == outcome


@given(st.text(max_size=80), st.text(max_size=20))
@fuzzed(300)
def test_any_body_of_any_type_is_text_or_refused(body: str, content_type: str) -> None:
    assert_text_or_refused(article_text(body, content_type))


@each_bomb
def test_a_page_made_to_be_slow_is_answered_in_time(page: str) -> None:
    started = time.process_time()

    outcome = article_text(page, "text/html")

    assert time.process_time() - started < SLOWEST_S
    assert_text_or_refused(outcome)


def test_an_entity_that_names_a_file_brings_no_file() -> None:
    story = "The harbour will close on Friday, Minister Ada Holt said on Monday. " * 5
    entity = '<!DOCTYPE html [<!ENTITY f SYSTEM "file:///etc/passwd">]>'
    page = f"{entity}<html><body><p>&f; {story}</p></body></html>"

    outcome = article_text(page, "application/xhtml+xml")

    assert isinstance(outcome, str) or outcome.reason is RejectReason.NO_TEXT_IN_HTML
    assert "root:" not in str(outcome)
