"""Rules as values: what a rules file says once it has been read and checked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from workers.alerting.conditions import Condition, Quiet
from workers.alerting.expressions import Alternatives, Clause
from workers.alerting.muting import Inhibition
from workers.alerting.templates import Template
from workers.alerting.watch import Watcher, WatchField
from workers.domain.alert import RuleRef, Severity
from workers.domain.claim import Claim
from workers.domain.relation import Relation


class Subject(StrEnum):
    """What a rule looks at (``on:``); also the name its expressions call the message by."""

    CLAIM = "claim"
    RELATION = "relation"
    ENTITY = "entity"


@dataclass(frozen=True, slots=True)
class EntityActivity:
    """One entity in one article, as rules with ``on: entity`` see it.

    ``mentions`` and ``claims`` count its mentions and the claims that name it; ``salience`` is its share of
    the article's mentions.
    """

    entity_id: str
    name: str
    label: str
    kb_id: str | None
    salience: float
    score: float
    mentions: int
    claims: int
    article_id: str
    url: str | None
    publisher: str | None
    title: str | None
    published_at: datetime | None


MESSAGES: Mapping[Subject, type] = {
    Subject.CLAIM: Claim,
    Subject.RELATION: Relation,
    Subject.ENTITY: EntityActivity,
}

MAX_COOLDOWN = timedelta(days=366)
DEFAULT_BUDGET_ALERTS = 100
FIRST = "[0]"
"""Behind a ``group_by`` path that is a list: its first item alone."""

WATCHED = "watched"
"""The ``group_by`` word for the name on a watch-list that was found."""


@dataclass(frozen=True, slots=True)
class Watch:
    """One item of ``where``: some name of ``list`` stands in one of ``fields``.

    ``alternatives`` are the pairs that a hit makes true, for the index.
    """

    list: str
    fields: tuple[WatchField, ...]
    alternatives: Alternatives = field(init=False, repr=False)

    def __post_init__(self) -> None:
        pairs = frozenset((f"@{each}", self.list) for each in self.fields)
        object.__setattr__(self, "alternatives", pairs)

    @property
    def clause(self) -> str:
        """How alerts and explanations name this condition."""
        return f"{' or '.join(self.fields)} in {self.list}"


@dataclass(frozen=True, slots=True)
class Cooldown:
    """How long after an alert the next update may come; each update makes it ``factor`` times as long."""

    first: timedelta
    factor: float = 1.0
    longest: timedelta | None = None

    def after(self, notifications: int) -> timedelta:
        """Return the cooldown after that many alerts of an episode."""
        longest = self.longest or MAX_COOLDOWN
        grown = self.first.total_seconds() * self.factor ** min(max(0, notifications - 1), 64)
        return timedelta(seconds=min(grown, max(longest, self.first).total_seconds()))


@dataclass(frozen=True, slots=True)
class Budget:
    """How many alerts a rule may tell in a span of event time; the rest are summed up in one."""

    alerts: int
    per: timedelta


@dataclass(frozen=True, slots=True)
class Trial:
    """One of a rule's own tests: partial messages in order, and what must come of them."""

    name: str
    messages: tuple[Mapping[str, Any], ...]
    expect: tuple[Mapping[str, Any], ...]
    line: int


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. ``hold`` is the file's ``for``: how long (event time) matches must have been coming.

    ``conditions`` are the file's ``window``. ``keep_firing_for`` ends an alert that long after its conditions
    last held; ``None``: only a withdrawal does.
    """

    id: str
    name: str
    version: int
    sha256: str
    on: Subject
    clauses: tuple[Clause, ...]
    watches: tuple[Watch, ...]
    group_by: tuple[str, ...]
    conditions: tuple[Condition, ...]
    hold: timedelta
    keep_firing_for: timedelta | None
    cooldown: Cooldown
    budget: Budget
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
    def quiet(self) -> Quiet | None:
        """The quiet that the rule waits for, where it waits for one."""
        return next((each for each in self.conditions if isinstance(each, Quiet)), None)

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
    inhibitions: tuple[Inhibition, ...]
    watcher: Watcher = field(repr=False)
    indexes: Mapping[Subject, Index] = field(repr=False)
    _by_id: Mapping[str, Rule] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_id", {rule.id: rule for rule in self.rules})

    def rule(self, rule_id: str) -> Rule | None:
        """Return the rule of that id."""
        return self._by_id.get(rule_id)

    def looks_at(self, subject: Subject) -> bool:
        """Tell whether any rule is on messages of that kind."""
        index = self.indexes[subject]
        return bool(index.always or index.by_pair)
