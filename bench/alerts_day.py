"""``python -m bench.alerts_day``: how many alerts each rule raises on enriched articles, in time order.

Reads the folder that ``bench.alerts_enrich`` makes; relates the claims as it goes, so that all three kinds of
rules run. Articles without a date are left out: windows and cooldowns are made of time. Prints a table
and writes a line for each initial alert (rule, key, time, claims, articles; no text) to ``--out``.
"""

import argparse
import gzip
import json
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workers.alerting.groups import to_json
from workers.alerting.loading import BadRules
from workers.cli.alert_run import AlertRun, read_message
from workers.cli.relate import Run
from workers.cli.rules import read_rules
from workers.domain.alert import Alert, AlertStatus, AlertType
from workers.domain.article import EnrichedArticle
from workers.domain.relation import Relation
from workers.relations.engine import Decided

_TOLD_EVERY = 250


@dataclass
class _Relating(Run):
    """Relates claims and hands out what was found since it was last asked."""

    fresh: list[Relation] = field(default_factory=list)

    def _keep(self, decided: Decided) -> None:
        super()._keep(decided)
        self.fresh += decided.relations

    def found(self) -> list[Relation]:
        """Return the relations since the last call."""
        fresh, self.fresh = self.fresh, []
        return fresh


@dataclass
class Tally:
    """What was counted; days are those on which an article appeared."""

    articles: int = 0
    claims: int = 0
    relations: int = 0
    days: set[str] = field(default_factory=set)
    alerts: list[Alert] = field(default_factory=list)
    seconds: float = 0.0


def main(arguments: Sequence[str]) -> int:
    """Run the rules over the folder; 1 when the rules are bad."""
    parser = argparse.ArgumentParser("python -m bench.alerts_day", description=__doc__)
    parser.add_argument("--enriched", type=Path, required=True, help="folder of chunks")
    parser.add_argument("--rules", type=Path, default=Path("rules/default.yaml"))
    parser.add_argument("--out", type=Path, help="write initial alerts here, one JSON object a line")
    parser.add_argument("--no-relations", action="store_true", help="leave rules on relations without input")
    options = parser.parse_args(arguments)
    rules = read_rules(options.rules)
    if isinstance(rules, BadRules):
        print(rules, file=sys.stderr)
        return 1
    run = AlertRun(rules)
    relating = None if options.no_relations else _Relating()
    tally = _tally(options.enriched, run, relating)
    if options.out is not None:
        lines = (json.dumps(_line(alert)) for alert in tally.alerts if _begins(alert))
        options.out.write_text("".join(f"{line}\n" for line in lines))
    _print_table([rule.id for rule in rules.rules], tally)
    _print_sizes(run)
    return 0


def _tally(folder: Path, run: AlertRun, relating: _Relating | None) -> Tally:
    tally = Tally()
    for number, line in enumerate(_lines(folder)):
        article = read_message(line)
        if not isinstance(article, EnrichedArticle) or article.published_at is None:
            continue
        tally.articles += 1
        tally.claims += len(article.claims)
        tally.days.add(article.published_at.date().isoformat())
        if relating is not None:
            relating.take(number, line)
        began = time.process_time()
        tally.alerts += run.take(article)
        for relation in relating.found() if relating is not None else ():
            tally.relations += 1
            tally.alerts += run.take(relation)
        tally.seconds += time.process_time() - began
        if tally.articles % _TOLD_EVERY == 0:
            print(f"{tally.articles} articles, {tally.relations} relations", file=sys.stderr, flush=True)
    return tally


def _lines(folder: Path) -> Iterator[bytes]:
    for path in sorted(folder.glob("chunk-*.jsonl.gz")):
        with gzip.open(path) as stream:
            yield from stream


def _print_table(rule_ids: Sequence[str], tally: Tally) -> None:
    begun = Counter(alert.rule.id for alert in tally.alerts if _begins(alert))
    told = Counter(alert.rule.id for alert in tally.alerts if _is_news(alert))
    per_day = Counter((alert.rule.id, f"{alert.starts_at:%F}") for alert in tally.alerts if _begins(alert))
    print(
        f"{tally.articles} articles on {len(tally.days)} days, {tally.claims} claims, "
        f"{tally.relations} relations; rules took {tally.seconds:.0f} s of processor time"
    )
    print("| rule | alerts | per 1,000 articles | per day with articles | busiest day | updates |")
    print("|---|---|---|---|---|---|")
    for rule_id in [*rule_ids, "all"]:
        chosen = rule_ids if rule_id == "all" else [rule_id]
        alerts, updates = sum(begun[each] for each in chosen), sum(told[each] for each in chosen)
        busiest = _busiest(per_day, chosen)
        per_thousand = 1000 * alerts / max(tally.articles, 1)
        mean = alerts / max(len(tally.days), 1)
        print(f"| {rule_id} | {alerts} | {per_thousand:.1f} | {mean:.3f} | {busiest} | {updates - alerts} |")


def _busiest(per_day: Counter[tuple[str, str]], rule_ids: Sequence[str]) -> int:
    days: Counter[str] = Counter()
    for (rule_id, day), count in per_day.items():
        if rule_id in rule_ids:
            days[day] += count
    return max(days.values(), default=0)


def _print_sizes(run: AlertRun) -> None:
    sizes = sorted(len(to_json(state).encode()) for state in run.groups.values())
    if sizes:
        p99 = sizes[min(len(sizes) - 1, int(len(sizes) * 0.99))]
        print(
            f"{len(sizes)} groups; bytes of a group's state: median {statistics.median(sizes):.0f}, "
            f"p99 {p99}, largest {sizes[-1]}; all {sum(sizes) / 2**20:.1f} MiB"
        )


def _begins(alert: Alert) -> bool:
    return alert.alert_type is AlertType.INITIAL and alert.status is AlertStatus.FIRING


def _is_news(alert: Alert) -> bool:
    return alert.status is AlertStatus.FIRING


def _line(alert: Alert) -> dict[str, Any]:
    return {
        "rule": alert.rule.id,
        "alert_key": alert.alert_key,
        "starts_at": alert.starts_at.isoformat(),
        "claims": [each.claim_id for each in alert.evidence],
        "articles": [each.article_id for each in alert.evidence],
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
