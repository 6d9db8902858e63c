"""One enriched article, one relation, one alert, one dead letter, for a person at a terminal."""

from collections.abc import Mapping

from rich.console import Console
from rich.panel import Panel
from rich.text import Text

from workers.cli.render.words import STANCE_SIGNS, heading, one_line, origin, who
from workers.domain.alert import Alert, AlertType
from workers.domain.article import EnrichedArticle
from workers.domain.claim import Claim, Stance
from workers.domain.outcome import Reject
from workers.domain.relation import Relation, RelationKind

_CLAIMS_SHOWN = 5
_ENTITIES_SHOWN = 8
_WIDEST = 110
_STYLES = {Stance.AFFIRMS: "green", Stance.REFUTES: "red", Stance.OPEN: "yellow"}

_KINDS = {
    RelationKind.CONTRADICTS: "red",
    RelationKind.CORROBORATES: "green",
    RelationKind.UPDATES: "yellow",
}


def show_article(console: Console, article: EnrichedArticle | Reject) -> None:
    """Print the head, the most salient entities and the best claims."""
    if isinstance(article, Reject):
        console.print(Text(f"an unreadable article: {article.detail}", style="red"))
        return
    console.print()
    console.print(Text(f"▌{one_line(heading(article))}", style="bold"))
    console.print(Text(f"▌{one_line(origin(article))}", style="dim"))
    entities = sorted(article.entities, key=lambda entity: -entity.salience)[:_ENTITIES_SHOWN]
    if entities:
        names = ", ".join(f"{one_line(entity.name)} ({entity.label})" for entity in entities)
        console.print(Text(f"  entities  {names}", style="cyan"))
    best = sorted(article.claims, key=_rank)[:_CLAIMS_SHOWN]
    for claim in sorted(best, key=lambda claim: claim.content.spans[0].start):
        console.print(_claim_line(claim))
    if len(article.claims) > len(best):
        console.print(Text(f"  … and {len(article.claims) - len(best)} more claims", style="dim"))


def show_alert(console: Console, alert: Alert | Reject) -> None:
    """Print an alert with the claim it rests on."""
    if isinstance(alert, Reject):
        console.print(Text(f"an unreadable alert: {alert.detail}", style="red"))
        return
    labels, annotations = dict(alert.labels), dict(alert.annotations)
    body = Text(one_line(annotations.get("summary", labels.get("alertname", ""))), style="bold")
    for evidence in alert.evidence[-2:]:
        body.append(f"\n{evidence.publisher or '?'}: ", style="cyan")
        body.append(_short(evidence.text), style="not bold")
        body.append(f"\n{evidence.url or evidence.article_id}", style="dim not bold")
    taken_back = alert.alert_type is AlertType.RETRACTION
    title = f"ALERT {labels.get('severity', '')} · {labels.get('alertname', '')} · {alert.alert_type}"
    console.print(Panel(body, title=title, title_align="left", border_style="dim" if taken_back else "red"))


def show_relation(console: Console, relation: Relation | Reject) -> None:
    """Print what the later claim does to the earlier one, and both."""
    if isinstance(relation, Reject):
        console.print(Text(f"an unreadable relation: {relation.detail}", style="red"))
        return
    head = Text(f"  ⇄ {relation.kind}", style=f"bold {_KINDS[relation.kind]}")
    if relation.change is not None:
        change = relation.change
        unit = f" {one_line(change.unit)}" if change.unit else ""
        head.append(f" {change.before:,} → {change.after:,}{unit}")
    if not relation.origins.independent:
        head.append(f"  (one origin: {one_line(relation.origins.left)})", style="dim not bold")
    console.print(head)
    for side in (relation.right, relation.left):
        line = Text(f"      {one_line(side.source_name or 'nobody named')}", style="bold")
        line.append(f" ({one_line(side.publisher or '?')}) ", style="dim not bold")
        console.print(line.append(_short(side.text), style="not bold"))


def show_dead_letter(console: Console, headers: Mapping[str, bytes]) -> None:
    """Print why a record could not be used."""
    reason = headers.get("dlq-reason", b"?").decode("utf-8", "replace")
    detail = headers.get("dlq-detail", b"").decode("utf-8", "replace")
    console.print(Text(f"DEAD LETTER {reason}: {one_line(detail)}", style="yellow"))


def _rank(claim: Claim) -> tuple[bool, bool, float]:
    """Denials first, then claims with a number in them, then the surest."""
    return (claim.stance is not Stance.REFUTES, not claim.quantities, -claim.score)


def _claim_line(claim: Claim) -> Text:
    line = Text(f"  {STANCE_SIGNS[claim.stance]} ", style=_STYLES[claim.stance])
    line.append(one_line(who(claim)), style="bold")
    for via in claim.via:
        line.append(f" (via {one_line(via.name)})", style="dim")
    cue = one_line(claim.cue.text) if claim.cue is not None else "(quoted)"
    line.append(f" — {cue}: ", style="italic not bold")
    line.append(_short(claim.content.text), style="not bold")
    return line


def _short(text: str) -> str:
    flat = one_line(text)
    return flat if len(flat) <= _WIDEST else flat[: _WIDEST - 1].rstrip() + "…"
