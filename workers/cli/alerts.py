"""``claimwire alerts FILE.jsonl --rules R``: rules over a file of claims, without a broker."""

import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from workers.alerting.alerts import Decided, decide_on, keys_for, retract, tick
from workers.alerting.groups import GroupState
from workers.alerting.loading import BadRules
from workers.alerting.observations import Observation, observe_claim, observe_entities, observe_relation
from workers.alerting.rules import RuleSet
from workers.alerting.why import Reason, why
from workers.cli.rules import read_rules
from workers.domain.alert import Alert, AlertStatus, AlertTense, AlertType
from workers.domain.article import ArticleStatus, EnrichedArticle
from workers.domain.claim import Claim
from workers.domain.outcome import Reject
from workers.domain.relation import Relation
from workers.resources import resource
from workers.wire.messages import alert_message, decode_claim, decode_enriched
from workers.wire.relations import decode_relation

_NO_DATE = datetime(1970, 1, 1, tzinfo=UTC)


class Format(StrEnum):
    """How alerts are printed."""

    JSONL = "jsonl"
    TABLE = "table"


def alerts(
    file: Annotated[
        str,
        typer.Argument(
            help="Claims, relations or enriched articles, one JSON object a line; - reads standard input."
        ),
    ],
    rules: Annotated[
        Path | None, typer.Option(help="Rules file; the shipped default when not given.")
    ] = None,
    tell_why: Annotated[
        bool, typer.Option("--why", help="Tell on standard error what each rule made of each claim.")
    ] = False,
    form: Annotated[
        Format | None, typer.Option("--format", help="Default: table in a terminal, else jsonl.")
    ] = None,
) -> None:
    """Run rules over claims in the order of the file and print the alerts that come out.

    An enriched article also takes back what its earlier revision claimed and this one does not.
    Alerts carry the tense "test": nobody is paged by a try.
    """
    loaded = read_rules(rules or resource("rules", "default.yaml"))
    if isinstance(loaded, BadRules):
        typer.echo(str(loaded), err=True)
        raise typer.Exit(1)
    run = _Run(loaded, tell_why)
    found = run.over(_lines(file))
    form = form or (Format.TABLE if sys.stdout.isatty() else Format.JSONL)
    _print_table(found) if form is Format.TABLE else _print_lines(found)
    raise typer.Exit(1 if run.bad_lines else 0)


@dataclass
class _Run:
    """The state of one pass over a file: the groups, and which claims each article holds."""

    rules: RuleSet
    tell_why: bool
    groups: dict[str, GroupState] = field(default_factory=dict)
    claims_of: dict[str, set[str]] = field(default_factory=dict)
    latest: datetime = _NO_DATE
    bad_lines: int = 0

    def over(self, lines: Iterable[bytes]) -> Iterator[Alert]:
        """Yield alerts as they come."""
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            read = _read(line)
            if isinstance(read, Reject):
                self.bad_lines += 1
                typer.echo(f"line {number}: {read.reason}: {read.detail}", err=True)
            elif isinstance(read, EnrichedArticle):
                yield from self._article(read)
            elif isinstance(read, Relation):
                yield from self._reach(read.right.published_at)
                yield from self._observed(observe_relation(read))
            else:
                yield from self._claim(read)

    def _article(self, article: EnrichedArticle) -> Iterator[Alert]:
        yield from self._reach(article.published_at)
        withdrawn = article.status is ArticleStatus.WITHDRAWN
        claims = () if withdrawn else article.claims
        now = {claim.claim_id for claim in claims}
        gone = self.claims_of.get(article.article_id, set()) - now
        for lost in [*sorted(gone), *([article.article_id] if withdrawn else [])]:
            resting = {key: state for key, state in self.groups.items() if lost in state.claim_ids}
            yield from self._kept(retract(lost, self.latest, resting))
        self.claims_of[article.article_id] = now
        for claim in claims:
            yield from self._claim(claim)
        for observed in () if withdrawn else observe_entities(article, self.latest):
            yield from self._observed(observed)

    def _claim(self, claim: Claim) -> Iterator[Alert]:
        yield from self._reach(claim.published_at)
        observed = observe_claim(claim, self.latest)
        if self.tell_why:
            _tell_why(claim, why(self.rules, observed, self._known(observed)))
        yield from self._observed(observed)

    def _observed(self, observed: Observation) -> tuple[Alert, ...]:
        return self._kept(decide_on(self.rules, observed, AlertTense.TEST, self._known(observed)))

    def _known(self, observed: Observation) -> dict[str, GroupState]:
        return {key: self.groups[key] for key in keys_for(self.rules, observed) if key in self.groups}

    def _reach(self, moment: datetime | None) -> tuple[Alert, ...]:
        """Let the file's time go on: what is over ends, what has fallen quiet is told."""
        if moment is None or moment <= self.latest:
            return ()
        self.latest = moment
        return self._kept(tick(self.rules, moment, self.groups))

    def _kept(self, decided: Decided) -> tuple[Alert, ...]:
        self.groups.update(decided.groups)
        return decided.alerts


def _lines(file: str) -> Iterator[bytes]:
    if file == "-":
        yield from sys.stdin.buffer
        return
    try:
        with Path(file).open("rb") as stream:
            yield from stream
    except OSError as error:
        typer.echo(f"{file}: {error.strerror}", err=True)
        raise typer.Exit(1) from error


def _read(line: bytes) -> Claim | EnrichedArticle | Relation | Reject:
    """Read a line as what its keys say: articles have ``claims``, relations a ``relation_id``."""
    try:
        plain = json.loads(line)
    except ValueError:
        return decode_claim(line)  # says what is wrong with it
    keys = plain.keys() if isinstance(plain, dict) else ()
    if "relation_id" in keys:
        return decode_relation(line)
    return decode_enriched(line) if "claims" in keys else decode_claim(line)


def _tell_why(claim: Claim, reasons: Iterable[Reason]) -> None:
    typer.echo(f"claim {claim.claim_id}: {_short(claim.content.text, 80)}", err=True)
    for reason in reasons:
        told = f"  {reason.rule_id}: {reason.decision}"
        if reason.clause is not None:
            told += f": {reason.clause}: {_short(json.dumps(reason.value, ensure_ascii=False), 120)}"
        typer.echo(told if reason.alert_key is None else f"{told} (alert {reason.alert_key})", err=True)


def _print_lines(found: Iterable[Alert]) -> None:
    for alert in found:
        typer.echo(json.dumps(alert_message(alert), ensure_ascii=False))


def _print_table(found: Iterable[Alert]) -> None:
    table = Table()
    table.add_column("alert", no_wrap=True)
    table.add_column("what", overflow="fold")
    for alert in found:
        if _ended(alert):
            continue  # the end of an alert is for machines; a retraction is for people
        said = dict(alert.annotations)
        what = said.get("summary") or next((each.text for each in alert.evidence), "")
        publishers = sorted({each.publisher or "?" for each in alert.evidence})
        since = alert.starts_at.strftime("%m-%d %H:%M")
        head = f"{alert.rule.id}\n{since}  {alert.alert_type}"
        table.add_row(head, f"{_short(what, 200)}\n{', '.join(publishers)}", end_section=True)
    Console().print(table)


def _ended(alert: Alert) -> bool:
    return alert.status is AlertStatus.RESOLVED and alert.alert_type is AlertType.UPDATE


def _short(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"
