"""Rounds of (a) and (b) in turn, so that what else the machine does falls on both alike."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from bench.articles import LoadArticle, total_words
from bench.cluster import Cluster
from bench.figures import Spread, spread
from bench.model import BATCH, Models, Task
from bench.saturation import Saturated, saturate

Say = Callable[[str], None]


@dataclass(slots=True)
class Rounds:
    """Words a second of every round: ``alone[task, processes]`` and ``through_kafka[processes]``."""

    alone: dict[tuple[Task, int], list[float]] = field(default_factory=dict)
    through_kafka: dict[int, list[Saturated]] = field(default_factory=dict)

    def efficiency(self, processes: int, against: Task) -> Spread:
        """(b) over (a), each round by itself."""
        pairs = zip(self.through_kafka[processes], self.alone[against, processes], strict=True)
        return spread([through.steady.words_per_second / alone for through, alone in pairs])

    def scaling(self, processes: int) -> Spread:
        """(b) with ``processes`` over (b) with one, each round by itself."""
        pairs = zip(self.through_kafka[processes], self.through_kafka[1], strict=True)
        return spread([more.steady.words_per_second / one.steady.words_per_second for more, one in pairs])

    def model_scaling(self, processes: int) -> Spread:
        """The same of (a): what this machine allows."""
        pairs = zip(self.alone[Task.PIPE, processes], self.alone[Task.PIPE, 1], strict=True)
        return spread([more / one for more, one in pairs])


def rounds(
    cluster: Cluster, articles: Sequence[LoadArticle], count: int, worker_counts: Sequence[int], say: Say
) -> Rounds:
    """Measure ``count`` rounds. The measuring processes sleep while the worker runs."""
    found = Rounds()
    with Models(max(worker_counts)) as models:
        for number in range(count):
            for processes in worker_counts:
                for task in (Task.PIPE, Task.JOB):
                    rate = models.all_at_once(task, articles, processes)
                    found.alone.setdefault((task, processes), []).append(rate)
                    say(f"round {number + 1}: {task} alone, {processes} processes: {rate:.0f} words/s")
                renamed = [article.renamed(f"-{number}-{processes}") for article in articles]
                run = saturate(cluster, renamed, processes)
                found.through_kafka.setdefault(processes, []).append(run)
                say(_told(number, processes, run))
    return found


def _told(number: int, processes: int, run: Saturated) -> str:
    part = run.steady
    used = ", ".join(f"{kind} {seconds:.1f}" for kind, seconds in run.cpu.items())
    return (
        f"round {number + 1}: worker, {processes} processes: {part.words_per_second:.0f} words/s, "
        f"{part.articles_per_second:.2f} articles/s over {part.articles} articles; CPU seconds: {used}"
    )


def side_by_side(models: Models, articles: Sequence[LoadArticle]) -> dict[str, Any]:
    """One process, batch by batch in turn: the pipeline, the job, the bare network, the CNN pipeline."""
    tasks = (Task.PIPE, Task.JOB, Task.ENCODER, Task.CNN)
    rates: dict[Task, list[float]] = {task: [] for task in tasks}
    groups = [articles[start : start + BATCH] for start in range(0, len(articles), BATCH)]
    for task in tasks:  # warm-up
        models.one(task, articles[:2])
    for group in groups:
        for task in tasks:
            rates[task].append(models.one(task, group).words_per_second)
    return {
        "words": total_words(articles),
        "words_per_second": {str(task): spread(found) for task, found in rates.items()},
        "pipeline_to_encoder": _ratio(rates[Task.PIPE], rates[Task.ENCODER]),
        "job_to_pipeline": _ratio(rates[Task.JOB], rates[Task.PIPE]),
        "cnn_ratio": _ratio(rates[Task.PIPE], rates[Task.CNN]),
    }


def _ratio(left: Sequence[float], right: Sequence[float]) -> Spread:
    return spread([a / b for a, b in zip(left, right, strict=True)])
