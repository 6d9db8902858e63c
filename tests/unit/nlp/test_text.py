"""A body becomes the text that offsets refer to, or a clear reject."""

import pytest

from workers.domain.outcome import Reject, RejectReason
from workers.nlp.text import article_text

PAGE = """<html><head><title>Harbour</title></head><body><nav><a href="/">Home</a></nav><article>
<h1>Harbour to close</h1>
<p>The harbour will close on Friday, the minister said. About 1,200 dockers would be paid until spring.</p>
<p>“We will not sell the yard,” she told reporters at the gate on Monday evening.</p>
</article></body></html>"""


@pytest.mark.parametrize(
    "body", ["One line.", "  two\r\nlines \n", "emoji 😀 and مرحبا", "tab\tand \u00a0space"]
)
def test_plain_text_comes_back_unchanged(body: str) -> None:
    assert article_text(body, "text/plain") == body
    assert article_text(body, "text/plain; charset=utf-8") == body


def test_the_article_is_taken_from_a_page() -> None:
    text = article_text(PAGE, "text/html; charset=utf-8")

    assert isinstance(text, str)
    assert "“We will not sell the yard,” she told reporters" in text
    assert "<p>" not in text


@pytest.mark.parametrize(
    ("body", "content_type", "reason"),
    [
        ("", "text/plain", RejectReason.EMPTY_BODY),
        (" \n\t", "text/html", RejectReason.EMPTY_BODY),
        ("PK\x00\x01 a zip", "text/plain", RejectReason.BINARY_BODY),
        ("\x01\x02\x03\x04 text", "text/plain", RejectReason.BINARY_BODY),
        ("half a pair \ud83d", "text/plain", RejectReason.BINARY_BODY),
        ("<html><body></body></html>", "text/html", RejectReason.NO_TEXT_IN_HTML),
        ("<script>var a = 1;</script>", "text/html", RejectReason.NO_TEXT_IN_HTML),
    ],
)
def test_a_body_without_text_is_rejected(body: str, content_type: str, reason: RejectReason) -> None:
    found = article_text(body, content_type)

    assert isinstance(found, Reject)
    assert found.reason == reason
