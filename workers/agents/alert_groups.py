"""The alert groups, partition clocks and firing labels in the state database, as values."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from workers.alerting.clock import Clock
from workers.alerting.draft import Decided
from workers.alerting.groups import GroupState, Phase, Withheld, from_json, to_json
from workers.alerting.muting import Labels, Muting, Silence
from workers.alerting.rules import RuleSet
from workers.alerting.ticks import due_at
from workers.domain.alert import AlertTense
from workers.state.store import Transaction

GROUP = "alert-group"
FIRING = "alert-firing"  # the labels of what fires, small, for inhibitions
MUTED = "alert-muted"  # which groups wait for the end of a silence or an inhibition
CLOCK = "alert-clock"
ALL = "all"
_NEWEST = "newest-record"
_WATERMARK = "watermark"
_RULES = "rules"


def of_rule(rule_id: str) -> str:
    """Return the link under which a rule's groups are found."""
    return f"@rule/{rule_id}"


def read_groups(transaction: Transaction, keys: Iterable[str]) -> dict[str, GroupState]:
    """Return the groups that are stored under ``keys``."""
    return _states(transaction.documents(GROUP, keys))


def linked_groups(transaction: Transaction, link: str) -> dict[str, GroupState]:
    """Return the groups that rest on a claim, a relation, an article, or belong to ``of_rule``."""
    return _states(transaction.linked(GROUP, link))


def due_groups(transaction: Transaction, watermark_ms: int, limit: int) -> dict[str, GroupState]:
    """Return groups for which event time has come far enough, the longest due first."""
    return _states(transaction.due(GROUP, watermark_ms, limit))


def muted_groups(transaction: Transaction) -> tuple[str, ...]:
    """Return the keys of the groups that are silenced or inhibited."""
    return tuple(transaction.linked(MUTED, ALL))


def keep_groups(
    transaction: Transaction,
    rules: RuleSet,
    decided: Decided,
    looked_at: Mapping[str, GroupState] | None = None,
) -> None:
    """Store what was decided; what was ``looked_at`` without a change is only put in its place in time."""
    groups = decided.groups
    if not groups and not looked_at:
        return
    links = {key: (*state.claim_ids, of_rule(state.rule.id)) for key, state in groups.items()}
    transaction.put_documents(GROUP, {key: to_json(state) for key, state in groups.items()}, links)
    transaction.schedule(
        GROUP, {key: _due_ms(rules, state) for key, state in {**(looked_at or {}), **groups}.items()}
    )
    firing = {key: _labels_json(state) for key, state in groups.items() if _inhibits(state)}
    muted = {key: "{}" for key, state in groups.items() if _waits(state)}
    for kind, bodies in ((FIRING, firing), (MUTED, muted)):
        transaction.put_documents(kind, bodies, dict.fromkeys(bodies, (ALL,)))
        transaction.drop_documents(kind, [key for key in groups if key not in bodies])


def read_muting(
    transaction: Transaction, rules: RuleSet, silences: tuple[Silence, ...], now: datetime
) -> Muting:
    """Return what may not be told at ``now``; what fires is only read where a rule file inhibits."""
    bodies = transaction.linked(FIRING, ALL) if rules.inhibitions else {}
    return Muting(silences, tuple(_labels(body) for body in bodies.values()), now)


def see(transaction: Transaction, seen: Mapping[str, int]) -> None:
    """Move the clocks of partitions (by name) to the latest event times that their records had."""
    before = read_clocks(transaction, seen)
    clocks = {name: before.get(name, Clock(at_ms)).saw(at_ms) for name, at_ms in seen.items()}
    write_clocks(transaction, {name: clock for name, clock in clocks.items() if clock != before.get(name)})


def read_clocks(transaction: Transaction, names: Iterable[str] | None = None) -> dict[str, Clock]:
    """Return the clocks of these partitions, or of all."""
    bodies = transaction.linked(CLOCK, ALL) if names is None else transaction.documents(CLOCK, names)
    found = {name: json.loads(body) for name, body in bodies.items()}
    return {name: Clock(body["reached_ms"], body["idle"]) for name, body in found.items()}


def write_clocks(transaction: Transaction, clocks: Mapping[str, Clock]) -> None:
    """Store these clocks."""
    bodies = {
        name: json.dumps({"reached_ms": clock.reached_ms, "idle": clock.idle})
        for name, clock in clocks.items()
    }
    transaction.put_documents(CLOCK, bodies, dict.fromkeys(bodies, (ALL,)))


def read_watermark(transaction: Transaction) -> int | None:
    """Return how far event time had come, in ms."""
    body = transaction.documents(CLOCK, [_WATERMARK]).get(_WATERMARK)
    return None if body is None else int(body)


def write_watermark(transaction: Transaction, at_ms: int) -> None:
    """Store how far event time has come."""
    transaction.put_documents(CLOCK, {_WATERMARK: str(at_ms)}, {})


def note_record_time(transaction: Transaction, at_ms: int) -> None:
    """Remember the timestamp of the newest record; an older one changes nothing."""
    if at_ms > (read_record_time(transaction) or 0):
        transaction.put_documents(CLOCK, {_NEWEST: str(at_ms)}, {})


def read_record_time(transaction: Transaction) -> int | None:
    """Return the timestamp of the newest record, in ms: what time it is where the log is."""
    body = transaction.documents(CLOCK, [_NEWEST]).get(_NEWEST)
    return None if body is None else int(body)


def read_rule_digests(transaction: Transaction) -> dict[str, str]:
    """Return the rules that the groups were last reconciled with: id to digest."""
    body = transaction.documents(CLOCK, [_RULES]).get(_RULES)
    found: dict[str, str] = {} if body is None else json.loads(body)
    return found


def write_rule_digests(transaction: Transaction, digests: Mapping[str, str]) -> None:
    """Store the rules that the groups are reconciled with."""
    transaction.put_documents(CLOCK, {_RULES: json.dumps(dict(digests), sort_keys=True)}, {})


def moment(at_ms: int) -> datetime:
    """Return milliseconds since the epoch as a moment in UTC."""
    return datetime.fromtimestamp(at_ms / 1000, UTC)


def _states(documents: Mapping[str, str]) -> dict[str, GroupState]:
    return {key: from_json(body) for key, body in documents.items()}


def _due_ms(rules: RuleSet, state: GroupState) -> int | None:
    due = due_at(rules, state)
    return (
        None if due is None else int(due.timestamp() * 1000) + 1
    )  # an alert is over after its time, not at it


def _inhibits(state: GroupState) -> bool:
    current = state.tense is AlertTense.CURRENT  # what pages nobody must not keep others from paging
    return state.phase is Phase.FIRING and state.told is not None and current


def _waits(state: GroupState) -> bool:
    return state.held_back is not None and state.held_back.reason is not Withheld.OVER_BUDGET


def _labels_json(state: GroupState) -> str:
    return json.dumps(state.told.labels if state.told else (), ensure_ascii=False)


def _labels(body: str) -> Labels:
    return tuple((name, value) for name, value in json.loads(body))
