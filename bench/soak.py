"""``python -m bench.soak``: (f) an hour at 80 % of saturation; goes on where it was cut off.

Memory must stay flat: at the end the slopes of all minutes and of their later half, when the caches are
full, are printed with two standard errors. A run that is cut off leaves its lines behind; the next one with
the same file adds only the minutes that are missing, with a worker of its own, and slopes are taken within
one worker's life.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.articles import load_articles
from bench.cluster import Cluster, Worker, running_cluster, wait_until
from bench.figures import doubt, percentile, slope
from bench.latency import offered
from bench.usage import cpu_seconds, memory

_MINUTE_S = 60.0
_POOL = 10_000


def main(arguments: Sequence[str]) -> int:
    """Soak until the file has ``--minutes`` lines; print the slopes."""
    parser = argparse.ArgumentParser("python -m bench.soak", description=__doc__)
    parser.add_argument(
        "--data", type=Path, help="folder with articles.jsonl.gz, or a file; else the samples"
    )
    parser.add_argument(
        "--rate", type=float, required=True, help="articles a second: 0.8 of what bench found"
    )
    parser.add_argument("--minutes", type=int, default=60)
    parser.add_argument("--out", type=Path, default=Path("var/soak.jsonl"))
    options = parser.parse_args(arguments)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    done = _lines(options.out)
    if len(done) < options.minutes:
        _soak(options.data, options.rate, options.out, range(len(done), options.minutes))
    _report(_lines(options.out))
    return 0


def _soak(data: Path | None, rate: float, out: Path, minutes: range) -> None:
    per_minute = max(1, round(rate * _MINUTE_S))
    pool = load_articles(data, _POOL, least=1)
    life = time.time_ns()
    with (
        tempfile.TemporaryDirectory(prefix="claimwire-soak-") as name,
        running_cluster(Path(name)) as cluster,
        cluster.worker(2) as worker,
    ):
        wait_until(worker.is_ready, 120, "a ready worker")
        for minute in minutes:
            line = _minute(cluster, worker, pool, minute, per_minute, rate)
            with out.open("a", encoding="utf-8") as file:
                file.write(json.dumps({"life": life, **line}) + "\n")


def _minute(
    cluster: Cluster, worker: Worker, pool: Sequence[Any], minute: int, count: int, rate: float
) -> dict[str, Any]:
    batch = [pool[(minute * count + n) % len(pool)].renamed(f"-soak-{minute}-{n}") for n in range(count)]
    run = offered(cluster, batch, rate)
    running = worker.processes()
    used = {kind: round(sum(memory(p).pss for p in found), 1) for kind, found in running.items()}
    state = sum(each.stat().st_size for each in cluster.folder.glob("state.sqlite3*")) / 2**20
    marks = {f"p{p}": round(percentile(run.claim, p), 3) for p in (50, 95, 99) if run.claim}
    return {
        "minute": minute,
        "articles": count,
        "claim_seconds": marks,
        "pss_mib": used,
        "processor_s": {kind: round(cpu_seconds(found), 1) for kind, found in running.items()},
        "state_mib": round(state),
    }


def _lines(path: Path) -> list[dict[str, Any]]:
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.endswith("}")]


def _report(lines: Sequence[dict[str, Any]]) -> None:
    for life in dict.fromkeys(line["life"] for line in lines):
        mine = [line for line in lines if line["life"] == life]
        for kind in mine[0]["pss_mib"]:
            points = [(float(line["minute"]), float(line["pss_mib"][kind])) for line in mine]
            for part in (points, points[len(points) // 2 :]):
                first, last = part[0], part[-1]
                print(
                    f"{kind}, minutes {first[0]:.0f} to {last[0]:.0f}: {first[1]:.0f} to {last[1]:.0f} MiB, "
                    f"{slope(part):+.2f} (±{doubt(part):.2f}) MiB a minute"
                )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
