"""``claimwire relate FILE.jsonl``: relations between the claims of a file, without a broker."""

import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from workers.agents.pair_reading import load_pair_model
from workers.cli.render.relations import RelationsPage
from workers.cli.render.relations_table import print_table
from workers.domain.article import ArticleStatus, EnrichedArticle
from workers.domain.claim import Claim
from workers.domain.outcome import Reject
from workers.domain.relation import Relation, StoryMerge
from workers.relations.engine import Decided, Policy, keep, withdraw
from workers.relations.engine import relate as relate_claim
from workers.relations.known import routes, routes_left
from workers.relations.opinion import PairModel
from workers.relations.origins import shared_origins
from workers.relations.records import MemoryReader
from workers.relations.sketches import article_signature
from workers.relations.stories import resolved
from workers.relations.window import WindowReason
from workers.wire.messages import decode_claim, decode_enriched
from workers.wire.relations import relation_message
from workers.wire.story_merges import merge_message

_NO_DATE = datetime(1970, 1, 1, tzinfo=UTC)


class Format(StrEnum):
    """How relations are printed."""

    JSONL = "jsonl"
    TABLE = "table"
    HTML = "html"


def relate(
    file: Annotated[
        str,
        typer.Argument(help="Claims or enriched articles, one JSON object a line; - reads standard input."),
    ],
    form: Annotated[
        Format | None, typer.Option("--format", help="Default: table in a terminal, else jsonl.")
    ] = None,
    merges: Annotated[
        bool, typer.Option("--merges", help="Print joins of stories among the relations (jsonl only).")
    ] = False,
) -> None:
    """Relate claims in the order of the file; print the relations that hold when it ends.

    Lines of enriched articles tell more than lines of claims: copied articles are known by their whole text,
    and a new revision takes back what it no longer claims.
    """
    run = Run(model=load_pair_model())
    for number, line in enumerate(_lines(file), start=1):
        if line.strip():
            run.take(number, line)
    form = form or (Format.TABLE if sys.stdout.isatty() else Format.JSONL)
    found = run.final()
    if form is Format.JSONL:
        _print_lines(found, run.merges if merges else ())
    elif form is Format.TABLE:
        print_table(found)
    else:
        sys.stdout.write(RelationsPage(run.texts).page(found))
    typer.echo(_summary(run, found), err=True)
    raise typer.Exit(1 if run.bad_lines else 0)


@dataclass
class Run:
    """One pass over a file: the state in memory, and what holds of what was found."""

    model: PairModel | None = None
    policy: Policy = field(default_factory=Policy)
    reader: MemoryReader = field(default_factory=MemoryReader)
    relations: dict[str, Relation] = field(default_factory=dict)
    merges: list[StoryMerge] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)
    refused: dict[WindowReason, int] = field(default_factory=dict)
    retracted: int = 0
    claims: int = 0
    bad_lines: int = 0
    _routes_of: dict[str, dict[str, tuple[str, ...]]] = field(default_factory=dict)
    _latest: datetime = _NO_DATE

    def take(self, number: int, line: bytes) -> None:
        """Read one line and relate what is in it."""
        read = _read(line)
        if isinstance(read, Reject):
            self.bad_lines += 1
            typer.echo(f"line {number}: {read.reason}: {read.detail}", err=True)
        elif isinstance(read, EnrichedArticle):
            self._article(read)
        else:
            self._claim(read, None)

    def final(self) -> list[Relation]:
        """Return the relations that hold, in the order they were found in, with the stories as joined."""
        joined = {merge.story_id: merge.into for merge in self.merges}
        found = self.relations.values()
        return [replace(each, story_id=resolved(each.story_id, joined)) for each in found]

    def _article(self, article: EnrichedArticle) -> None:
        claims = () if article.status is ArticleStatus.WITHDRAWN else article.claims
        now = {claim.claim_id: routes(claim) for claim in claims}
        for claim_id, route in routes_left(self._routes_of.get(article.article_id, {}), now):
            self._keep(withdraw(self.reader, route, claim_id))
        self._routes_of[article.article_id] = now
        self.texts[article.text_sha256] = article.text
        signature = article_signature(article.text)
        for claim in claims:
            self._claim(claim, signature)

    def _claim(self, claim: Claim, signature: str | None) -> None:
        self.claims += 1
        self._latest = max(self._latest, claim.published_at or self._latest)
        for route in routes(claim):
            found = relate_claim(self.reader, self.policy, route, claim, self._latest, signature, self.model)
            self._keep(found)

    def _keep(self, decided: Decided) -> None:
        keep(self.reader, decided)
        if decided.refused is not None:
            self.refused[decided.refused] = self.refused.get(decided.refused, 0) + 1
        for relation_id in decided.retracted:
            self.retracted += self.relations.pop(relation_id, None) is not None
        self.relations |= {relation.relation_id: relation for relation in decided.relations}
        self.merges += decided.merges


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


def _read(line: bytes) -> Claim | EnrichedArticle | Reject:
    """Read a line as what its keys say it is; only an enriched article has ``claims``."""
    try:
        plain: Any = json.loads(line)
    except ValueError:
        return decode_claim(line)  # says what is wrong with it
    is_article = isinstance(plain, dict) and "claims" in plain
    return decode_enriched(line) if is_article else decode_claim(line)


def _print_lines(found: Iterable[Relation], merges: Iterable[StoryMerge]) -> None:
    for relation in found:
        typer.echo(json.dumps(relation_message(relation), ensure_ascii=False))
    for merge in merges:
        typer.echo(json.dumps(merge_message(merge), ensure_ascii=False))


def _summary(run: Run, found: list[Relation]) -> str:
    kinds = {kind: sum(1 for each in found if each.kind == kind) for kind in sorted({e.kind for e in found})}
    groups = shared_origins(found)
    parts = [f"{run.claims} claims", f"{len(found)} relations"]
    parts += [f"{count} {kind.value}" for kind, count in kinds.items()]
    parts += [f"{len({each.story_id for each in found})} stories"]
    parts += [f"{sum(map(len, groups))} articles of {len(groups)} origins"]
    parts += [f"{run.retracted} taken back"] if run.retracted else []
    parts += [f"{count} {reason.value}" for reason, count in sorted(run.refused.items())]
    return ", ".join(parts)
