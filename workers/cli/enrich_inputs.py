"""Files and standard input as article-raw messages: plain text, a web page, JSON or JSON lines."""

import codecs
import gzip
import io
import json
import re
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import IO, Any, cast

STANDARD_INPUT = Path("-")
MAX_JSON_BYTES = 256 * 2**20
_LINE_SLACK = 256 * 1024
_ESCAPED = 6  # a character may be written as \u00XX
_SUFFIXES = {
    ".txt": "text", ".text": "text", ".md": "text",
    ".html": "html", ".htm": "html", ".xhtml": "html",
    ".json": "json", ".jsonl": "jsonl", ".ndjson": "jsonl",
}  # fmt: skip
_PAGE = re.compile(rb"<(!doctype\s+html|html|head|body|article|main|div|p|h1|meta)\b", re.IGNORECASE)
_CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE)
_CALLED_LATIN = {"iso8859-1", "ascii"}  # browsers read what is called so as Windows-1252
_BOM = codecs.BOM_UTF8


class InputType(StrEnum):
    """What a file holds."""

    TEXT = "text"
    HTML = "html"
    JSON = "json"
    JSONL = "jsonl"


@dataclass(frozen=True, slots=True)
class RawInput:
    """One message, still bytes. ``place`` is for people: ``articles.jsonl:12`` in ``file``.

    ``alone`` says that the file is this one article, not a list of them. ``position`` is the number of
    bytes of the file that were read so far.
    """

    file: str
    place: str
    value: bytes
    alone: bool
    position: int


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Something that is no message, with one line that says why."""

    place: str
    reason: str


def read_inputs(path: Path, forced: InputType | None, max_body_bytes: int) -> Iterator[RawInput | Unreadable]:
    """Yield what ``path`` holds, in order; whatever is wrong with it is an ``Unreadable``, not an exception.

    JSON lines are read one at a time, and a line far longer than an article may be is skipped, not held.
    """
    name = "standard input" if path == STANDARD_INPUT else str(path)
    try:
        with _opened(path) as (stream, raw):
            kind = forced or _kind(path, stream)
            yield from _read(kind, name, stream, raw, max_body_bytes)
    except EOFError:
        yield Unreadable(name, "the gzip file ends too early")
    except (gzip.BadGzipFile, zlib.error) as error:
        yield Unreadable(name, f"damaged gzip file: {error}")
    except OSError as error:
        yield Unreadable(name, error.strerror or str(error))


@contextmanager
def _opened(path: Path) -> Iterator[tuple[io.BufferedReader, io.BufferedReader]]:
    """Give the content, unpacked when it is packed, and the file it comes from."""
    raw = _standard_input() if path == STANDARD_INPUT else path.open("rb")
    try:
        if raw.peek(2)[:2] == b"\x1f\x8b":
            with io.BufferedReader(cast("io.RawIOBase", gzip.open(raw))) as unpacked:
                yield cast("io.BufferedReader", unpacked), raw
        else:
            yield raw, raw
    finally:
        if path != STANDARD_INPUT:
            raw.close()


def _standard_input() -> io.BufferedReader:
    stream = sys.stdin.buffer
    return (
        stream if isinstance(stream, io.BufferedReader) else io.BufferedReader(cast("io.RawIOBase", stream))
    )


def _kind(path: Path, stream: io.BufferedReader) -> InputType:
    suffixes = [suffix.lower() for suffix in path.suffixes if suffix.lower() != ".gz"]
    if suffixes and suffixes[-1] in _SUFFIXES:
        return InputType(_SUFFIXES[suffixes[-1]])
    return sniff(stream.peek(4096))


def sniff(head: bytes) -> InputType:
    """Return what a file that begins with ``head`` seems to hold."""
    start = head.removeprefix(_BOM).lstrip()
    first, found, _ = start.partition(b"\n")
    second = start[1:].lstrip()[:1]
    if start[:1] == b"{" and second in (b'"', b"}"):
        return InputType.JSONL if not found or first.rstrip().endswith(b"}") else InputType.JSON
    if start[:1] == b"[" and second in (b"{", b"]"):
        return InputType.JSON
    return InputType.HTML if _PAGE.search(head[:1024]) else InputType.TEXT


def _read(
    kind: InputType, name: str, stream: IO[bytes], raw: IO[bytes], max_body_bytes: int
) -> Iterator[RawInput | Unreadable]:
    if kind is InputType.JSONL:
        yield from _lines(name, stream, raw, max_body_bytes * _ESCAPED + _LINE_SLACK)
        return
    limit = MAX_JSON_BYTES if kind is InputType.JSON else max_body_bytes
    content = stream.read(limit + 1)
    if len(content) > limit:
        hint = "; give a long list as JSON lines" if kind is InputType.JSON else ""
        yield Unreadable(name, f"larger than {limit:,} bytes{hint}")
    elif kind is InputType.JSON:
        yield from _json(name, content)
    else:
        yield _one_body(kind, name, content)


def _lines(
    name: str, stream: IO[bytes], raw: IO[bytes] | None, limit: int
) -> Iterator[RawInput | Unreadable]:
    number = 0
    while line := stream.readline(limit):
        number += 1
        place = f"{name}:{number}"
        if len(line) == limit and not line.endswith(b"\n"):
            while line and not line.endswith(b"\n"):
                line = stream.readline(limit)
            yield Unreadable(place, f"a line of more than {limit:,} bytes")
        elif number == 1 and line.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            yield Unreadable(name, _UTF16)
            return
        elif line.strip():
            position = raw.tell() if raw is not None and raw.seekable() else 0
            yield RawInput(name, place, line.rstrip(b"\r\n"), alone=False, position=position)


def _json(name: str, content: bytes) -> Iterator[RawInput | Unreadable]:
    try:
        parsed = json.loads(content.removeprefix(_BOM).decode("utf-8"))
    except UnicodeDecodeError as error:
        yield Unreadable(name, _not_utf8(content, error))
    except json.JSONDecodeError as error:
        if error.msg == "Extra data":  # one object after another: JSON lines under another name
            yield from _lines(name, io.BytesIO(content), None, len(content) + 1)
        else:
            yield Unreadable(name, f"not JSON: {error.msg} at line {error.lineno} column {error.colno}")
    except (RecursionError, ValueError) as error:
        yield Unreadable(name, f"not JSON that can be read: {error}")
    else:
        if not isinstance(parsed, list):
            yield RawInput(name, name, content, alone=True, position=len(content))
            return
        for number, item in enumerate(parsed, start=1):
            place = f"{name}: item {number}"
            yield RawInput(name, place, json.dumps(item).encode(), alone=False, position=len(content))


def _one_body(kind: InputType, name: str, content: bytes) -> RawInput | Unreadable:
    body = _decoded(kind, content)
    if isinstance(body, UnicodeDecodeError):
        return Unreadable(name, _not_utf8(content, body))
    content_type = "text/html" if kind is InputType.HTML else "text/plain"
    message: dict[str, Any] = {"body": body, "content_type": content_type}
    return RawInput(name, name, json.dumps(message).encode(), alone=True, position=len(content))


def _decoded(kind: InputType, content: bytes) -> str | UnicodeDecodeError:
    """Return the text without a byte order mark; a page that is not UTF-8 may declare what it is."""
    try:
        return content.removeprefix(_BOM).decode("utf-8")
    except UnicodeDecodeError as error:
        declared = _CHARSET.search(content[:2048]) if kind is InputType.HTML else None
        if declared is None:
            return error
        try:
            encoding = codecs.lookup(declared[1].decode("ascii")).name
            return content.decode("cp1252" if encoding in _CALLED_LATIN else encoding)
        except (LookupError, UnicodeDecodeError):
            return error


_UTF16 = "UTF-16, not UTF-8; convert it: iconv -f UTF-16 -t UTF-8"


def _not_utf8(content: bytes, error: UnicodeDecodeError) -> str:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _UTF16
    if b"\x00" in content:
        return "binary data, not text"
    where = f"byte 0x{error.object[error.start]:02x} at offset {error.start}"
    return f"not UTF-8 ({where}); if it is Windows text, convert it: iconv -f WINDOWS-1252 -t UTF-8"
