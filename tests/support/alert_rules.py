"""Rules files that tests write, and a desk that decides by them without a database."""

from datetime import datetime, timedelta
from typing import Any

from tests.builders import NOON, a_claim
from workers.alerting.alerts import Decided, decide, group_keys, retract, tick
from workers.alerting.groups import GroupState, from_json, to_json
from workers.alerting.loading import load_rules
from workers.alerting.muting import NOTHING_MUTED, Muting
from workers.alerting.rules import RuleSet
from workers.domain import alert as alerts
from workers.domain import claim as claims


def rules_text(**changes: str | None) -> str:
    """Return a rules file with one rule; each change sets a key to YAML text, or takes it out (``None``)."""
    keys: dict[str, str | None] = {
        "alert": "HarbourNews",
        "id": "harbour-news",
        "on": "claim",
        "match": "'claim.act == \"state\"'",
        "severity": "info",
    }
    keys |= {name.rstrip("_"): value for name, value in changes.items()}
    lines = [f"{name}: {value}" for name, value in keys.items() if value is not None]
    return "groups:\n  - name: g\n    rules:\n      - " + "\n        ".join(lines) + "\n"


def a_rule_set(
    text: str | None = None, files: dict[str, str] | None = None, **changes: str | None
) -> RuleSet:
    """Return the rules of a file that must be good; ``files`` are its watch-lists by name."""
    known = {"rules.yaml": text or rules_text(**changes), **(files or {})}
    loaded = load_rules("rules.yaml", known.get)
    assert isinstance(loaded, RuleSet), loaded
    return loaded


class AlertDesk:
    """Feeds claims one by one and keeps the groups between them, as the shell and its database do."""

    def __init__(self, rules: RuleSet) -> None:
        self.rules = rules
        self.groups: dict[str, GroupState] = {}
        self.muting: Muting = NOTHING_MUTED

    def hears(self, claim: claims.Claim, tense: alerts.AlertTense = alerts.AlertTense.CURRENT) -> Decided:
        known = {key: self.groups[key] for key in group_keys(self.rules, claim) if key in self.groups}
        return self._keeps(decide(self.rules, claim, NOON, tense, known, self.muting))

    def forgets(self, claim_id: str) -> Decided:
        at = NOON + timedelta(days=1)
        return self._keeps(retract(claim_id, at, self.groups))

    def waits_until(self, now: datetime) -> Decided:
        return self._keeps(tick(self.rules, now, self.groups, self.muting))

    def _keeps(self, decided: Decided) -> Decided:
        self.groups.update({key: from_json(to_json(state)) for key, state in decided.groups.items()})
        return decided

    @property
    def states(self) -> list[GroupState]:
        """The groups' states, budgets left out."""
        return [state for state in self.groups.values() if state.spent is None]


def a_desk(files: dict[str, str] | None = None, /, **changes: str | None) -> AlertDesk:
    """Return a desk with one rule that groups by the source's name and cools down for an hour."""
    keys: dict[str, str | None] = {"group_by": "[source.name]", "cooldown": "1h"}
    return AlertDesk(a_rule_set(rules_text(**(keys | changes)), files))


def claim_at(minutes: float, number: int | None = None, **changes: Any) -> claims.Claim:
    """Return a claim made so long after noon; its id is made from ``number``, else from the minutes."""
    name = f"c{minutes if number is None else number}"
    return a_claim(claim_id=name, published_at=NOON + timedelta(minutes=minutes), **changes)
