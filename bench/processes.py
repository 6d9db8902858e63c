"""``python -m bench.processes --data D``: do more language processes than cores lose anything?

The same articles through Kafka with each number of processes in turn, reading alone, round by round; at the
end the median of each number's words/s over those of the first number, round by round.
"""

import argparse
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bench.articles import load_articles
from bench.cluster import running_cluster
from bench.model import usable
from bench.saturation import saturate


def main(arguments: Sequence[str]) -> int:
    """Print a line for each run, then the ratios."""
    parser = argparse.ArgumentParser("python -m bench.processes", description=__doc__)
    parser.add_argument("--data", type=Path, help="folder with articles.jsonl.gz, or a file")
    parser.add_argument("--articles", type=int, default=160)
    parser.add_argument("--processes", type=int, nargs="+", default=[2, 3, 4])
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args(arguments)
    pool = [each for each in load_articles(options.data, 2 * options.articles, least=1) if usable(each)]
    articles = pool[: options.articles]
    rates: dict[int, list[float]] = {count: [] for count in options.processes}
    with (
        tempfile.TemporaryDirectory(prefix="claimwire-processes-") as name,
        running_cluster(Path(name)) as cluster,
    ):
        for number in range(options.rounds):
            for count in options.processes:
                run = saturate(cluster, [each.renamed(f"-{number}-{count}") for each in articles], count)
                rates[count].append(run.steady.words_per_second)
                print(f"round {number + 1}, {count} processes: {rates[count][-1]:.0f} words/s", flush=True)
    first = rates[options.processes[0]]
    for count, found in rates.items():
        ratio = statistics.median(more / one for more, one in zip(found, first, strict=True))
        print(f"{count} processes: {ratio:.2f} of {options.processes[0]}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
