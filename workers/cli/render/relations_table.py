"""Relations for a terminal: one row each, grouped by story."""

from collections.abc import Iterable

from rich.console import Console
from rich.table import Table
from rich.text import Text

from workers.cli.render.words import one_line
from workers.domain.relation import Change, Relation, RelationSide

_SIGNS = {"corroborates": "=", "contradicts": "≠", "updates": "→"}
_STYLES = {"corroborates": "green", "contradicts": "bold red", "updates": "yellow"}
_LONGEST = 160


def print_table(relations: Iterable[Relation]) -> None:
    """Print relations, the stories in the order of their first relation."""
    table = Table()
    table.add_column("story", no_wrap=True)
    table.add_column("relation", no_wrap=True)
    table.add_column("earlier and later claim, origins", overflow="fold")
    ordered = list(relations)
    rank = {story: place for place, story in enumerate(dict.fromkeys(each.story_id for each in ordered))}
    for each in sorted(ordered, key=lambda relation: rank[relation.story_id]):
        table.add_row(
            str(rank[each.story_id] + 1),
            Text(_what(each), style=_STYLES[each.kind]),
            Text.assemble(_side(each.left), "\n", _side(each.right), "\n", (_origin(each), "italic")),
            end_section=True,
        )
    Console().print(table)


def change_words(change: Change) -> str:
    """Return "9,000 → 11,500 troops"."""
    unit = f" {change.unit}" if change.unit else ""
    return f"{change.before:,} → {change.after:,}{unit}"


def _what(relation: Relation) -> str:
    words = f"{_SIGNS[relation.kind]} {relation.kind.value}\n  score {relation.score:.2f}"
    return f"{words}\n  {change_words(relation.change)}" if relation.change else words


def _side(side: RelationSide) -> Text:
    said = one_line(side.text)
    short = said if len(said) <= _LONGEST else said[: _LONGEST - 1] + "…"
    who = one_line(side.source_name or side.publisher or "?")
    when = side.published_at.strftime("%m-%d %H:%M") if side.published_at else ""
    stance = "" if side.stance == "affirms" else f" {side.stance.value}"
    return Text.assemble((f"{who}{stance}: ", "bold"), short, (f" ({side.article_id} {when})", "dim"))


def _origin(relation: Relation) -> str:
    origins = relation.origins
    if not origins.independent:
        return f"one origin: {one_line(origins.left)}"
    return f"two origins: {one_line(origins.left)} and {one_line(origins.right)}"
