"""One rule of a rules file, read strictly: every key known, every value of its type, every path real."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, TypeVar

from workers.alerting.expressions import Clause, ExpressionError, compile_clause, split_clauses
from workers.alerting.rules import (
    DEFAULT_BUDGET_ALERTS,
    FIRST,
    MESSAGES,
    WATCHED,
    Budget,
    Cooldown,
    Rule,
    Subject,
    Trial,
    Watch,
)
from workers.alerting.shape import resolve
from workers.alerting.strict_yaml import Keys, Place
from workers.alerting.templates import Template, TemplateError, parse_template
from workers.alerting.timing import read_budget, read_conditions, read_cooldown, read_duration
from workers.alerting.watch import WatchField
from workers.domain.alert import Severity

KNOWN = (
    "alert, id, version, on, match, where, group_by, window, for, keep_firing_for, cooldown, budget, "
    "severity, labels, annotations, owner, false_alarms, references, tests"
)
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_RESERVED_LABELS = ("alertname", "rule", "severity")
_DEFAULT_COOLDOWN = Cooldown(timedelta(hours=1))
_DEFAULT_BUDGET = Budget(DEFAULT_BUDGET_ALERTS, timedelta(hours=1))
TRIAL_KEYS = {Subject.CLAIM: "claims", Subject.RELATION: "relations", Subject.ENTITY: "entities"}
_NOT_CANONICAL = ("tests", "owner", "references", "false_alarms")
_E = TypeVar("_E", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class ReadRule:
    """A rule whose watch-lists have yet to be found: ``rule`` makes it, given its digest."""

    rule: Callable[[str], Rule]
    canonical: Mapping[str, Any]
    watches: tuple[tuple[Place, Watch], ...]


def read_rule(place: Place) -> ReadRule:
    """Read one rule; raises ``BadYamlError`` for the first thing wrong with it."""
    keys = place.keys()
    on = keys.take("on", lambda each: _one_of(each, Subject))
    watches = keys.take("where", _watches, ())
    group_by = keys.take("group_by", lambda each: _group_by(each, on, bool(watches)), ())
    labels = keys.take("labels", lambda each: _labels(each, group_by), ())
    fields: dict[str, Any] = {
        "id": keys.take("id", _id),
        "name": keys.take("alert", _alert_name),
        "version": keys.take("version", _version, 1),
        "on": on,
        "clauses": keys.take("match", lambda each: _clauses(each, on), ()),
        "watches": tuple(watch for _, watch in watches),
        "group_by": group_by,
        "conditions": keys.take("window", read_conditions, ()),
        "hold": keys.take("for", read_duration, timedelta(0)),
        "keep_firing_for": keys.take("keep_firing_for", read_duration, None),
        "cooldown": keys.take("cooldown", read_cooldown, _DEFAULT_COOLDOWN),
        "budget": keys.take("budget", read_budget, _DEFAULT_BUDGET),
        "severity": keys.take("severity", lambda each: _one_of(each, Severity)),
        "labels": labels,
        "annotations": keys.take("annotations", lambda each: _annotations(each, on, group_by), ()),
        "owner": keys.take("owner", Place.text, ""),
        "false_alarms": keys.take("false_alarms", Place.text, ""),
        "references": keys.take("references", lambda each: tuple(item.text() for item in each.items()), ()),
        "trials": keys.take("tests", lambda each: tuple(_trial(item, on) for item in each.items()), ()),
        "file": place.file,
        "line": place.line,
    }
    keys.finish(KNOWN)
    if not fields["clauses"] and not watches:
        raise place.error("needs 'match' or 'where': a rule without either would match everything")
    canonical = {name: value.plain() for name, value in keys.found.items() if name not in _NOT_CANONICAL}
    return ReadRule(lambda sha256: Rule(sha256=sha256, **fields), canonical, watches)


def label_name(path: str) -> str:
    """Return the label that holds the value of a ``group_by`` path: ``source.name`` → ``source_name``."""
    return path.removesuffix(FIRST).replace(".", "_")


def _one_of(place: Place, choices: type[_E]) -> _E:
    text = place.text()
    if text not in [choice.value for choice in choices]:
        raise place.error(f"is {text!r}; known are {', '.join(choices)}")
    return choices(text)


def _id(place: Place) -> str:
    text = place.text()
    if not _ID.fullmatch(text):
        raise place.error(f"{text!r} must be lower-case letters, digits and hyphens, 64 at most")
    return text


def _alert_name(place: Place) -> str:
    text = place.text()
    if not _NAME.fullmatch(text):
        raise place.error(f"{text!r} must be letters, digits and underscores")
    return text


def _version(place: Place) -> int:
    number = place.whole_number()
    if number < 1:
        raise place.error("counts from 1")
    return number


def _clauses(place: Place, on: Subject) -> tuple[Clause, ...]:
    if isinstance(place.plain(), list):
        sources = [(item, item.text()) for item in place.items()]
    else:
        sources = [(place, piece) for piece in split_clauses(place.text())]
    return tuple(_clause(each, source, on) for each, source in sources)


def _clause(place: Place, source: str, on: Subject) -> Clause:
    try:
        return compile_clause(source, on.value, MESSAGES[on])
    except ExpressionError as error:
        raise place.error(f"{error} (in: {' '.join(source.split())[:120]})") from error


def _watches(place: Place) -> tuple[tuple[Place, Watch], ...]:
    return tuple(_watch(item) for item in place.items())


def _watch(place: Place) -> tuple[Place, Watch]:
    keys = place.keys()
    name = keys.take("list", Place.text)
    fields = keys.take("in", lambda each: tuple(_one_of(item, WatchField) for item in each.items()))
    keys.finish("list, in")
    if not fields:
        raise place.error(f"'in' must name one of {', '.join(WatchField)}")
    return place, Watch(name, fields)


def _group_by(place: Place, on: Subject, watching: bool) -> tuple[str, ...]:
    paths = [(item, item.text()) for item in place.items()]
    for item, path in paths:
        if path == WATCHED:
            if not watching:
                raise item.error("'watched' is the name found on a watch-list: the rule needs a 'where'")
            continue
        found = resolve(MESSAGES[on], path.removesuffix(FIRST))
        if found is None or not found.is_scalar or (path.endswith(FIRST) and not found.repeated):
            raise item.error(f"{path!r} is no single value of a {on}, nor a list of such")
    names = tuple(path for _, path in paths)
    if len({label_name(name) for name in names}) < len(names):
        raise place.error("names a path twice")
    return names


def _labels(place: Place, group_by: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    taken = {*_RESERVED_LABELS, *(label_name(path) for path in group_by)}
    for name, value in place.keys().found.items():
        if not _NAME.fullmatch(name):
            raise value.error(f"the label {name!r} must be letters, digits and underscores")
        if name in taken:
            raise value.error(f"the label {name!r} is set by the rule itself")
    return tuple(sorted((name, value.text()) for name, value in place.keys().found.items()))


def _annotations(place: Place, on: Subject, group_by: tuple[str, ...]) -> tuple[tuple[str, Template], ...]:
    groups = {f"group.{label_name(path)}" for path in group_by}

    def known(path: str) -> bool:
        subject, _, rest = path.partition(".")
        return path in groups | {"count", WATCHED} or (
            subject == on and resolve(MESSAGES[on], rest) is not None
        )

    def read(value: Place) -> Template:
        try:
            return parse_template(value.text(), known)
        except TemplateError as error:
            raise value.error(str(error)) from error

    return tuple(sorted((name, read(value)) for name, value in place.keys().found.items()))


def _trial(place: Place, on: Subject) -> Trial:
    keys: Keys = place.keys()
    plural = TRIAL_KEYS[on]
    name = keys.take("name", Place.text)
    messages = keys.take(plural, lambda each: tuple(_mapping(item) for item in each.items()))
    expect = keys.take("alerts", lambda each: tuple(_mapping(item) for item in each.items()))
    keys.finish(f"name, {plural}, alerts")
    return Trial(name, messages, expect, place.line)


def _mapping(place: Place) -> Mapping[str, Any]:
    place.keys()
    plain: dict[str, Any] = place.plain()
    return plain
