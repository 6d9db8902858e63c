"""Which rules match a message, and for each that does not, why not. Pure: the same in, the same out."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from workers.alerting.expressions import Binding, Clause, Truth, bind, evaluate, values_of
from workers.alerting.index import candidates, features
from workers.alerting.rules import Rule, RuleSet, Subject
from workers.alerting.watch import Hit, hits
from workers.domain.alert import MatchedClause


class Verdict(StrEnum):
    """What a rule made of a message."""

    MATCHED = "matched"
    CLAUSE_NOT_HELD = "clause-not-held"
    CLAUSE_BROKEN = "clause-broken"
    NOT_WATCHED = "not-watched"


@dataclass(frozen=True, slots=True)
class Decision:
    """A rule's answer to a message.

    ``matched`` are the clauses that held with their values, up to ``failed``, the first that did not.
    ``watched`` is the name found on the rule's first watch-list, as its list writes it.
    """

    rule: Rule
    verdict: Verdict
    matched: tuple[MatchedClause, ...] = ()
    failed: MatchedClause | None = None
    watched: str | None = None


def matches(rules: RuleSet, subject: Subject, message: Mapping[str, Any]) -> tuple[Decision, ...]:
    """Return a decision for each rule that matches, in the file's order; see ``explain`` for the others."""
    index = rules.indexes[subject]
    found = hits(rules.watcher, subject.value, message)
    pairs = features(index, message, found)
    chosen = [rules.rules[number] for number in candidates(index, pairs)]
    if not chosen:
        return ()
    binding = bind(subject.value, message)
    return tuple(
        _decide(rule, binding, found, pairs)
        for rule in chosen
        if all(not watch.alternatives.isdisjoint(pairs) for watch in rule.watches)
        and all(_truth(clause, binding, pairs) is Truth.HELD for clause in rule.clauses)
    )


def explain(rules: RuleSet, subject: Subject, message: Mapping[str, Any]) -> tuple[Decision, ...]:
    """Return a decision for every rule on ``subject``, in the file's order."""
    found = hits(rules.watcher, subject.value, message)
    pairs = features(rules.indexes[subject], message, found)
    binding = bind(subject.value, message)
    return tuple(_decide(rule, binding, found, pairs) for rule in rules.rules if rule.on is subject)


def _decide(
    rule: Rule, binding: Binding, found: tuple[Hit, ...], pairs: frozenset[tuple[str, str]]
) -> Decision:
    held: list[MatchedClause] = []
    watched: str | None = None
    for watch in rule.watches:
        hit = next((each for each in found if each.list == watch.list and each.field in watch.fields), None)
        if hit is None:
            return Decision(
                rule, Verdict.NOT_WATCHED, tuple(held), MatchedClause(watch.clause, None), watched
            )
        held.append(MatchedClause(watch.clause, hit.entry))
        watched = watched or hit.entry
    for clause in rule.clauses:
        truth = _truth(clause, binding, pairs)
        told = MatchedClause(clause.source, _value(clause, binding.message))
        if truth is not Truth.HELD:
            broken = truth is Truth.BROKEN
            verdict = Verdict.CLAUSE_BROKEN if broken else Verdict.CLAUSE_NOT_HELD
            return Decision(rule, verdict, tuple(held), told, watched)
        held.append(told)
    return Decision(rule, Verdict.MATCHED, tuple(held), None, watched)


def _truth(clause: Clause, binding: Binding, pairs: frozenset[tuple[str, str]]) -> Truth:
    if clause.alternatives is None:
        return evaluate(clause, binding)
    return Truth.NOT_HELD if clause.alternatives.isdisjoint(pairs) else Truth.HELD


def _value(clause: Clause, message: Mapping[str, Any]) -> Any:
    values = values_of(clause, message)
    return next(iter(values.values())) if len(values) == 1 else values
