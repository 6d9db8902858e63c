"""``python -m bench.alerts_judged``: how the alerts that were judged by hand divide, by rule.

``training/annotations/alerts.jsonl`` holds ids and verdicts: worth-it (somebody would want to know now),
true-not-worth-waking (what the rule says is so, and no news), false (it is not so).
"""

import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_FILE = Path(__file__).resolve().parents[1] / "training" / "annotations" / "alerts.jsonl"
VERDICTS = ("worth-it", "true-not-worth-waking", "false")


def judged() -> Iterator[dict[str, Any]]:
    """Yield the judged alerts."""
    with _FILE.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def main() -> int:
    """Print a row for each set of articles, rules file and rule."""
    counts: Counter[tuple[str, str, str, str]] = Counter()
    for alert in judged():
        for raised_by in alert["raised_by"]:
            for rule in (alert["rule"], "all"):
                counts[alert["set"], raised_by, rule, alert["verdict"]] += 1
    print(f"| articles | rules | rule | alerts | {' | '.join(VERDICTS)} |")
    print("|---|---|---|---|---|---|---|")
    for row in sorted({key[:3] for key in counts}):
        cells = [counts[(*row, verdict)] for verdict in VERDICTS]
        print(f"| {' | '.join(row)} | {sum(cells)} | {' | '.join(map(str, cells))} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
