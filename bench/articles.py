"""The articles that are measured with: a folder's, or the project's samples repeated with changes."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from workers.cli.article_files import Article, read_articles
from workers.resources import resource

_FILE = "articles.jsonl.gz"
_DIGIT = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class LoadArticle:
    """A raw record (as ``claimwire feed`` makes it) and the words of its body."""

    key: bytes
    value: bytes
    words: int

    def renamed(self, suffix: str) -> "LoadArticle":
        """Return the same article under another id, so that no pass meets the revisions of the one before."""
        fields = json.loads(self.value)
        fields["article_id"] += suffix
        return _of_fields(fields, self.words)

    def published(self, at_s: float) -> "LoadArticle":
        """Return the same article as news of ``at_s`` (seconds since the epoch), as a live stream has it.

        With dates as the corpora have them, years apart and in no order, relating would refuse most claims
        as too late, and cost nothing.
        """
        moment = datetime.fromtimestamp(at_s, UTC).isoformat(timespec="milliseconds")
        return _of_fields({**json.loads(self.value), "published_at": moment}, self.words)


def load_articles(data: Path | None, count: int, least: int | None = None) -> list[LoadArticle]:
    """Return up to ``count`` articles of ``data``, a folder or a file that ``claimwire feed`` reads.

    Without ``data``: the samples that ship with claimwire. Raises ``ValueError`` when there are fewer than
    ``least``, which is ``count`` when not given.
    """
    found = (
        _of_file(data / _FILE if data.is_dir() else data, count) if data is not None else _of_samples(count)
    )
    needed = count if least is None else least
    if len(found) < needed:
        raise ValueError(f"{data}: {len(found)} articles, {needed} are needed")
    return found


def total_words(articles: Sequence[LoadArticle]) -> int:
    """Return the words of all ``articles``."""
    return sum(article.words for article in articles)


def _of_file(path: Path, count: int) -> list[LoadArticle]:
    found: list[LoadArticle] = []
    for article in read_articles(path, lambda _: None):
        if len(found) == count:
            break
        if isinstance(article, Article):
            found.append(_load_article(article.key, article.value))
    return found


def _of_samples(count: int) -> list[LoadArticle]:
    """Join three samples an article (they are short), their paragraphs turned and their digits changed."""
    samples = [json.loads(article.value) for article in _sample_lines()]
    samples = [fields for fields in samples if fields.get("body") and fields.get("status") != "withdrawn"]
    found = []
    for number in range(count):
        turn, first = divmod(number, len(samples))
        chosen = [samples[(first + step * (1 + turn)) % len(samples)] for step in range(3)]
        paragraphs = [part for fields in chosen for part in fields["body"].split("\n\n")]
        cut = turn % len(paragraphs)
        body = _changed("\n\n".join(paragraphs[cut:] + paragraphs[:cut]), turn)
        fields = {**chosen[0], "article_id": f"bench-{number}", "body": body, "revision": 1}
        fields["content_type"] = "text/plain"
        found.append(_load_article(fields["article_id"].encode(), json.dumps(fields).encode()))
    return found


def _sample_lines() -> Iterator[Article]:
    for article in read_articles(resource("workers", "samples", "articles.jsonl"), lambda _: None):
        if isinstance(article, Article):
            yield article


def _changed(text: str, turn: int) -> str:
    return _DIGIT.sub(lambda digit: str((int(digit[0]) + turn) % 10), text)


def _of_fields(fields: Mapping[str, Any], words: int) -> LoadArticle:
    return LoadArticle(fields["article_id"].encode(), json.dumps(fields, ensure_ascii=False).encode(), words)


def _load_article(key: bytes, value: bytes) -> LoadArticle:
    return LoadArticle(key, value, len(str(json.loads(value)["body"]).split()))
