"""Lets event time go on for the alerts: ends, news that fell quiet, rules that went, silences that are over.

A tick has no record whose outbox it could use. What it publishes is put into a queue in the same transaction
as the groups it changed, and leaves the queue once the broker has it: a crash in between publishes the very
same records again. See docs/decisions/0011.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

from workers.agents.alert import Desk, count, outgoing_alert
from workers.agents.alert_groups import (
    due_groups,
    keep_groups,
    linked_groups,
    moment,
    muted_groups,
    of_rule,
    read_clocks,
    read_groups,
    read_muting,
    read_record_time,
    read_rule_digests,
    read_watermark,
    write_clocks,
    write_rule_digests,
    write_watermark,
)
from workers.agents.idle import Idle, Passed
from workers.agents.publish import Publisher
from workers.agents.rule_book import RuleBook
from workers.alerting.clock import watermark
from workers.alerting.draft import Decided
from workers.alerting.groups import GroupState
from workers.alerting.muting import Silence
from workers.alerting.rules import RuleSet
from workers.alerting.ticks import budgets_of, release, retire, tick
from workers.state.store import StateStore, Transaction, Waiting
from workers.telemetry.metrics import Metrics
from workers.topology import StageName

Result = TypeVar("Result")
_AT_ONCE = 200
_STAGE = StageName.ALERT
_NOTHING = Decided((), {}, ())


class Ticks:
    """One a worker; those of several workers may run at the same time, and do the same things once."""

    def __init__(
        self,
        desk: Desk,
        book: RuleBook,
        store: StateStore,
        thread: ThreadPoolExecutor,
        publisher: Publisher,
        metrics: Metrics,
        lateness: timedelta,
    ) -> None:
        self._desk = desk
        self._book = book
        self._store = store
        self._thread = thread
        self._publisher = publisher
        self._metrics = metrics
        self._lateness_ms = int(lateness.total_seconds() * 1000)
        self._muted_by: object = None
        self._to_release: tuple[str, ...] = ()

    async def run(self, interval: timedelta, idle: Idle, hangup: asyncio.Event) -> None:
        """Tick until cancelled; ``hangup`` asks for the rules file to be read now."""
        await self.adopt(self._book.rules)
        while True:
            wanted = hangup.is_set()
            hangup.clear()
            rules = await self._book.changed(wanted)
            if rules is not None:
                await self.adopt(rules)
            passed = await idle.passed()
            while await self.once(passed):
                passed = Passed()
            await asyncio.sleep(interval.total_seconds())

    async def adopt(self, rules: RuleSet) -> None:
        """Put ``rules`` in force; what fires by a rule that is gone ends, what others hold is kept."""
        before = self._book.rules
        await self._in_thread(lambda: self._adopt(before, rules))

    async def once(self, passed: Passed) -> bool:
        """Do one tick and publish what waits; returns whether there is more to do at once."""
        silences = await self._desk.silences.known()
        waiting, more = await self._in_thread(lambda: self._tick(passed, silences))
        futures = []
        for each in waiting:
            futures += await self._publisher.send(each.outgoing, each.timestamp_ms)
        await asyncio.gather(*futures)
        if waiting:
            numbers = [each.number for each in waiting]
            await self._in_thread(
                lambda: self._store.run(lambda transaction: transaction.let_go(_STAGE, numbers))
            )
        for each in waiting:
            for outgoing in each.outgoing:
                self._metrics.published.labels(outgoing.topic).inc()
        return more

    def _adopt(self, before: RuleSet, rules: RuleSet) -> None:
        self._book.adopt(rules)
        self._muted_by = None
        now = {rule.id: rule.sha256 for rule in rules.rules}
        stored = self._store.run(read_rule_digests)
        known = {**{rule.id: rule.sha256 for rule in before.rules}, **stored}
        for rule_id in sorted(each for each, digest in known.items() if now.get(each) != digest):
            self._store.run(partial(self._reconcile, rules, rule_id))
        self._store.run(lambda transaction: write_rule_digests(transaction, now))

    def _reconcile(self, rules: RuleSet, rule_id: str, transaction: Transaction) -> None:
        groups = linked_groups(transaction, of_rule(rule_id))
        reached = read_watermark(transaction)
        decided = _NOTHING
        if rules.rule(rule_id) is None and reached is not None:
            decided = retire(moment(reached), groups)
        keep_groups(transaction, rules, decided, groups)
        self._enqueue(transaction, [decided])

    def _tick(self, passed: Passed, silences: tuple[Silence, ...]) -> tuple[tuple[Waiting, ...], bool]:
        now = self._desk.now()
        rules = self._book.rules
        done = self._store.run(lambda transaction: self._work(transaction, rules, passed, silences, now))
        self._muted_by, self._to_release = done.muted_by, done.to_release
        for decided in done.decided:
            count(self._metrics, decided)
        if done.reached_ms is not None:
            self._metrics.event_time.set(done.reached_ms / 1000)
        return done.waiting, done.more

    def _work(
        self,
        transaction: Transaction,
        rules: RuleSet,
        passed: Passed,
        silences: tuple[Silence, ...],
        now: datetime,
    ) -> "_Done":
        """Do one tick inside a transaction, which may be tried again: nothing else is changed here."""
        reached_ms = self._reach(transaction, passed)
        if reached_ms is None:
            return _Done((), tuple(transaction.waiting(_STAGE, _AT_ONCE)), None, self._muted_by, ())
        muting = read_muting(transaction, rules, silences, now)
        due = due_groups(transaction, reached_ms, _AT_ONCE)
        ended = tick(rules, moment(reached_ms), _with_budgets(transaction, rules, due), muting)
        keep_groups(transaction, rules, ended, due)
        muted_by = (tuple(each for each in silences if each.starts_at <= now < each.ends_at), muting.firing)
        keys = self._to_release if muted_by == self._muted_by else muted_groups(transaction)
        lifted = _with_budgets(transaction, rules, read_groups(transaction, keys[:_AT_ONCE]))
        released = release(rules, moment(reached_ms), lifted, muting) if lifted else _NOTHING
        keep_groups(transaction, rules, released)
        self._enqueue(transaction, (ended, released))
        waiting = tuple(transaction.waiting(_STAGE, _AT_ONCE))
        full = _AT_ONCE in (len(due), len(waiting))
        again = replace(released, outcomes=())  # what stays withheld was counted when it was withheld first
        return _Done((ended, again), waiting, reached_ms, muted_by, keys[_AT_ONCE:], full)

    def _reach(self, transaction: Transaction, passed: Passed) -> int | None:
        """Move the clocks of idle partitions and return the watermark, which never goes back."""
        clocks = read_clocks(transaction)
        moved = {name: clocks[name].awake() for name in passed.new if name in clocks}
        moved |= {
            name: clocks[name].waited(int(waited.total_seconds() * 1000))
            for name, waited in passed.waited.items()
            if name in clocks
        }
        write_clocks(transaction, moved)
        before = read_watermark(transaction)
        found = watermark({**clocks, **moved}.values(), self._lateness_ms)
        if found is not None and (before is None or found > before):
            write_watermark(transaction, found)
            return found
        return before

    def _enqueue(self, transaction: Transaction, decided: Sequence[Decided]) -> None:
        outgoing = [outgoing_alert(alert) for each in decided for alert in each.alerts]
        if (
            outgoing
        ):  # a broker refuses what is an hour ahead of it: this machine's clock is not to be trusted
            at_ms = read_record_time(transaction)
            now_ms = int(self._desk.now().timestamp() * 1000)
            transaction.enqueue(_STAGE, now_ms if at_ms is None else at_ms, outgoing)

    async def _in_thread(self, work: Callable[[], Result]) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)


def _with_budgets(
    transaction: Transaction, rules: RuleSet, groups: Mapping[str, GroupState]
) -> Mapping[str, GroupState]:
    return {**read_groups(transaction, budgets_of(rules, groups.values())), **groups}


@dataclass(frozen=True, slots=True)
class _Done:
    """What one tick came to; ``to_release`` are muted groups that are still to be looked at."""

    decided: tuple[Decided, ...]
    waiting: tuple[Waiting, ...]
    reached_ms: int | None
    muted_by: object
    to_release: tuple[str, ...]
    full: bool = False

    @property
    def more(self) -> bool:
        """Whether there is more to do at once."""
        return self.full or bool(self.to_release)
