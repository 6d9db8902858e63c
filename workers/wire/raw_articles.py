"""``news.article-raw.v1``: what crawlers publish, which may be anything."""

import re
from collections.abc import Callable
from typing import Any

from workers.domain.article import Article, ArticleStatus
from workers.domain.ids import content_id
from workers.domain.outcome import Drop, DropReason, Reject, RejectReason
from workers.topology import Topic
from workers.wire.accepting import accept
from workers.wire.codec import clip_utf8
from workers.wire.scalars import read_time

DEFAULT_MAX_BODY_BYTES = 2 * 1024 * 1024
_ESCAPED = 6  # a code point below U+0080 grows from one byte to six when it is written as \u00XX
_ENVELOPE_BYTES = 256 * 1024
_MAX_KEY_BYTES = 512

_INVISIBLE = "\ufeff\u200b\u200c\u200d\u2060\u00ad"
_UNPRINTABLE = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ufffd\ufdd0-\ufdef\ufffe\uffff]")
_BINARY_SHARE = 0.1
_MAGIC = ("%PDF-", "PK\x03\x04", "\x89PNG", "GIF8", "\x1f\x8b")

STEM = Topic.ARTICLE_RAW.schema
KNOWN_FIELDS: frozenset[str] = frozenset(
    [
        "article_id",
        "url",
        "publisher",
        "title",
        "body",
        "content_type",
        "language",
        "published_at",
        "revision",
        "status",
    ]
)


def _not_counted(count: int) -> None:
    """Forget how many unknown fields there were."""


def decode_article(
    value: bytes | None,
    key: bytes | None = None,
    *,
    max_body_bytes: int = DEFAULT_MAX_BODY_BYTES,
    on_unknown: Callable[[int], None] = _not_counted,
) -> Article | Drop | Reject:
    """Return the article in a record, or why there is none.

    ``on_unknown`` is told how many fields the schema does not name, when there are any. An article without
    an id gets the record's key, else an id made from its url, else from its body: the same every time.
    """
    if value is None:
        return Drop(DropReason.TOMBSTONE)
    fields = accept(STEM, value, max_bytes=max_body_bytes * _ESCAPED + _ENVELOPE_BYTES)
    if isinstance(fields, Reject):
        return fields
    if unknown := len(fields.keys() - KNOWN_FIELDS):
        on_unknown(unknown)
    status = ArticleStatus(fields.get("status") or ArticleStatus.USABLE)
    body = fields.get("body") or ""
    if status is not ArticleStatus.WITHDRAWN and (refused := _body_problem(body, max_body_bytes)):
        return refused
    return _article(fields, key, body, status)


def _article(fields: dict[str, Any], key: bytes | None, body: str, status: ArticleStatus) -> Article | Reject:
    published_at = None
    if (written := fields.get("published_at")) is not None:
        published_at = read_time(written)
        if published_at is None:
            return Reject(RejectReason.BAD_DATE, clip_utf8(f"published_at is no date: {written!r}"))
    revision = fields.get("revision")
    return Article(
        article_id=_article_id(fields, key, body),
        body=body,
        url=fields.get("url"),
        publisher=fields.get("publisher"),
        title=fields.get("title"),
        content_type=_content_type(fields.get("content_type")),
        language=fields.get("language"),
        published_at=published_at,
        revision=1 if revision is None else int(revision),
        status=status,
    )


def _article_id(fields: dict[str, Any], key: bytes | None, body: str) -> str:
    given: str | None = fields.get("article_id")
    return given or _id_in_key(key) or content_id("article", fields.get("url") or body)


def _id_in_key(key: bytes | None) -> str | None:
    """Return the key as an id, unless it is something else: not UTF-8, blank, too long, unprintable."""
    if not key or len(key) > _MAX_KEY_BYTES:
        return None
    try:
        text = key.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return text if text.strip() and text.isprintable() else None


def _content_type(given: str | None) -> str:
    """Return ``text/plain`` or ``text/html``, the two that later stages tell apart."""
    bare = (given or "text/plain").partition(";")[0].strip()
    return "text/html" if bare == "application/xhtml+xml" else bare


def _body_problem(body: str, max_body_bytes: int) -> Reject | None:
    size = len(body.encode("utf-8"))
    if size > max_body_bytes:
        return Reject(
            RejectReason.TOO_LARGE, f"body is {size} bytes of UTF-8; at most {max_body_bytes} are read"
        )
    if not body.strip().strip(_INVISIBLE).strip():
        return Reject(RejectReason.EMPTY_BODY, "body is empty or blank")
    if "\x00" in body or body.startswith(_MAGIC):
        return Reject(RejectReason.BINARY_BODY, "body is the content of a binary file")
    unprintable = len(_UNPRINTABLE.findall(body))
    if unprintable > _BINARY_SHARE * len(body):
        share = f"{unprintable} of {len(body)} characters"
        return Reject(RejectReason.BINARY_BODY, f"{share} are no text")
    return None
