"""One pass of rules over a file of claims, relations and enriched articles, in the order of the file."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

import typer

from workers.alerting.alerts import Decided, decide_on, keys_for, retract, tick
from workers.alerting.groups import GroupState, Phase
from workers.alerting.muting import NOTHING_MUTED, Muting
from workers.alerting.observations import Observation, observe_claim, observe_entities, observe_relation
from workers.alerting.rules import RuleSet
from workers.domain.alert import Alert, AlertTense
from workers.domain.article import ArticleStatus, EnrichedArticle
from workers.domain.claim import Claim
from workers.domain.outcome import Reject
from workers.domain.relation import Relation
from workers.wire.messages import decode_claim, decode_enriched
from workers.wire.relations import decode_relation

_NO_DATE = datetime(1970, 1, 1, tzinfo=UTC)
_STANDARD_INPUT = "-"

Seen = Callable[[Observation, Mapping[str, GroupState], Muting], None]


def _ignore(observed: Observation, groups: Mapping[str, GroupState], muting: Muting) -> None:
    """Look at nothing."""


@dataclass
class AlertRun:
    """The state of one pass: the groups, and which claims each article holds.

    ``seen`` is told of each observation with its groups as they were before it, and what is muted.
    """

    rules: RuleSet
    seen: Seen = _ignore
    groups: dict[str, GroupState] = field(default_factory=dict)
    latest: datetime = _NO_DATE
    bad_lines: int = 0
    _claims_of: dict[str, set[str]] = field(default_factory=dict)

    def over(self, lines: Iterable[bytes]) -> Iterator[Alert]:
        """Yield alerts as they come; a line that cannot be read is told on standard error."""
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            read = read_message(line)
            if isinstance(read, Reject):
                self.bad_lines += 1
                typer.echo(f"line {number}: {read.reason}: {read.detail}", err=True)
            else:
                yield from self.take(read)

    def has_read(self, article_id: str) -> bool:
        """Tell whether an enriched article of that id was among the lines."""
        return article_id in self._claims_of

    def take(self, message: Claim | EnrichedArticle | Relation) -> Iterator[Alert]:
        """Yield what comes of one message; its time moves the file's time on first."""
        if isinstance(message, EnrichedArticle):
            yield from self._article(message)
        elif isinstance(message, Relation):
            yield from self._reach(message.right.published_at)
            yield from self._observed(observe_relation(message))
        else:
            yield from self._claim(message)

    def _article(self, article: EnrichedArticle) -> Iterator[Alert]:
        yield from self._reach(article.published_at)
        withdrawn = article.status is ArticleStatus.WITHDRAWN
        claims = () if withdrawn else article.claims
        now = {claim.claim_id for claim in claims}
        gone = self._claims_of.get(article.article_id, set()) - now
        for lost in [*sorted(gone), *([article.article_id] if withdrawn else [])]:
            resting = {key: state for key, state in self.groups.items() if lost in state.claim_ids}
            yield from self._kept(retract(lost, self.latest, resting))
        self._claims_of[article.article_id] = now
        for claim in claims:
            yield from self._claim(claim)
        for observed in () if withdrawn else observe_entities(article, self.latest):
            yield from self._observed(observed)

    def _claim(self, claim: Claim) -> Iterator[Alert]:
        yield from self._reach(claim.published_at)
        yield from self._observed(observe_claim(claim, self.latest))

    def _observed(self, observed: Observation) -> tuple[Alert, ...]:
        known = {key: self.groups[key] for key in keys_for(self.rules, observed) if key in self.groups}
        muting = self._muting()
        self.seen(observed, known, muting)
        return self._kept(decide_on(self.rules, observed, AlertTense.TEST, known, muting))

    def _muting(self) -> Muting:
        """Return what fires, where the file has inhibitions; a file knows no silences."""
        if not self.rules.inhibitions:
            return NOTHING_MUTED
        firing = (state.told for state in self.groups.values() if state.phase is Phase.FIRING)
        return Muting(firing=tuple(told.labels for told in firing if told is not None))

    def _reach(self, moment: datetime | None) -> tuple[Alert, ...]:
        """Let the file's time go on: what is over ends, what has fallen quiet is told."""
        if moment is None or moment <= self.latest:
            return ()
        self.latest = moment
        return self._kept(tick(self.rules, moment, self.groups, self._muting()))

    def _kept(self, decided: Decided) -> tuple[Alert, ...]:
        self.groups.update(decided.groups)
        return decided.alerts


def lines_of(file: str) -> Iterator[bytes]:
    """Yield the lines of a file, or of standard input; a file that is not there ends the command."""
    if file == _STANDARD_INPUT:
        with typer.get_binary_stream("stdin") as stream:
            yield from _each(stream)
        return
    try:
        with Path(file).open("rb") as opened:
            yield from _each(opened)
    except OSError as error:
        typer.echo(f"{file}: {error.strerror}", err=True)
        raise typer.Exit(1) from error


def read_message(line: bytes) -> Claim | EnrichedArticle | Relation | Reject:
    """Read a line as what its keys say: articles have ``claims``, relations a ``relation_id``."""
    try:
        plain = json.loads(line)
    except ValueError:
        return decode_claim(line)  # says what is wrong with it
    keys = plain.keys() if isinstance(plain, dict) else ()
    if "relation_id" in keys:
        return decode_relation(line)
    return decode_enriched(line) if "claims" in keys else decode_claim(line)


def _each(stream: IO[bytes]) -> Iterator[bytes]:
    yield from stream
