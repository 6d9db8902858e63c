"""Enriched articles for a terminal: a heading and a table of claims each."""

from collections import Counter
from typing import TextIO

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from workers.cli.render import words
from workers.cli.render.words import one_line
from workers.domain.article import EnrichedArticle
from workers.domain.claim import Claim, Stance

_STANCE_STYLES = {Stance.AFFIRMS: "green", Stance.REFUTES: "bold red", Stance.OPEN: "yellow"}
_PIPE_WIDTH = 120
_NARROW = 90
_NAMES_SHOWN = 12


def terminal(out: TextIO, width: int | None = None) -> Console:
    """Return a console on ``out``: as wide as the terminal, or 120 columns for a pipe or a file."""
    return Console(
        file=out, width=width or (None if out.isatty() else _PIPE_WIDTH), highlight=False, emoji=False
    )


def print_article(console: Console, article: EnrichedArticle) -> None:
    """Print one article; nothing in its text can move the cursor, change colours or reach the terminal."""
    console.print(Text(one_line(words.heading(article)), style="bold"))
    origin = one_line(words.origin(article))
    counts = [words.count_of(len(article.claims), "claim"), words.count_of(len(article.entities), "name")]
    console.print(Text(" · ".join(filter(None, [origin, *counts])), style="dim"))
    for line in (_names(article), _left_out(article)):
        if line:
            console.print(Text(line, style="dim"))
    if article.claims:
        console.print(_claims(article, narrow=console.width < _NARROW))
    console.print()


def _names(article: EnrichedArticle) -> str:
    frequent = sorted(article.entities, key=lambda e: -len(e.mentions))
    shown = [f"{one_line(entity.name)} ({entity.label})" for entity in frequent[:_NAMES_SHOWN]]
    if len(frequent) > _NAMES_SHOWN:
        shown.append(f"{len(frequent) - _NAMES_SHOWN} more")
    return f"names: {', '.join(shown)}" if shown else ""


def _left_out(article: EnrichedArticle) -> str:
    reasons = Counter(str(masked.reason) for masked in article.masked)
    return f"left out: {', '.join(f'{n} {reason}' for reason, n in reasons.items())}" if reasons else ""


def _claims(article: EnrichedArticle, *, narrow: bool) -> Table:
    """Return the table; a narrow one leaves out certainty and numbers."""
    table = Table(box=box.SIMPLE_HEAD, show_lines=False, pad_edge=False, expand=True)
    table.add_column("#", justify="right", style="dim", no_wrap=True)
    table.add_column("who", min_width=12, max_width=18, overflow="fold")
    table.add_column("how", min_width=9, max_width=14, overflow="fold", style="italic")
    table.add_column("what", ratio=7 if narrow else 9, overflow="fold")
    table.add_column("stance", no_wrap=True)
    if not narrow:
        table.add_column("certainty", no_wrap=True)
        table.add_column("numbers, dates", ratio=3, overflow="fold")
    for number, claim in enumerate(words.in_text_order(article), start=1):
        table.add_row(*_row(claim, number, article.text, narrow=narrow))
    return table


def _row(claim: Claim, number: int, text: str, *, narrow: bool) -> list[Text]:
    figures = [words.quantity(quantity) for quantity in claim.quantities]
    figures += [words.day(mention) for mention in claim.dates]
    what = one_line(words.what(claim, text))
    if claim.via:
        what += f" (via {one_line(words.via(claim))})"
    cells = [
        Text(str(number)),
        Text(one_line(words.who(claim))),
        Text(one_line(words.how(claim))),
        Text(what),
        Text(words.stance(claim), style=_STANCE_STYLES[claim.stance]),
    ]
    if not narrow:
        cells += [Text(words.certainty(claim) or "—"), Text(one_line("; ".join(figures)))]
    return cells
