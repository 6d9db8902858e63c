"""The index over what rules require, so that a claim costs what the rules that could match it cost."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from workers.alerting.expressions import Alternatives
from workers.alerting.rules import Index, Rule, Subject
from workers.alerting.shape import value_at
from workers.alerting.watch import Hit

_RARITY = ("@", "source.name", "source.entity_id", "entities", "subjects", "source.", "cue.", "publisher")
_COMMON_VALUES = {"state", "affirms", "certain", "past", "present", "person", "indirect", "none"}


def build_indexes(rules: Sequence[Rule]) -> dict[Subject, Index]:
    """Build an index for each kind of message; rules keep their numbers in ``rules``."""
    return {
        subject: _index((number, rule) for number, rule in enumerate(rules) if rule.on is subject)
        for subject in Subject
    }


def _index(rules: Iterable[tuple[int, Rule]]) -> Index:
    """File each rule under the rarest of its requirements."""
    by_pair: dict[tuple[str, str], list[int]] = {}
    always: list[int] = []
    paths: set[str] = set()
    for number, rule in rules:
        required = requirements(rule)
        paths.update(path for each in required for path, _ in each if not path.startswith("@"))
        if not required:
            always.append(number)
            continue
        for pair in min(required, key=_commonness):
            by_pair.setdefault(pair, []).append(number)
    return Index({pair: tuple(found) for pair, found in by_pair.items()}, tuple(always), tuple(sorted(paths)))


def requirements(rule: Rule) -> tuple[Alternatives, ...]:
    """Return what must be true of a message for ``rule`` to match: one pair at least out of each set."""
    return (
        *(watch.alternatives for watch in rule.watches),
        *(clause.alternatives for clause in rule.clauses if clause.alternatives is not None),
    )


def features(index: Index, message: Mapping[str, Any], hits: Iterable[Hit]) -> frozenset[tuple[str, str]]:
    """Return the pairs that are true of ``message``, of the paths that any rule asks for."""
    found = {(f"@{hit.field}", hit.list) for hit in hits}
    for path in index.paths:
        value = value_at(message, path)
        if isinstance(value, list):
            found.update((path, item) for item in value)
        elif value is not None:
            found.add((path, value))
    return frozenset(found)


def candidates(index: Index, pairs: Iterable[tuple[str, str]]) -> list[int]:
    """Return the numbers of the rules that could match, in the file's order."""
    found = set(index.always)
    for pair in pairs:
        found.update(index.by_pair.get(pair, ()))
    return sorted(found)


def _commonness(alternatives: Alternatives) -> tuple[int, int]:
    worst = max(
        len(_RARITY) + 1
        if value in _COMMON_VALUES
        else next((at for at, start in enumerate(_RARITY) if path.startswith(start)), len(_RARITY))
        for path, value in alternatives
    )
    return worst, len(alternatives)
