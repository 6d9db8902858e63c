"""A progress bar on standard error for long work, and complaints that do not tear it."""

import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.text import Text

from workers.cli.enrich_inputs import RawInput, Unreadable
from workers.cli.render.words import one_line


class EnrichProgress:
    """Shown only in a terminal: a line while the pipeline loads, then a bar.

    ``hidden`` says that the documents go to the same screen: then the bar would tear them, and is left out.
    """

    def __init__(self, paths: list[Path], *, hidden: bool) -> None:
        self._console = Console(stderr=True, highlight=False, soft_wrap=True)
        self._hidden = hidden
        self._file = ""
        self._before = 0
        self._within = 0
        self._articles = 0
        self._began = time.monotonic()
        columns = (
            TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn()
        )  # fmt: skip
        self._bar = Progress(*columns, console=self._console, transient=True, disable=not sys.stderr.isatty())
        self._task = self._bar.add_task("loading the language pipeline …", total=_bytes_of(paths))

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def loaded(self) -> None:
        """Tell that the work itself begins."""
        self._began = time.monotonic()
        self._bar.update(self._task, description="0 articles")
        if self._hidden:
            self._bar.stop()

    def complain(self, line: str) -> None:
        """Print one line of trouble."""
        self._console.print(Text(f"claimwire enrich: {one_line(line)}"))

    def advance(self, articles: int, last: RawInput | Unreadable) -> None:
        """Count a batch that is done; ``last`` is its last input."""
        self._articles += articles
        if isinstance(last, RawInput):
            self._move_to(last)
        rate = self._articles / max(time.monotonic() - self._began, 0.001)
        label = f"{self._articles:,} articles, {rate:.1f}/s"
        self._bar.update(self._task, completed=self._before + self._within, description=label)

    def _move_to(self, last: RawInput) -> None:
        if last.file != self._file:
            self._before += self._within
            self._file = last.file
        self._within = last.position


def _bytes_of(paths: list[Path]) -> int | None:
    """Return the size of all files; None when one of them, such as a pipe, has none."""
    if not all(path.is_file() for path in paths):
        return None
    return sum(path.stat().st_size for path in paths)
