"""The rules in force, read anew when their file changes: a bad new file keeps the old rules."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from workers.alerting.loading import BadRules, load_rules
from workers.alerting.rules import RuleSet
from workers.telemetry.metrics import Metrics

log = logging.getLogger(__name__)
LOADED = "loaded"
REJECTED = "rejected"
Signature = tuple[tuple[str, int, int, int], ...]


class RulesError(Exception):
    """The rules file cannot be used; the message names file, line and key."""


def read_rules(path: Path) -> RuleSet:
    """Load a rules file with the watch-lists beside it; raises ``RulesError`` with all that is wrong."""
    rules, _ = _load(path)
    if isinstance(rules, BadRules):
        raise RulesError(str(rules))
    return rules


@dataclass
class RuleBook:
    """The rules of the file at ``path`` and of the watch-lists that it names.

    A change counts once the files have stood still from one ``check`` to the next: half a file that an
    editor is still writing may well be good YAML.
    """

    path: Path
    metrics: Metrics
    rules: RuleSet = field(init=False)
    problem: str | None = field(init=False, default=None)
    _files: frozenset[str] = field(init=False)
    _read: Signature = field(init=False)
    _seen: Signature = field(init=False)

    def __post_init__(self) -> None:
        loaded, self._files = _load(self.path)
        if isinstance(loaded, BadRules):
            raise RulesError(str(loaded))
        self.rules = loaded
        self._read = self._seen = self._signature()
        for outcome in (LOADED, REJECTED):
            self.metrics.rule_loads.labels(outcome)
        self._preset()

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person looking at the worker's health should know of its rules."""
        return () if self.problem is None else (f"older rules are in force: {self.problem}",)

    async def changed(self, wanted: bool = False) -> RuleSet | None:
        """Return the new rules when the files have changed and are good; they are not in force yet.

        ``wanted`` (somebody sent SIGHUP) reads them at once, even unchanged.
        """
        now = self._signature()
        stood_still, self._seen = now == self._seen, now
        if not wanted and (now == self._read or not stood_still):
            return None
        self._read = now
        loaded, self._files = await asyncio.to_thread(_load, self.path)
        self._read = self._seen = self._signature()  # with the watch-lists that the new file names
        return self._judged(loaded)

    def adopt(self, rules: RuleSet) -> None:
        """Put ``rules`` in force."""
        self.rules = rules
        self._preset()

    def _judged(self, loaded: RuleSet | BadRules) -> RuleSet | None:
        if isinstance(loaded, BadRules):
            self.problem = str(loaded.problems[0])
            self.metrics.rule_loads.labels(REJECTED).inc()
            self.metrics.rules_stale.set(1)
            log.error("the rules file has changed and is bad; the old rules stay: %s", loaded)
            return None
        self.problem = None
        self.metrics.rule_loads.labels(LOADED).inc()
        self.metrics.rules_stale.set(0)
        log.info("the rules file was read anew: %d rules", len(loaded.rules))
        return loaded

    def _signature(self) -> Signature:
        """Return what changes when a file is written, replaced or taken away."""
        found = []
        for name in sorted(self._files):
            try:
                status = (self.path.parent / name).stat()
            except OSError:
                found.append((name, 0, 0, 0))
            else:
                found.append((name, status.st_mtime_ns, status.st_size, status.st_ino))
        return tuple(found)

    def _preset(self) -> None:
        for rule in self.rules.rules:
            self.metrics.alerts.labels(rule.id)


def _load(path: Path) -> tuple[RuleSet | BadRules, frozenset[str]]:
    """Return what the file says, and the names of all files that were asked for."""
    asked: set[str] = set()
    return load_rules(path.name, _reader(path.parent, asked)), frozenset(asked)


def _reader(folder: Path, asked: set[str]) -> Callable[[str], str | None]:
    def read(name: str) -> str | None:
        asked.add(name)
        beside = folder / name
        return beside.read_text("utf-8", "surrogateescape") if beside.is_file() else None

    return read
