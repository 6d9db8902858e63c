"""Rounds of (a) and (b) in turn, so that what else the machine does falls on both alike."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bench.articles import LoadArticle, total_words
from bench.cluster import Cluster
from bench.figures import Spread, spread
from bench.model import BATCH, Models, Task, Timing
from bench.plan import Effort
from bench.saturation import Saturated, Whole, saturate, work_off

Say = Callable[[str], None]
_WHOLE = 2  # processes of the runs with all stages


@dataclass(slots=True)
class Rounds:
    """Every round: ``alone[processes]``, one timing a process, ``through_kafka[processes]``, all stages."""

    alone: dict[int, list[list[Timing]]] = field(default_factory=dict)
    through_kafka: dict[int, list[Saturated]] = field(default_factory=dict)
    whole: list[Whole] = field(default_factory=list)

    def alone_rates(self, processes: int) -> list[float]:
        """(a): words a second of ``processes`` together, a round each."""
        return [sum(each.words_per_second for each in timings) for timings in self.alone[processes]]

    def efficiency(self, processes: int) -> Spread:
        """(b) over (a), each round by itself."""
        pairs = zip(self.through_kafka[processes], self.alone_rates(processes), strict=True)
        return spread([through.steady.words_per_second / alone for through, alone in pairs])

    def cpu_efficiency(self, processes: int) -> Spread:
        """The same in processor time of model, worker and broker together: holds where all cores are busy."""
        pairs = zip(self.through_kafka[processes], self.alone[processes], strict=True)
        return spread(
            [_rate(through.steady.words, through.cpu) / _alone(timings) for through, timings in pairs]
        )

    def whole_efficiency(self) -> Spread:
        """Words a second with all stages over (a): relating and alerting are in it."""
        pairs = zip(self.whole, self.alone_rates(_WHOLE), strict=True)
        return spread([run.words / run.seconds / alone for run, alone in pairs])

    def whole_cpu_efficiency(self) -> Spread:
        """The same in processor time."""
        pairs = zip(self.whole, self.alone[_WHOLE], strict=True)
        return spread([_rate(run.words, run.cpu) / _alone(timings) for run, timings in pairs])

    def scaling(self, processes: int) -> Spread:
        """(b) with ``processes`` over (b) with one, each round by itself."""
        pairs = zip(self.through_kafka[processes], self.through_kafka[1], strict=True)
        return spread([more.steady.words_per_second / one.steady.words_per_second for more, one in pairs])

    def model_scaling(self, processes: int) -> Spread:
        """The same of (a): what this machine allows."""
        pairs = zip(self.alone_rates(processes), self.alone_rates(1), strict=True)
        return spread([more / one for more, one in pairs])


def rounds(cluster: Cluster, articles: Sequence[LoadArticle], effort: Effort, say: Say) -> Rounds:
    """Measure the rounds there is time for. The measuring processes sleep while the worker runs."""
    found = Rounds()
    began = time.monotonic()
    with Models(max(effort.worker_counts)) as models:
        for number in range(effort.rounds):
            if number and (time.monotonic() - began) * (number + 1) / number > effort.rounds_seconds:
                break
            for processes in effort.worker_counts:
                timings = models.all_at_once(Task.PIPE, articles, processes)
                found.alone.setdefault(processes, []).append(timings)
                rate = sum(each.words_per_second for each in timings)
                say(f"round {number + 1}: pipe alone, {processes} processes: {rate:.0f} words/s")
                renamed = [article.renamed(f"-{number}-{processes}") for article in articles]
                run = saturate(cluster, renamed, processes)
                found.through_kafka.setdefault(processes, []).append(run)
                say(_told(number, processes, run))
            whole = work_off(cluster, [article.renamed(f"-{number}-whole") for article in articles], _WHOLE)
            found.whole.append(whole)
            say(
                f"round {number + 1}: all stages: {whole.words / whole.seconds:.0f} words/s; "
                f"{_used(whole.cpu)}"
            )
    return found


def _told(number: int, processes: int, run: Saturated) -> str:
    part = run.steady
    return (
        f"round {number + 1}: worker, {processes} processes: {part.words_per_second:.0f} words/s, "
        f"{part.articles_per_second:.2f} articles/s over {part.articles} articles; {_used(run.cpu)}"
    )


def _used(cpu: Mapping[str, float]) -> str:
    return "CPU seconds: " + ", ".join(f"{kind} {seconds:.1f}" for kind, seconds in cpu.items())


def _rate(words: int, cpu: Mapping[str, float]) -> float:
    return words / sum(cpu.values())


def _alone(timings: Sequence[Timing]) -> float:
    return sum(t.words for t in timings) / sum(t.cpu_seconds for t in timings)


def side_by_side(models: Models, articles: Sequence[LoadArticle]) -> dict[str, Any]:
    """One process, batch by batch in turn: the pipeline, the job, the bare network, the CNN pipeline."""
    tasks = (Task.PIPE, Task.JOB, Task.ENCODER, Task.CNN)
    timings: dict[Task, list[Timing]] = {task: [] for task in tasks}
    groups = [articles[start : start + BATCH] for start in range(0, len(articles), BATCH)]
    for task in tasks:  # warm-up
        models.one(task, articles[:2])
    for group in groups:
        for task in tasks:
            timings[task].append(models.one(task, group))
    return {
        "words": total_words(articles),
        "words_per_second": {t: spread([each.words_per_second for each in timings[t]]) for t in tasks},
        "words_per_cpu_second": {t: spread(_cpu_rates(timings[t])) for t in tasks},
        "pipeline_to_encoder": _ratio(timings[Task.PIPE], timings[Task.ENCODER]),
        "job_to_pipeline": _ratio(timings[Task.JOB], timings[Task.PIPE]),
        "cnn_ratio": _ratio(timings[Task.PIPE], timings[Task.CNN]),
    }


def _cpu_rates(timings: Sequence[Timing]) -> list[float]:
    return [each.words_per_cpu_second for each in timings]


def _ratio(left: Sequence[Timing], right: Sequence[Timing]) -> Spread:
    """Of processor time: all tasks run on one thread, so on a quiet machine it is the ratio of times."""
    return spread([a / b for a, b in zip(_cpu_rates(left), _cpu_rates(right), strict=True)])
