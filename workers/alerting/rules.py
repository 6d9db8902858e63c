"""Rules as values: what a rules file says once it has been read and checked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any

from workers.alerting.expressions import Alternatives, Clause
from workers.alerting.templates import Template
from workers.alerting.watch import Watcher, WatchField
from workers.domain.alert import RuleRef, Severity
from workers.domain.claim import Claim


class Subject(StrEnum):
    """What a rule looks at (``on:``); also the name its expressions call the message by."""

    CLAIM = "claim"


MESSAGES: Mapping[Subject, type] = {Subject.CLAIM: Claim}

WATCHED = "watched"
"""The ``group_by`` word for the name on a watch-list that was found."""


@dataclass(frozen=True, slots=True)
class Watch:
    """One item of ``where``: some name of ``list`` stands in one of ``fields``."""

    list: str
    fields: tuple[WatchField, ...]

    @property
    def clause(self) -> str:
        """How alerts and explanations name this condition."""
        return f"{' or '.join(self.fields)} in {self.list}"

    @property
    def alternatives(self) -> Alternatives:
        """The condition as pairs that a hit makes true, for the index."""
        return frozenset((f"@{each}", self.list) for each in self.fields)


@dataclass(frozen=True, slots=True)
class Trial:
    """One of a rule's own tests: partial claims in order, and what must come of them."""

    name: str
    claims: tuple[Mapping[str, Any], ...]
    expect: tuple[Mapping[str, Any], ...]
    line: int


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. ``hold`` is the file's ``for``: how long (event time) matches must have been coming."""

    id: str
    name: str
    version: int
    sha256: str
    on: Subject
    clauses: tuple[Clause, ...]
    watches: tuple[Watch, ...]
    group_by: tuple[str, ...]
    hold: timedelta
    cooldown: timedelta
    severity: Severity
    labels: tuple[tuple[str, str], ...]
    annotations: tuple[tuple[str, Template], ...]
    owner: str
    false_alarms: str
    references: tuple[str, ...]
    trials: tuple[Trial, ...] = field(repr=False)
    file: str = field(compare=False)
    line: int = field(compare=False)

    @property
    def ref(self) -> RuleRef:
        """How alerts name this rule."""
        return RuleRef(self.id, self.version, self.sha256)


@dataclass(frozen=True, slots=True)
class RuleGroup:
    """Rules that belong together, as Prometheus groups them."""

    name: str
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Index:
    """Which rules could match, by (path, value) pairs that they require; ``always`` require none."""

    by_pair: Mapping[tuple[str, str], tuple[int, ...]]
    always: tuple[int, ...]
    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RuleSet:
    """All rules of a file in its order, ready to run."""

    groups: tuple[RuleGroup, ...]
    rules: tuple[Rule, ...]
    watcher: Watcher = field(repr=False)
    index: Index = field(repr=False)

    def rule(self, rule_id: str) -> Rule | None:
        """Return the rule of that id."""
        return next((rule for rule in self.rules if rule.id == rule_id), None)


NO_RULES = RuleSet((), (), Watcher(), Index({}, (), ()))
