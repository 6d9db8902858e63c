"""``claimwire enrich``: articles from files or standard input, enriched, without a broker."""

import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache, partial
from itertools import chain
from pathlib import Path
from typing import IO, Annotated

import typer

from workers.cli.enrich_inputs import STANDARD_INPUT, InputType, RawInput, Unreadable, read_inputs
from workers.cli.enrich_outputs import OutputFormat, Writer, output_to, writer_for
from workers.cli.enrich_progress import EnrichProgress
from workers.cli.errors import CliError
from workers.cli.loading import settings_of
from workers.domain.article import Article, EnrichedArticle
from workers.domain.outcome import Drop, DropReason, Reject
from workers.settings import Settings
from workers.wire.messages import decode_article

_BATCH_ARTICLES = 8
_BATCH_CHARACTERS = 200_000
_DROPS = {
    DropReason.NOT_ENGLISH: "the text is not English",
    DropReason.TOMBSTONE: "the record has no value",
}

Result = EnrichedArticle | Drop | Reject
Enricher = Callable[[list[Article]], Sequence[Result]]
Found = Article | Drop | Reject | Unreadable


def enrich(
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Articles: .txt, .html, .json, .jsonl, also .gz; - or nothing reads standard input.",
            show_default=False,
        ),
    ] = None,
    form: Annotated[
        OutputFormat | None,
        typer.Option("--format", "-f", help="Default: table in a terminal, else jsonl.", show_default=False),
    ] = None,
    input_type: Annotated[
        InputType | None,
        typer.Option("--input", help="What the files hold, when their names or contents mislead."),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write here instead of standard output.")
    ] = None,
) -> None:
    """Find entities and attributed claims: who said what, how, and whether they hold it true.

    Documents come out in the order of the input. What cannot be enriched is named on standard error with
    its file, line and reason, the rest goes on, and the exit code is 1.
    """
    paths = files or [STANDARD_INPUT]
    if paths.count(STANDARD_INPUT) > 1:
        raise typer.BadParameter("standard input (-) can be read only once")
    if STANDARD_INPUT in paths and sys.stdin.isatty():
        typer.echo("claimwire enrich: type or paste an article, then press Ctrl-D", err=True)
    settings = settings_of()
    with output_to(output) as out:
        bad = _enrich_all(paths, input_type, form, out, settings, direct=output is None)
    raise typer.Exit(1 if bad else 0)


def _enrich_all(
    paths: list[Path],
    input_type: InputType | None,
    form: OutputFormat | None,
    out: IO[bytes],
    settings: Settings,
    *,
    direct: bool,
) -> int:
    """Return how many inputs could not be enriched."""
    on_screen = direct and sys.stdout.isatty()
    limit = settings.body_limit_bytes
    items = chain.from_iterable(read_inputs(path, input_type, limit) for path in paths)
    first = next(items, None)
    alone = len(paths) == 1 and (first is None or isinstance(first, Unreadable) or first.alone)
    writer = writer_for(form or (OutputFormat.TABLE if on_screen else OutputFormat.JSONL), out, alone=alone)
    with EnrichProgress(paths, hidden=on_screen) as progress:
        enricher = _enricher(settings.model, progress.loaded)
        run = Run(enricher, writer, progress.complain, limit, progress.advance)
        run.over(items if first is None else chain((first,), items))
    return run.bad


def _enricher(model: Path | None, loaded: Callable[[], None]) -> Enricher:
    """Return what enriches a batch; the pipeline is loaded for the first one, ``loaded`` told of it."""

    @cache
    def ready() -> Enricher:
        from workers.nlp import load_pipeline
        from workers.nlp.enrich import enrich_articles

        try:
            pipeline = load_pipeline(model)
        except (ImportError, ValueError) as error:
            raise CliError(f"{model or 'the shipped pipeline'} cannot be loaded: {error}") from None
        loaded()
        return partial(enrich_articles, pipeline)

    return lambda articles: ready()(articles)


@dataclass
class Run:
    """One pass over the inputs: documents go to ``writer``, what is none to ``complain``.

    ``done`` is told the file's place and position after each batch.
    """

    enricher: Enricher
    writer: Writer
    complain: Callable[[str], None]
    max_body_bytes: int
    done: Callable[[int, RawInput | Unreadable], None]
    bad: int = 0

    def over(self, items: Iterable[RawInput | Unreadable]) -> None:
        """Enrich all, in order; never more than a batch of articles is held."""
        batch: list[tuple[str, Found]] = []
        size = 0
        for item in items:
            found = item if isinstance(item, Unreadable) else self._decoded(item.value)
            batch.append((item.place, found))
            size += len(found.body) if isinstance(found, Article) else 0
            if len(batch) == _BATCH_ARTICLES or size >= _BATCH_CHARACTERS:
                self._write(batch)
                self.done(len(batch), item)
                batch, size = [], 0
        self._write(batch)
        self.writer.finish()

    def _decoded(self, value: bytes) -> Article | Drop | Reject:
        return decode_article(value, max_body_bytes=self.max_body_bytes)

    def _write(self, batch: list[tuple[str, Found]]) -> None:
        articles = [found for _, found in batch if isinstance(found, Article)]
        results = iter(self.enricher(articles) if articles else ())
        for place, found in batch:
            result = next(results) if isinstance(found, Article) else found
            if isinstance(result, EnrichedArticle):
                self.writer.add(result)
            else:
                self.bad += 1
                self.complain(f"{place}: {_reason(result)}")
        self.writer.flush()


def _reason(result: Drop | Reject | Unreadable) -> str:
    if isinstance(result, Unreadable):
        return result.reason
    if isinstance(result, Drop):
        return f"{result.reason}: {_DROPS.get(result.reason, 'nothing to enrich')}"
    return f"{result.reason}: {result.detail}"
