"""``claimwire alerts FILE.jsonl --rules R``: rules over a file of claims, without a broker."""

import json
import sys
from collections.abc import Iterable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from typer.core import TyperCommand

from workers.alerting.groups import GroupState
from workers.alerting.loading import BadRules
from workers.alerting.muting import Muting
from workers.alerting.observations import Observation
from workers.alerting.rules import RuleSet
from workers.alerting.why import Reason, why
from workers.cli.alert_run import AlertRun, Seen, lines_of
from workers.cli.explain import explain
from workers.cli.rules import read_rules
from workers.domain.alert import Alert, AlertStatus, AlertType
from workers.resources import resource
from workers.wire.messages import alert_message

_EXPLAIN = "explain"


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

    Lines may be of all three kinds. An enriched article also takes back what its earlier revision claimed and
    this one does not. Alerts carry the tense "test": nobody is paged by a try.

    claimwire alerts explain ID says of a claim, a relation or an alert what each rule made of it, and why.
    """
    loaded = read_rules(rules or resource("rules", "default.yaml"))
    if isinstance(loaded, BadRules):
        typer.echo(str(loaded), err=True)
        raise typer.Exit(1)
    run = AlertRun(loaded, _teller(loaded)) if tell_why else AlertRun(loaded)
    found = run.over(lines_of(file))
    form = form or (Format.TABLE if sys.stdout.isatty() else Format.JSONL)
    _print_table(found) if form is Format.TABLE else _print_lines(found)
    raise typer.Exit(1 if run.bad_lines else 0)


def _teller(rules: RuleSet) -> Seen:
    def tell(observed: Observation, groups: Mapping[str, GroupState], muting: Muting) -> None:
        _tell_why(observed, why(rules, observed, groups, muting))

    return tell


def _tell_why(observed: Observation, reasons: Iterable[Reason]) -> None:
    words = _words(observed.message)
    typer.echo(f"{observed.subject} {observed.sighting.id}: {_short(words, 80)}", err=True)
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


def _words(message: Mapping[str, Any]) -> str:
    """Return what a claim says, a relation's later side, or an entity's name."""
    content, right = message.get("content"), message.get("right")
    return str(content["text"] if content else right["text"] if right else message.get("name", ""))


def _short(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"


class _Alerts(TyperCommand):
    """``claimwire alerts explain …`` is a command of its own; anything else is a file."""

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        """Read ``args`` as this command's, or hand them to the other."""
        if args[:1] == [_EXPLAIN]:
            return _commands[_EXPLAIN].make_context(f"{info_name} {_EXPLAIN}", args[1:], parent, **extra)
        return super().make_context(info_name, args, parent, **extra)


_app = typer.Typer(add_completion=False)
_app.command("alerts", cls=_Alerts)(alerts)
_app.command(_EXPLAIN)(explain)
_commands = typer.main.get_group(_app).commands
command = _commands["alerts"]
