"""From the text of a rules file to a ``RuleSet``, or to all that is wrong with it."""

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from workers.alerting.index import build_indexes
from workers.alerting.inhibitions import read_inhibitions
from workers.alerting.reading import ReadRule, read_rule
from workers.alerting.rules import Rule, RuleGroup, RuleSet
from workers.alerting.strict_yaml import BadYamlError, Place, Problem, parse_yaml
from workers.alerting.watch import WatchList, parse_watch_list, watcher

MAX_RULES = 10_000
ReadText = Callable[[str], str | None]


@dataclass(frozen=True, slots=True)
class BadRules:
    """The file cannot be used; ``problems`` are all that were found, in the file's order."""

    problems: tuple[Problem, ...]

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


def load_rules(file: str, read: ReadText) -> RuleSet | BadRules:
    """Read a rules file strictly.

    ``read`` returns the text of a file named relative to the rules file's folder, the rules file's own name
    among them, or ``None`` when there is none: this module opens nothing itself.
    """
    text = read(file)
    if text is None:
        return BadRules((Problem(file, 1, "(file)", "there is no such file"),))
    try:
        top = parse_yaml(text, file).keys()
        groups = top.take("groups", Place.items)
        inhibitions = top.take("inhibit", read_inhibitions, ())
        top.finish("groups, inhibit")
        named = [_read_group(place) for place in groups]
    except BadYamlError as error:
        return BadRules((error.problem,))
    number = sum(len(places) for _, places in named)
    if number > MAX_RULES:
        return BadRules((Problem(file, 1, "groups", f"holds {number} rules, more than {MAX_RULES}"),))
    problems: list[Problem] = []
    lists = _Lists(read)
    loaded = [RuleGroup(name, tuple(_loaded(places, lists, problems))) for name, places in named]
    rules = [rule for group in loaded for rule in group.rules]
    problems += _doubles(rules)
    if problems:
        return BadRules(tuple(sorted(problems, key=lambda problem: problem.line)))
    return RuleSet(tuple(loaded), tuple(rules), inhibitions, watcher(lists.loaded()), build_indexes(rules))


class _Lists:
    """Watch-lists read so far, each file once."""

    def __init__(self, read: ReadText) -> None:
        self._read = read
        self._known: dict[str, WatchList | str] = {}

    def get(self, name: str) -> WatchList | str:
        """Return the list of that file name, or what is wrong with it."""
        if name not in self._known:
            text = self._read(name) if _is_beside(name) else None
            missing = f"there is no watch-list {name!r} beside the rules file"
            self._known[name] = missing if text is None else parse_watch_list(name, text)
        return self._known[name]

    def loaded(self) -> list[WatchList]:
        """Return all good lists."""
        return [each for each in self._known.values() if isinstance(each, WatchList)]


def _is_beside(name: str) -> bool:
    return not name.startswith(("/", "\\")) and ".." not in name.replace("\\", "/").split("/")


def _read_group(place: Place) -> tuple[str, tuple[Place, ...]]:
    keys = place.keys()
    group = keys.take("name", Place.text), keys.take("rules", Place.items)
    keys.finish("name, rules")
    return group


def _loaded(places: Iterable[Place], lists: _Lists, problems: list[Problem]) -> Iterable[Rule]:
    for place in places:
        try:
            yield _finished(read_rule(place), lists)
        except BadYamlError as error:
            problems.append(error.problem)


def _finished(read: ReadRule, lists: _Lists) -> Rule:
    """Add the digest: over all that decides what the rule does, its watch-lists' names included."""
    entries: dict[str, dict[str, str]] = {}
    for place, watch in read.watches:
        found = lists.get(watch.list)
        if isinstance(found, str):
            raise place.error(found)
        entries[watch.list] = dict(found.entries)
    canonical = json.dumps(
        [read.canonical, entries], sort_keys=True, ensure_ascii=False, separators=(",", ":")
    )
    return read.rule(hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest())


def _doubles(rules: Iterable[Rule]) -> list[Problem]:
    first: dict[str, Rule] = {}
    found: list[Problem] = []
    for rule in rules:
        earlier = first.setdefault(rule.id, rule)
        if earlier is not rule:
            message = f"the id {rule.id!r} is that of the rule in line {earlier.line}"
            found.append(Problem(rule.file, rule.line, "id", message))
    return found
