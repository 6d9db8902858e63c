"""Where enriched articles go: JSON lines, indented JSON, a page, or tables."""

import io
import json
import os
import sys
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import IO

from workers.cli.errors import CliError
from workers.cli.render.page import Page
from workers.cli.render.table import print_article, terminal
from workers.domain.article import EnrichedArticle
from workers.wire.messages import encode_enriched, enriched_message


class OutputFormat(StrEnum):
    """How documents are printed."""

    JSON = "json"
    JSONL = "jsonl"
    HTML = "html"
    TABLE = "table"


class Writer(ABC):
    """Takes documents in the order of the input; ``finish`` once after the last."""

    @abstractmethod
    def add(self, article: EnrichedArticle) -> None:
        """Write one document, or keep it until ``finish``."""

    @abstractmethod
    def flush(self) -> None:
        """Let a reader at the other end see what was written so far, where that means something."""

    @abstractmethod
    def finish(self) -> None:
        """Write what belongs behind the last document."""


class _JsonLines(Writer):
    def __init__(self, out: IO[bytes]) -> None:
        self._out = out

    def add(self, article: EnrichedArticle) -> None:
        self._out.write(encode_enriched(article) + b"\n")

    def flush(self) -> None:
        self._out.flush()

    def finish(self) -> None:
        self._out.flush()


class _Json(Writer):
    """``alone``: the document itself; else an array of documents, whatever their number."""

    def __init__(self, out: IO[bytes], *, alone: bool) -> None:
        self._out = out
        self._alone = alone
        self._count = 0

    def add(self, article: EnrichedArticle) -> None:
        text = json.dumps(enriched_message(article), ensure_ascii=False, indent=2)
        before = b"" if self._alone else (b"[\n" if self._count == 0 else b",\n")
        self._out.write(before + text.encode("utf-8", "replace") + (b"\n" if self._alone else b""))
        self._count += 1

    def flush(self) -> None:
        self._out.flush()

    def finish(self) -> None:
        if not self._alone:
            self._out.write(b"\n]\n" if self._count else b"[]\n")
        self._out.flush()


class _Html(Writer):
    def __init__(self, out: IO[bytes]) -> None:
        self._text = io.TextIOWrapper(out, encoding="utf-8", errors="replace", newline="")
        self._page = Page(self._text)

    def add(self, article: EnrichedArticle) -> None:
        self._page.add(article)

    def flush(self) -> None:
        """Nothing: the page is put together at the end."""

    def finish(self) -> None:
        with self._page as page:
            page.finish()
        self._text.flush()
        self._text.detach()


class _Tables(Writer):
    def __init__(self, out: IO[bytes]) -> None:
        encoding = "utf-8" if out is not sys.stdout.buffer else sys.stdout.encoding
        self._text = io.TextIOWrapper(out, encoding=encoding, errors="replace", newline="")
        self._console = terminal(self._text)

    def add(self, article: EnrichedArticle) -> None:
        print_article(self._console, article)

    def flush(self) -> None:
        self._text.flush()

    def finish(self) -> None:
        self._text.flush()
        self._text.detach()


def writer_for(form: OutputFormat, out: IO[bytes], *, alone: bool) -> Writer:
    """Return the writer; ``alone`` says that the input is one file with one document."""
    match form:
        case OutputFormat.JSONL:
            return _JsonLines(out)
        case OutputFormat.JSON:
            return _Json(out, alone=alone)
        case OutputFormat.HTML:
            return _Html(out)
        case OutputFormat.TABLE:
            return _Tables(out)


@contextmanager
def output_to(path: Path | None) -> Iterator[IO[bytes]]:
    """Give standard output, or a file that takes its place only when all was written.

    A pipe or a device (``/dev/null``) is written to directly. Raises ``CliError`` when it cannot be opened.
    """
    if path is None or path == Path("-"):
        yield sys.stdout.buffer
    elif path.exists() and not path.is_file():
        with _opened(path, path) as direct:
            yield direct
    else:
        part = path.with_name(f".{path.name}.{os.getpid()}.part")
        try:
            with _opened(part, path) as unfinished:
                yield unfinished
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)


def _opened(path: Path, wanted: Path) -> IO[bytes]:
    try:
        return path.open("wb")
    except OSError as error:
        raise CliError(f"{wanted} cannot be written: {error.strerror}") from None
