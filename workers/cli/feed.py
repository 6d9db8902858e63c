"""``claimwire feed FILE…``: publishes articles; every one is acknowledged by the broker, or named."""

import time
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from kafka.errors import KafkaError
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from workers.cli.article_files import STANDARD_INPUT, Article, BadLine, read_articles
from workers.cli.errors import CliError
from workers.cli.kafka import DEFAULT_BOOTSTRAP, Bootstrap, producer, require_topic
from workers.cli.pace import Pace
from workers.topology import Topic

IN_FLIGHT = 500
ACK_TIMEOUT_S = 90


def feed(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE", help="JSON lines or JSON (also .gz), text, HTML; - is standard input."
        ),
    ],
    bootstrap: Bootstrap = DEFAULT_BOOTSTRAP,
    rate: Annotated[float | None, typer.Option(min=0.01, help="At most so many articles a second.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Stop after so many articles.")] = None,
) -> None:
    """Publish articles to news.article-raw.v1, the article's id as the key.

    A line that is no article by schemas/article-raw.v1 is named and skipped, and makes the exit code 1.
    What else may be wrong (an empty body, a date that is none) is the worker's to say, in a dead letter.
    Also takes lines with text instead of body, id and domain.

    Examples:

      claimwire feed articles.jsonl.gz --limit 300 --rate 20

      claimwire feed story.txt page.html
    """
    for path in files:
        if path != STANDARD_INPUT and not path.is_file():
            raise CliError(f"{path}: no such file")
    console = Console(stderr=True, highlight=False, markup=False)
    require_topic(bootstrap, Topic.ARTICLE_RAW.value)
    with producer(bootstrap) as client, _progress(console) as progress:
        publisher = _Publisher(client, lambda line: progress.console.print(line, soft_wrap=True), Pace(rate))
        for article in _shown(progress, files, limit):
            publisher.take(article)
            if limit is not None and publisher.sent >= limit:
                break
        publisher.finish()
    console.print(
        f"{publisher.acknowledged} articles published to {Topic.ARTICLE_RAW}, {publisher.bad} not published"
    )
    if publisher.bad:
        raise CliError(f"{publisher.bad} articles were not published")


class _Publisher:
    """Sends articles and waits for every acknowledgement, with a bounded number outstanding."""

    def __init__(self, client: Any, say: Callable[[str], object], pace: Pace) -> None:
        self._client, self._say, self._pace = client, say, pace
        self._waiting: deque[tuple[str, Any]] = deque()
        self.sent = self.acknowledged = self.bad = 0

    def take(self, article: Article | BadLine) -> None:
        if isinstance(article, BadLine):
            self._refuse(article.place, article.why)
            return
        self._pace.wait()
        try:
            future = self._client.send(Topic.ARTICLE_RAW.value, value=article.value, key=article.key)
        except KafkaError as error:
            self._refuse(article.place, str(error))
            return
        self.sent += 1
        self._waiting.append((article.place, future))
        while len(self._waiting) > IN_FLIGHT:
            self._settle()

    def finish(self) -> None:
        while self._waiting:
            self._settle()

    def _settle(self) -> None:
        place, future = self._waiting.popleft()
        try:
            future.get(ACK_TIMEOUT_S)
        except KafkaError as error:
            self._refuse(place, str(error))
        else:
            self.acknowledged += 1

    def _refuse(self, place: str, why: str) -> None:
        self.bad += 1
        self._say(f"{place}: {' '.join(why.split())}")


def _progress(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[articles]} articles, {task.fields[speed]}/s"),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )


def _shown(progress: Progress, files: list[Path], limit: int | None) -> Iterator[Article | BadLine]:
    """Yield all articles of all files, moving the bar by the bytes read or, with a limit, by the articles."""
    sizes = [path.stat().st_size if path != STANDARD_INPUT else 0 for path in files]
    task = progress.add_task("publishing", total=limit or sum(sizes) or None, articles=0, speed=0)
    began, count, before = time.monotonic(), 0, 0
    for path, size in zip(files, sizes, strict=True):
        place = _Place(before)
        for article in read_articles(path, place.move):
            yield article
            count += 1
            speed = round(count / max(time.monotonic() - began, 0.001))
            progress.update(task, completed=count if limit else place.bytes, articles=count, speed=speed)
        before += size


class _Place:
    """How many bytes of all files have been read."""

    def __init__(self, before: int) -> None:
        self._before = self.bytes = before

    def move(self, read: int) -> None:
        self.bytes = self._before + read
