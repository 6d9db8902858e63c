"""Which groups a claim falls into: for each rule that matched, one for each value it groups by."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice, product
from typing import Any

from workers.alerting.engine import Decision, matches
from workers.alerting.groups import alert_key
from workers.alerting.reading import label_name
from workers.alerting.rules import FIRST, WATCHED, RuleSet, Subject
from workers.alerting.shape import value_at

MAX_GROUPS = 32


@dataclass(frozen=True, slots=True)
class Match:
    """A rule that matched, and one of its groups by label and value."""

    decision: Decision
    group: tuple[tuple[str, str], ...]
    key: str


def matched_groups(rules: RuleSet, subject: Subject, message: Mapping[str, Any]) -> list[Match]:
    """Return the groups in the file's order; of one rule's, the first 32."""
    return [
        Match(decision, group, alert_key(decision.rule.id, group))
        for decision in matches(rules, subject, message)
        for group in _groups(decision, message)
    ]


def _groups(decision: Decision, message: Mapping[str, Any]) -> list[tuple[tuple[str, str], ...]]:
    """Return one group, or one for each item where a path is a list."""
    paths = decision.rule.group_by
    choices: list[list[str]] = []
    for path in paths:
        value = decision.watched if path == WATCHED else value_at(message, path.removesuffix(FIRST))
        items = value if isinstance(value, list) else [value]
        items = items[:1] if path.endswith(FIRST) else items
        choices.append(list(dict.fromkeys(_group_value(item) for item in items)) or [""])
    names = [label_name(path) for path in paths]
    return [tuple(zip(names, values, strict=True)) for values in islice(product(*choices), MAX_GROUPS)]


def _group_value(value: Any) -> str:
    """Return the text of a group value; "the White  House" and "White House" are one group."""
    text = " ".join(str("" if value is None else value).split()).strip(" ,.;:")
    first, _, rest = text.partition(" ")
    return rest if rest and first.lower() == "the" else text
