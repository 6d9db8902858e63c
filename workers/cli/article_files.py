"""Articles in files: JSON, JSON lines, plain text and HTML, gzipped or not, and standard input."""

import gzip
import io
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from workers.cli.errors import CliError
from workers.domain.ids import content_id
from workers.domain.outcome import Reject
from workers.wire.codec import decode_object, encode_object
from workers.wire.raw_articles import STEM
from workers.wire.schema import problem_when_read

STANDARD_INPUT = Path("-")
_MAX_LINE_BYTES = 16 * 1024 * 1024
_ALIASES = (("text", "body"), ("id", "article_id"), ("domain", "publisher"))
_HTML = (".html", ".htm", ".xhtml")
_JSON = (".json", ".jsonl", ".ndjson")


@dataclass(frozen=True, slots=True)
class Article:
    """A record to publish, and where it was read: ``articles.jsonl:17``."""

    place: str
    key: bytes
    value: bytes


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that is no article."""

    place: str
    why: str


def read_articles(path: Path, on_bytes: Callable[[int], None]) -> Iterator[Article | BadLine]:
    """Yield what is in a file, in its order. ``on_bytes`` is told how far into the file reading has come.

    ``.json`` and ``.jsonl`` (also ``.gz``) hold one object a line, or one object; other files are one article
    each. Standard input is JSON lines. Raises ``CliError`` when the file cannot be read.
    """
    name = path.name.removesuffix(".gz")
    try:
        with _opened(path) as (content, position):
            if path == STANDARD_INPUT or name.endswith(_JSON):
                yield from _lines(str(path), content, lambda: on_bytes(position()))
            else:
                yield _whole(str(path), content.read(_MAX_LINE_BYTES + 1), is_html=name.endswith(_HTML))
    except (OSError, EOFError) as error:
        if isinstance(error, BrokenPipeError):
            raise
        raise CliError(f"{path}: {getattr(error, 'strerror', None) or error}") from error


@contextmanager
def _opened(path: Path) -> Iterator[tuple[BinaryIO, Callable[[], int]]]:
    """Give the unpacked content, and a function that tells how much of the file has been read."""
    if path == STANDARD_INPUT:
        yield sys.stdin.buffer, lambda: 0
        return
    with path.open("rb") as file:
        if path.name.endswith(".gz"):
            with gzip.open(file) as unpacked:
                yield io.BufferedReader(unpacked), file.tell
        else:
            yield file, file.tell


def _lines(place: str, content: BinaryIO, progressed: Callable[[], None]) -> Iterator[Article | BadLine]:
    first = content.readline(_MAX_LINE_BYTES)
    if first.strip() in (b"{", b"["):
        yield from _document(place, first + content.read(_MAX_LINE_BYTES))
        return
    number, line = 1, first
    while line:
        if line.strip():
            yield _article(f"{place}:{number}", line.strip())
        progressed()
        number, line = number + 1, content.readline(_MAX_LINE_BYTES)


def _document(place: str, value: bytes) -> Iterator[Article | BadLine]:
    """Yield the article of a JSON file that is written over several lines."""
    if value.lstrip().startswith(b"["):
        yield BadLine(place, "an array; one object a line is needed")
    else:
        yield _article(place, value)


def _whole(place: str, value: bytes, *, is_html: bool) -> Article | BadLine:
    try:
        body = value.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return BadLine(place, f"byte 0x{value[error.start]:02x} at offset {error.start} is not UTF-8")
    return _record(place, {"body": body, "content_type": "text/html" if is_html else "text/plain"})


def _article(place: str, value: bytes) -> Article | BadLine:
    fields = decode_object(value, max_bytes=_MAX_LINE_BYTES)
    if isinstance(fields, Reject):
        return BadLine(place, fields.detail)
    return _record(place, _with_contract_names(fields))


def _record(place: str, fields: dict[str, Any]) -> Article | BadLine:
    problem = problem_when_read(STEM, fields)
    if problem is not None:
        return BadLine(place, problem)
    article_id = fields.get("article_id") or content_id(
        "article", fields.get("url") or fields.get("body") or ""
    )
    fields["article_id"] = article_id
    return Article(place, article_id.encode("utf-8"), encode_object(fields))


def _with_contract_names(fields: dict[str, Any]) -> dict[str, Any]:
    """Rename the fields of a common crawl format, which says ``text`` where the contract says ``body``."""
    if "text" not in fields or "body" in fields:
        return fields
    renamed = dict(fields)
    for theirs, ours in _ALIASES:
        if theirs in renamed:
            renamed[ours] = renamed.pop(theirs)
    return renamed
