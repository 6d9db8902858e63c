"""(a) The model alone, without Kafka: what one language process, and several at once, can do at best."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum, auto
from types import TracebackType
from typing import Any, Self

from spacy.language import Language

from bench.articles import LoadArticle, total_words
from bench.cnn import cnn_pipeline
from workers.agents.jobs import JobSettings, enrich_job, start_process
from workers.agents.process import Failed, LanguageProcess, Work
from workers.domain.article import Article
from workers.nlp import load_pipeline
from workers.nlp.encoder import ClaimwireEncoder
from workers.nlp.language import english
from workers.nlp.pieces import batches
from workers.nlp.text import article_text
from workers.wire.messages import DEFAULT_MAX_BODY_BYTES, decode_article

_START_TIMEOUT_S = 120.0
_JOB_TIMEOUT_S = 900.0
BATCH = 16


class Task(StrEnum):
    """What is timed; ``ENCODER`` is the network alone, on windows that were cut before."""

    PIPE = auto()
    JOB = auto()
    ENCODER = auto()
    CNN = auto()
    SINGLE = auto()


@dataclass(frozen=True, slots=True)
class Order:
    """One request to a measuring process."""

    task: Task
    articles: tuple[LoadArticle, ...]


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds and processor seconds of a whole order; ``each`` holds an article's own time (``SINGLE``)."""

    seconds: float
    cpu_seconds: float
    words: int
    each: tuple[float, ...] = ()

    @property
    def words_per_second(self) -> float:
        """Words a second."""
        return self.words / self.seconds

    @property
    def words_per_cpu_second(self) -> float:
        """Words a second of processor time: what else the machine does hardly touches it."""
        return self.words / self.cpu_seconds


class _Child:
    nlp: Language
    cnn: Language | None = None


class Models:
    """``count`` language processes of the product that measure themselves; the clock is theirs."""

    def __init__(self, count: int) -> None:
        work: Work[Order, Timing] = Work(_serve, _prepare)
        self._processes = [LanguageProcess(work, _START_TIMEOUT_S, _JOB_TIMEOUT_S) for _ in range(count)]
        self._threads = ThreadPoolExecutor(count)

    def __enter__(self) -> Self:
        for failed in self._threads.map(LanguageProcess.start, self._processes):
            if failed is not None:
                self.close()
                raise RuntimeError(f"a measuring process does not start: {failed.detail}")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the processes."""
        for process in self._processes:
            process.end()
        self._threads.shutdown()

    def one(self, task: Task, articles: Sequence[LoadArticle]) -> Timing:
        """Let the first process do it while the others sleep."""
        return _asked(self._processes[0], Order(task, tuple(articles)))

    def all_at_once(self, task: Task, articles: Sequence[LoadArticle], count: int) -> list[Timing]:
        """Let ``count`` processes work side by side, each at a share of ``articles`` of like length."""
        order = sorted(articles, key=lambda article: article.words)
        shares = [Order(task, tuple(order[place::count])) for place in range(count)]
        return list(self._threads.map(_asked, self._processes, shares))


def _asked(process: LanguageProcess[Order, Timing], order: Order) -> Timing:
    (answer,) = process.ask([order])
    if isinstance(answer, Failed):
        raise RuntimeError(f"{order.task}: {answer.detail}")  # noqa: TRY004 - an answer, no wrong type
    return answer


def _prepare() -> None:
    start_process(JobSettings(None, DEFAULT_MAX_BODY_BYTES, 0.0))
    _Child.nlp = load_pipeline()


def _serve(orders: Sequence[Order]) -> list[Timing]:
    return [_TASKS[order.task](order.articles) for order in orders]


def _timed(articles: Sequence[LoadArticle], run: Callable[[], Any]) -> Timing:
    began, cpu = time.perf_counter(), time.process_time()
    run()
    return Timing(time.perf_counter() - began, time.process_time() - cpu, total_words(articles))


def _groups(articles: Sequence[LoadArticle]) -> list[Sequence[LoadArticle]]:
    return [articles[start : start + BATCH] for start in range(0, len(articles), BATCH)]


def _pipe(articles: Sequence[LoadArticle]) -> Timing:
    bodies = _bodies(articles)
    return _timed(articles, lambda: [None for _ in _Child.nlp.pipe(bodies, batch_size=BATCH)])


def _job(articles: Sequence[LoadArticle]) -> Timing:
    groups = [[(article.key, article.value) for article in group] for group in _groups(articles)]
    return _timed(articles, lambda: [enrich_job(group) for group in groups])


def _encoder(articles: Sequence[LoadArticle]) -> Timing:
    encoder = next(part for _, part in _Child.nlp.pipeline if isinstance(part, ClaimwireEncoder))
    pieces, heads, _ = encoder.loaded()
    hidden = heads.checkworthiness is not None
    mask = _Child.nlp.pipeline[0][1]
    windows = []
    for body in _bodies(articles):
        doc = mask(_Child.nlp.make_doc(body))
        masked = [(stretch.start, stretch.end) for stretch in doc._.claimwire_masked]
        windows += pieces.windows(body, masked)
    ready = list(batches(windows, encoder.max_windows))
    return _timed(articles, lambda: [encoder.run(batch, hidden=hidden) for batch in ready])


def _cnn(articles: Sequence[LoadArticle]) -> Timing:
    if _Child.cnn is None:
        _Child.cnn = cnn_pipeline()
        list(_Child.cnn.pipe(_bodies(articles[:2])))
    nlp, bodies = _Child.cnn, _bodies(articles)
    return _timed(articles, lambda: [None for _ in nlp.pipe(bodies)])


def _single(articles: Sequence[LoadArticle]) -> Timing:
    timings = [_job([article]) for article in articles]
    seconds, cpu = sum(t.seconds for t in timings), sum(t.cpu_seconds for t in timings)
    return Timing(seconds, cpu, total_words(articles), tuple(t.seconds for t in timings))


def usable(article: LoadArticle) -> bool:
    """Whether it has text in English: a worker makes nothing of others, and no completion shows them."""
    decoded = decode_article(article.value, article.key)
    if not isinstance(decoded, Article):
        return False
    text = article_text(decoded.body, decoded.content_type)
    return isinstance(text, str) and isinstance(english(text, decoded.language), str)


def _bodies(articles: Sequence[LoadArticle]) -> list[str]:
    decoded = [decode_article(article.value, article.key) for article in articles]
    return [article.body for article in decoded if isinstance(article, Article)]


_TASKS: dict[Task, Callable[[Sequence[LoadArticle]], Timing]] = {
    Task.PIPE: _pipe,
    Task.JOB: _job,
    Task.ENCODER: _encoder,
    Task.CNN: _cnn,
    Task.SINGLE: _single,
}
