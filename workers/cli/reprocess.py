"""``claimwire reprocess``: old articles under the present program, into shadow topics, and what differs."""

from collections import deque
from collections.abc import Iterable
from dataclasses import asdict
from typing import Annotated, Any

import typer
from rich.console import Console

from workers.agents.shadow import Shadow
from workers.cli.dlq import ACK_TIMEOUT_S
from workers.cli.kafka import DEFAULT_BOOTSTRAP, Bootstrap, consumer, producer
from workers.cli.pace import Pace
from workers.cli.records import BEGINNING, read_all, read_since
from workers.cli.reprocessing.difference import (
    Alerts,
    Brief,
    Difference,
    compare,
    read_alerts,
    read_claims,
)
from workers.cli.reprocessing.shadow_topics import (
    Range,
    begin_at,
    find_range,
    make_shadow_topics,
    read_range,
)
from workers.cli.reprocessing.shadow_worker import ShadowWorker, wait_until_through
from workers.cli.terminal import Terminal, inert, print_json
from workers.topology import Topic

_WIDEST = 100
_IN_FLIGHT = 100


def reprocess(
    since: Annotated[
        str, typer.Option("--since", help="Articles published since (30s, 1h, 2d, a time, all).")
    ] = "all",
    until: Annotated[str | None, typer.Option("--until", help="… and until; default: now.")] = None,
    suffix: Annotated[str, typer.Option(help="What the shadow topics' names end with.")] = ".shadow",
    replace: Annotated[bool, typer.Option("--replace", help="Delete shadow topics of this name.")] = False,
    group: Annotated[
        str, typer.Option(envvar="CLAIMWIRE_APP_ID", help="The real group; the shadow's adds the suffix.")
    ] = "claimwire",
    examples: Annotated[int, typer.Option(min=0, help="Show so many claims of each kind.")] = 5,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a difference, then one.")] = False,
    for_real: Annotated[
        bool, typer.Option("--for-real", help="No shadow: publish the articles again, paging nobody.")
    ] = False,
    rate: Annotated[float, typer.Option(min=0.01, help="With --for-real: so many a second, at most.")] = 50.0,
    bootstrap: Bootstrap = DEFAULT_BOOTSTRAP,
) -> None:
    """Read raw articles again under the present model, settings and schemas, and say what would differ.

    The results go to shadow topics (news.claim.v1.shadow and so on), under a group and a state database of
    their own. Nothing real is written, and every alert is archival: nobody is paged. The shadow topics stay,
    to be looked at (or deleted).

    --for-real is for when the new version runs: it publishes the articles again to the real topic, as
    archival, and the worker takes back what it no longer finds.

    Example: CLAIMWIRE_MODEL=models/new claimwire reprocess --since 2d
    """
    shadow = Shadow(suffix)
    if not suffix.startswith(".") or len(suffix) < 2:
        raise typer.BadParameter("it is a dot and a word", param_hint="--suffix")
    with consumer(bootstrap) as client:
        chosen = find_range(client, read_since(since) or BEGINNING, read_since(until))
        if for_real:
            typer.echo(
                f"{_publish_again(bootstrap, client, chosen, shadow, Pace(rate))} records published again"
            )
            return
        make_shadow_topics(bootstrap, shadow, replace)
        _run_shadow(bootstrap, group + suffix, chosen, shadow)
        articles = {record.key for record in read_range(client, chosen) if record.key}
        before = read_claims(read_all(client, [str(Topic.CLAIM)]), articles)
        after = read_claims(read_all(client, [shadow.name(Topic.CLAIM)]), articles)
        alerts = read_alerts(read_all(client, [shadow.name(Topic.ALERT)]))
        dead = sum(1 for _ in read_all(client, [shadow.name(Topic.ARTICLE_RAW.dlq)]))
    difference = compare(before, after)
    if as_json:
        _print_json(difference, alerts, len(articles), dead)
    else:
        _print(difference, alerts, len(articles), dead, examples)


def _publish_again(bootstrap: str, client: Any, chosen: Range, shadow: Shadow, pace: Pace) -> int:
    """Send the range's records once more, each to its own partition; return how many they are."""
    waiting: deque[Any] = deque()
    count = 0
    with producer(bootstrap) as real:
        for record in read_range(client, chosen):
            pace.wait()
            headers = list(shadow.within(record).headers)
            waiting.append(
                real.send(record.topic, record.value, record.key, headers, partition=record.partition)
            )
            count += 1
            if len(waiting) > _IN_FLIGHT:
                waiting.popleft().get(ACK_TIMEOUT_S)
        while waiting:
            waiting.popleft().get(ACK_TIMEOUT_S)
    return count


def _run_shadow(bootstrap: str, group: str, chosen: Range, shadow: Shadow) -> None:
    begin_at(bootstrap, group, chosen.starts)
    console = Console(stderr=True)
    with (
        consumer(bootstrap, group) as progress,
        ShadowWorker(bootstrap, group, shadow) as worker,
        console.status(f"0 of {chosen.records} records") as status,
    ):
        wait_until_through(
            progress,
            chosen,
            shadow,
            worker.check,
            lambda count: status.update(f"{count} of {chosen.records} records"),
        )


def _print(difference: Difference, alerts: Alerts, articles: int, dead: int, examples: int) -> None:
    out = Terminal()
    for sign, briefs in (
        ("-", difference.gone),
        ("+", difference.new),
        ("~", [after for _, after in difference.changed]),
    ):
        for brief in list(briefs)[:examples]:
            out.print(f"{sign} {_line(brief)}")
        if examples and len(briefs) > examples:
            out.print(f"{sign} … and {len(briefs) - examples} more")
    out.print(f"{articles} articles read again, {dead} dead letters")
    out.print(
        f"claims: {difference.same} same, {len(difference.gone)} gone, "
        f"{len(difference.new)} new, {len(difference.changed)} changed"
    )
    rules = ", ".join(f"{count} {inert(rule)}" for rule, count in sorted(alerts.by_rule.items()))
    out.print(
        f"alerts: {sum(alerts.by_rule.values())}, {alerts.paging} of them paging"
        + (f" ({rules})" if rules else "")
    )


def _print_json(difference: Difference, alerts: Alerts, articles: int, dead: int) -> None:
    kinds: Iterable[tuple[str, Iterable[Any]]] = (("gone", difference.gone), ("new", difference.new))
    for kind, briefs in kinds:
        for brief in briefs:
            print_json({"kind": kind, "claim": asdict(brief)})
    for before, after in difference.changed:
        print_json({"kind": "changed", "before": asdict(before), "claim": asdict(after)})
    print_json(
        {
            "kind": "summary",
            "articles": articles,
            "dead_letters": dead,
            "same": difference.same,
            "gone": len(difference.gone),
            "new": len(difference.new),
            "changed": len(difference.changed),
            "alerts": dict(alerts.by_rule),
            "paging": alerts.paging,
        }
    )


def _line(brief: Brief) -> str:
    text = inert(brief.text)
    short = text if len(text) <= _WIDEST else text[: _WIDEST - 1].rstrip() + "…"
    return f"{inert(brief.article_id)} {inert(brief.source) or '(no source)'}: {short}"
