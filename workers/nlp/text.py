"""From an article's body to the text that all offsets refer to."""

from __future__ import annotations

import re
from typing import Final

import trafilatura

from workers.domain.outcome import Reject, RejectReason

_CONTROL: Final = re.compile(r"[\x00-\x08\x0e-\x1b\x7f]")
_SURROGATE: Final = re.compile(r"[\ud800-\udfff]")
_HTML_TYPES: Final = ("text/html", "application/xhtml+xml")
_MAX_CONTROL_SHARE: Final = 0.02


def article_text(body: str, content_type: str) -> str | Reject:
    """Return plain text exactly as it came, or the main text of an HTML page.

    Answers ``Reject`` for a body without text: empty, binary (null bytes, many control characters,
    lone surrogates), or a page in which no article is found.
    """
    if not body.strip():
        return Reject(RejectReason.EMPTY_BODY, "the body has no text")
    binary = _binary(body)
    if binary is not None:
        return Reject(RejectReason.BINARY_BODY, binary)
    if content_type.partition(";")[0].strip().lower() not in _HTML_TYPES:
        return body
    text = trafilatura.extract(body, output_format="txt", include_comments=False, include_tables=False)
    if not isinstance(text, str) or not text.strip():
        return Reject(RejectReason.NO_TEXT_IN_HTML, "no article text was found in the page")
    return text


def _binary(body: str) -> str | None:
    if "\x00" in body:
        return "the body holds null bytes"
    if _SURROGATE.search(body):
        return "the body holds code points that UTF-8 cannot carry"
    if len(_CONTROL.findall(body)) > _MAX_CONTROL_SHARE * len(body):
        return "the body is mostly control characters"
    return None
