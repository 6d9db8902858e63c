"""``python -m tests.faults.table LOG…``: the results of logs as docs/faults.md shows them."""

import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from tests.faults.results import Result, latest, read, summary


def by_fault(results: Sequence[Result]) -> list[str]:
    """Return a row for each fault: in how many runs it struck, how many records those had, what was found."""
    runs: Counter[str] = Counter()
    strikes: Counter[str] = Counter()
    repeats: Counter[str] = Counter()
    bad: Counter[str] = Counter()
    for result in results:
        strikes.update(result.faults)
        for fault in set(result.faults):
            runs[fault] += 1
            repeats[fault] += result.repeats
            bad[fault] += not result.ok
    rows = [
        f"| {fault} | {strikes[fault]} | {runs[fault]} | {repeats[fault]} | {bad[fault]} |"
        for fault in sorted(runs)
    ]
    return [
        "| fault | strikes | runs | repeats in them | runs with a finding |",
        "|---|---|---|---|---|",
        *rows,
    ]


def main(logs: Sequence[str]) -> None:
    told = [result for log in logs for result in read(Path(log)) if not result.broke]
    results = latest(told)
    print("\n".join(by_fault(results)))
    for title, some in (
        ("Findings", [result for result in results if not result.ok]),
        ("Mended, and run again", [result for result in told if not result.ok and result not in results]),
    ):
        print(f"\n{title}: {len(some) or 'none'}")
        print("".join(f"{result.line()[:400]}\n" for result in some), end="")
    print(f"\n{summary(results)}")


if __name__ == "__main__":
    main(sys.argv[1:])
