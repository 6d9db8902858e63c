"""``claimwire alerts explain ID``: what each rule made of a claim, relation or article, or of an alert."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from workers.alerting.engine import Verdict
from workers.alerting.loading import BadRules
from workers.alerting.plain import iso
from workers.alerting.rules import RuleSet
from workers.alerting.standing import Stand
from workers.cli.errors import CliError
from workers.cli.explaining import Explained, Row, explain_in_deployment, explain_in_file
from workers.cli.kafka import DEFAULT_BOOTSTRAP, Bootstrap
from workers.cli.loading import settings_of
from workers.cli.rules import read_rules
from workers.cli.terminal import Terminal, inert, print_json
from workers.resources import resource

_NOT_MATCHED = frozenset(verdict.value for verdict in Verdict if verdict is not Verdict.MATCHED)
_TOLD = frozenset({"initial", "update", *(stand.value for stand in Stand)}) - {Stand.NOT_REMEMBERED.value}
_LONG = 160


def explain(
    ident: Annotated[
        str,
        typer.Argument(metavar="ID", help="A claim's, a relation's or an article's id, or an alert's key."),
    ],
    file: Annotated[
        str | None, typer.Option(help="Look in this file, as claimwire alerts reads it, without a broker.")
    ] = None,
    rules: Annotated[
        Path | None, typer.Option(help="Rules file; default: CLAIMWIRE_RULES, else the shipped one.")
    ] = None,
    state: Annotated[
        str | None, typer.Option(help="State database; default: CLAIMWIRE_STATE_URL.", metavar="URL")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    bootstrap: Bootstrap = DEFAULT_BOOTSTRAP,
) -> None:
    """Say for each rule what it decided, and what that hangs on.

    That is the clause that did not hold and its value, the threshold not reached, until when it cools down or
    waits, who silenced it or what inhibits it. An article is answered for by each of its claims, and by each
    entity that they name.

    With --file the decisions are those of the moment when the claim came; in a deployment (the state database
    and the topics) they are how things stand now.

    Examples:

      claimwire alerts explain 9f86d081884c7d65 --file claims.jsonl --rules rules.yaml

      claimwire alerts explain "$KEY" --state postgresql://db/claimwire --json | jq .rules
    """
    settings = settings_of()
    loaded = _rules(rules or settings.rules or resource("rules", "default.yaml"))
    url = state or settings.state_url
    if file is not None:
        found, where = explain_in_file(ident, file, loaded), file
    else:
        found = explain_in_deployment(ident, loaded, url, bootstrap)
        where = f"the state database, or the topics of claims, relations, articles and alerts at {bootstrap}"
    if found is None:
        raise CliError(f"no claim, relation, article or alert {inert(ident)!r} in {where}")
    if as_json:
        print_json(_plain(found))
    else:
        _print(found)


def _print(found: Explained) -> None:
    out = Terminal()
    _print_head(out, found)
    matched, others = _parted(found)
    for title, rows in (("", matched), ("not matched", others)):
        if rows:
            out.print(Text(f"\n{title}" if title else "", style="dim"))
            out.print(_table(rows))
    for part in found.parts:
        out.print()
        _print_head(out, part)
        matched, others = _parted(part)
        if matched:
            out.print(_table(matched))
        rules = len({row.name for row in part.rows})
        out.print(Text(f"not matched by {len(others)} of {rules} rules", style="dim"))
    if found.records:
        out.print(Text("\nrecords on the topic", style="dim"))
    for record in found.records:
        out.print(_record_line(record))


def _print_head(out: Terminal, found: Explained) -> None:
    out.print(Text(f"{found.kind} {inert(found.id)}", style="bold"))
    for line in found.headlines:
        out.print(inert(line))


def _parted(found: Explained) -> tuple[list[Row], list[Row]]:
    """Return the rows of the rules that matched, and the others."""
    matched = [row for row in found.rows if row.decision not in _NOT_MATCHED]
    return matched, [row for row in found.rows if row.decision in _NOT_MATCHED]


def _table(rows: list[Row]) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True, overflow="ellipsis", max_width=40)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for row in rows:
        decision = Text(row.decision.replace("-", " "), style=_style(row.decision))
        table.add_row(Text(inert(row.name), style="bold"), decision, _because(row))
    return table


def _because(row: Row) -> Text:
    parts = []
    if row.because is not None:
        parts.append(inert(row.because))
    if row.value is not None or row.decision in _NOT_MATCHED:
        value = row.value if isinstance(row.value, str) else json.dumps(row.value, ensure_ascii=False)
        parts.append(_short(inert(value)))
    text = Text(": ".join(parts))
    if row.until is not None:
        text.append(f"{', ' if parts else ''}until {iso(row.until)}", style="bold")
    if row.alert_key is not None:
        text.append(f"{' · ' if text else ''}alert {inert(row.alert_key)}", style="dim")
    return text


def _record_line(record: Mapping[str, Any]) -> Text:
    line = Text(f"{record['sequence']:>4}  {record['alert_type']:<10}  {record['status']:<8}  ")
    line.append(f"{record['startsAt']} to {record['endsAt'] or '…'}  ", style="dim")
    line.append(f"{len(record['evidence'])} claims")
    return line


def _style(decision: str) -> str:
    if decision in _NOT_MATCHED:
        return "dim"
    return "green" if decision in _TOLD else "yellow"


def _plain(found: Explained) -> dict[str, Any]:
    if found.kind == "article":
        told = {"id": found.id, "kind": found.kind, "told": list(found.headlines)}
        return {**told, "parts": [_plain(part) for part in found.parts]}
    names = ("claim_id", "role", "at", "publisher") if found.kind == "alert" else None
    rows = [_plain_claim(row, names) if names else _plain_rule(row) for row in found.rows]
    plain: dict[str, Any] = {"id": found.id, "kind": found.kind, "told": list(found.headlines)}
    plain["claims" if names else "rules"] = rows
    return {**plain, "records": list(found.records)} if found.kind == "alert" else plain


def _plain_claim(row: Row, names: tuple[str, ...]) -> dict[str, Any]:
    return dict(zip(names, (row.name, row.decision, row.because, row.value), strict=True))


def _plain_rule(row: Row) -> dict[str, Any]:
    return {
        "rule": row.name,
        "decision": row.decision,
        "clause": row.because,
        "value": row.value,
        "until": None if row.until is None else iso(row.until),
        "alert_key": row.alert_key,
    }


def _rules(path: Path) -> RuleSet:
    loaded = read_rules(path)
    if isinstance(loaded, BadRules):
        typer.echo(str(loaded), err=True)
        raise typer.Exit(1)
    return loaded


def _short(text: str) -> str:
    return text if len(text) <= _LONG else text[: _LONG - 1] + "…"
