"""A decision in the making, and what comes of it: alerts, changed groups, an outcome a group."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from workers.alerting.advance import Outcome
from workers.alerting.groups import GroupState
from workers.alerting.telling import alert_of
from workers.domain.alert import Alert, AlertTense, AlertType, MatchedClause


@dataclass(frozen=True, slots=True)
class GroupOutcome:
    """The outcome in one group, for explanations and counters; ``because`` says what it hung on."""

    rule_id: str
    alert_key: str
    outcome: Outcome
    because: MatchedClause | None = None


@dataclass(frozen=True, slots=True)
class Decided:
    """What a claim, its withdrawal or the passing of time leads to.

    ``alerts`` are to be published in this order. ``groups`` holds the new state of each group that changed,
    by alert key; groups not in it stay as they are.
    """

    alerts: tuple[Alert, ...]
    groups: Mapping[str, GroupState]
    outcomes: tuple[GroupOutcome, ...]


@dataclass
class Draft:
    """What was stored, what has changed, what is to be told."""

    stored: Mapping[str, GroupState]
    alerts: list[Alert] = field(default_factory=list)
    changed: dict[str, GroupState] = field(default_factory=dict)
    outcomes: list[GroupOutcome] = field(default_factory=list)

    def state(self, key: str) -> GroupState | None:
        """Return the group as it stands now."""
        return self.changed.get(key) or self.stored.get(key)

    def keep(self, state: GroupState) -> None:
        """Let the group stand so from now on."""
        if state is not self.stored.get(state.alert_key):
            self.changed[state.alert_key] = state

    def tell(self, state: GroupState, kind: AlertType, tense: AlertTense) -> None:
        """Tell of an alert that fires."""
        self.alerts.append(alert_of(state, kind, tense))

    def end(self, state: GroupState, end: datetime) -> GroupState:
        """Resolve an alert whose time is over, and return the group's state after it."""
        told = replace(state, sequence=state.sequence + 1)
        self.alerts.append(alert_of(told, AlertType.UPDATE, state.tense, None, end))
        self.note(state.rule.id, state.alert_key, Outcome.RESOLVED)
        after = told.over()
        self.keep(after)
        return after

    def note(self, rule_id: str, key: str, outcome: Outcome, because: MatchedClause | None = None) -> None:
        """Say what came of it in one group."""
        self.outcomes.append(GroupOutcome(rule_id, key, outcome, because))

    def done(self) -> Decided:
        """Return the decision."""
        return Decided(tuple(self.alerts), self.changed, tuple(self.outcomes))
