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

_PATIENCE_SECONDS = 2.0


class EnrichProgress:
    """Shown only in a terminal, only when the work lasts, and never over documents on the same screen.

    ``hidden`` says that the documents go to the screen.
    """

    def __init__(self, paths: list[Path], *, hidden: bool) -> None:
        self._console = Console(stderr=True, highlight=False, soft_wrap=True)
        self._shown = not hidden and sys.stderr.isatty()
        self._total = _bytes_of(paths)
        self._file = ""
        self._before = 0
        self._within = 0
        self._articles = 0
        self._began = time.monotonic()
        self._bar: Progress | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def complain(self, line: str) -> None:
        """Print one line of trouble."""
        self._console.print(Text(f"claimwire enrich: {one_line(line)}"))

    def advance(self, articles: int, last: RawInput | Unreadable) -> None:
        """Count a batch that is done; ``last`` is its last input."""
        self._articles += articles
        if not self._shown or time.monotonic() - self._began < _PATIENCE_SECONDS:
            return
        if isinstance(last, RawInput):
            self._move_to(last)
        if self._bar is None:
            self._bar = self._started()
        rate = self._articles / (time.monotonic() - self._began)
        label = f"{self._articles:,} articles, {rate:.1f}/s"
        self._bar.update(self._bar.task_ids[0], completed=self._before + self._within, description=label)

    def _move_to(self, last: RawInput) -> None:
        if last.file != self._file:
            self._before += self._within
            self._file = last.file
        self._within = last.position

    def _started(self) -> Progress:
        columns = (
            TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn()
        )  # fmt: skip
        bar = Progress(*columns, console=self._console, transient=True)
        bar.add_task("", total=self._total)
        bar.start()
        return bar


def _bytes_of(paths: list[Path]) -> int | None:
    """Return the size of all files; None when one of them, such as a pipe, has none."""
    if not all(path.is_file() for path in paths):
        return None
    return sum(path.stat().st_size for path in paths)
