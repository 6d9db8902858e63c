"""``python -m bench.processes --data D``: do more language processes than cores lose anything?

The same articles through Kafka with each number of processes in turn, reading alone, round by round; at the
end the median of each number's words/s over those of the first number, round by round. With ``--alone`` the
model reads them without Kafka in as many processes right before and after each run, and the median of the run
over the mean of both is told: a machine whose clock wanders is less in it than in one pair of runs.
"""

import argparse
import statistics
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from bench.articles import LoadArticle, load_articles
from bench.cluster import Cluster, running_cluster
from bench.model import Models, Task, usable
from bench.saturation import saturate


def main(arguments: Sequence[str]) -> int:
    """Print a line for each run, then the ratios."""
    parser = argparse.ArgumentParser("python -m bench.processes", description=__doc__)
    parser.add_argument("--data", type=Path, help="folder with articles.jsonl.gz, or a file")
    parser.add_argument("--articles", type=int, default=160)
    parser.add_argument("--processes", type=int, nargs="+", default=[2, 3, 4])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--alone", action="store_true", help="run the model without Kafka, too")
    options = parser.parse_args(arguments)
    pool = [each for each in load_articles(options.data, 2 * options.articles, least=1) if usable(each)]
    articles = pool[: options.articles]
    rates: dict[int, list[float]] = {count: [] for count in options.processes}
    shares: dict[int, list[float]] = {count: [] for count in options.processes}
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="claimwire-processes-"))
        cluster = stack.enter_context(running_cluster(Path(folder)))
        models = stack.enter_context(Models(max(options.processes))) if options.alone else None
        for number in range(options.rounds):
            for count in options.processes:
                before = _alone(models, articles, count)
                rates[count].append(_through_kafka(cluster, articles, number, count))
                after = _alone(models, articles, count)
                told = f"round {number + 1}, {count} processes: {rates[count][-1]:.0f} words/s"
                if models is not None:
                    shares[count].append(2 * rates[count][-1] / (before + after))
                    told += f"; alone {before:.0f} before, {after:.0f} after"
                print(told, flush=True)
    first = rates[options.processes[0]]
    for count, found in rates.items():
        ratio = statistics.median(more / one for more, one in zip(found, first, strict=True))
        of_alone = f", {_spread(shares[count])} of the model alone" if shares[count] else ""
        print(f"{count} processes: {ratio:.2f} of {options.processes[0]}{of_alone}")
    return 0


def _alone(models: Models | None, articles: Sequence[LoadArticle], count: int) -> float:
    """Words a second of the model in ``count`` processes; 0 when it is not asked for."""
    if models is None:
        return 0.0
    return sum(each.words_per_second for each in models.all_at_once(Task.PIPE, articles, count))


def _through_kafka(cluster: Cluster, articles: Sequence[LoadArticle], number: int, count: int) -> float:
    renamed = [each.renamed(f"-{number}-{count}") for each in articles]
    return saturate(cluster, renamed, count).steady.words_per_second


def _spread(found: Sequence[float]) -> str:
    return f"{statistics.median(found):.2f} ({min(found):.2f} to {max(found):.2f})"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
