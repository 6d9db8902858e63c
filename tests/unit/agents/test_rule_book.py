"""A rules file that changes under a running worker: read when it stands still, kept out when it is bad."""

import asyncio
import logging
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from tests.support.alert_rules import rules_text
from workers.agents.rule_book import RuleBook, RulesError
from workers.alerting.rules import RuleSet
from workers.telemetry.metrics import Metrics
from workers.topology import STAGES

WATCHED = rules_text(match=None, where="[{list: watch.txt, in: [source]}]")


class Desk:
    """A rule book over a folder; ``check`` looks once, as a tick does."""

    def __init__(self, folder: Path, text: str = rules_text()) -> None:
        self.file = folder / "rules.yaml"
        self.write(text)
        self.registry = CollectorRegistry()
        self.book = RuleBook(self.file, Metrics(self.registry, STAGES))

    def write(self, text: str, name: str = "rules.yaml") -> None:
        (self.file.parent / name).write_text(text)

    def check(self, wanted: bool = False) -> RuleSet | None:
        return asyncio.run(self.book.changed(wanted))

    def loads(self, outcome: str) -> float | None:
        return self.registry.get_sample_value("claimwire_rule_loads_total", {"outcome": outcome})


def names(rules: RuleSet | None) -> list[str]:
    assert rules is not None
    return [rule.id for rule in rules.rules]


def test_a_file_that_did_not_change_is_not_read(tmp_path: Path) -> None:
    desk = Desk(tmp_path)

    assert [desk.check(), desk.check()] == [None, None]
    assert desk.loads("loaded") == 0


def test_a_changed_file_is_read_once_it_stands_still(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.write(rules_text(id="half"))
    first = desk.check()
    desk.write(rules_text(id="whole-of-it"))

    second, third, fourth = desk.check(), desk.check(), desk.check()

    assert (first, second, fourth) == (None, None, None)
    assert names(third) == ["whole-of-it"]
    assert desk.loads("loaded") == 1


def test_new_rules_are_in_force_when_they_are_adopted_and_not_before(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.write(rules_text(id="new"))

    rules = desk.check(wanted=True)

    assert names(desk.book.rules) == ["harbour-news"]
    assert rules is not None
    desk.book.adopt(rules)
    assert names(desk.book.rules) == ["new"]


def test_a_file_that_was_replaced_as_config_maps_are_is_seen(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "rules.yaml").write_text(rules_text(id=name))
        os.utime(tmp_path / name / "rules.yaml", (1, 1))
    (tmp_path / "data").symlink_to("one")
    (tmp_path / "rules.yaml").symlink_to("data/rules.yaml")
    book = RuleBook(tmp_path / "rules.yaml", Metrics(CollectorRegistry(), STAGES))

    (tmp_path / "next").symlink_to("two")
    (tmp_path / "next").rename(tmp_path / "data")

    assert asyncio.run(book.changed()) is None
    assert names(asyncio.run(book.changed())) == ["two"]


def test_a_changed_watch_list_has_the_rules_read(tmp_path: Path) -> None:
    (tmp_path / "watch.txt").write_text("Ada Holt\n")
    desk = Desk(tmp_path, WATCHED)

    desk.write("Ada Holt\nBob Dale\n", "watch.txt")
    desk.check()

    rules = desk.check()
    assert rules is not None
    assert rules.rules[0].sha256 != desk.book.rules.rules[0].sha256


HUGE = "claim.content.text.matches('((a{1000}){1000})')"
BAD: list[tuple[str, Callable[[Path], object]]] = [
    ("unknown key 'macth'", lambda file: file.write_text(rules_text(macth="x"))),
    ("undefined field 'foo'", lambda file: file.write_text(rules_text(match="claim.foo == 1"))),
    ("no matching overload", lambda file: file.write_text(rules_text(match="claim.act == 1"))),
    ("invalid repetition size", lambda file: file.write_text(rules_text(match=HUGE))),
    ("is no duration", lambda file: file.write_text(rules_text(window="[{first: -1h}]"))),
    ("come in pairs", lambda file: file.write_text(rules_text(annotations="{s: '{{ a'}"))),
    ("is that of the rule", lambda file: file.write_text(rules_text() + _second(rules_text()))),
    ("more than 10000", lambda file: file.write_text(rules_text() + _second(rules_text()) * 10_000)),
    ("there is no such file", lambda file: file.unlink()),
    ("is not UTF-8", lambda file: file.write_bytes(b"groups: [caf\xe9]\n")),
    ("is empty", lambda file: file.write_text("")),
]


def _second(text: str) -> str:
    return text.partition("rules:\n")[2]


@pytest.mark.parametrize(("complaint", "spoil"), BAD, ids=[complaint for complaint, _ in BAD])
def test_a_bad_new_file_keeps_the_old_rules_and_is_told_once(
    complaint: str, spoil: Callable[[Path], object], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    desk = Desk(tmp_path)

    with caplog.at_level(logging.ERROR):
        spoil(desk.file)
        answers = [desk.check() for _ in range(4)]

    assert answers == [None] * 4
    assert names(desk.book.rules) == ["harbour-news"]
    assert [complaint in record.getMessage() for record in caplog.records] == [True]
    assert desk.loads("rejected") == 1
    assert desk.registry.get_sample_value("claimwire_rules_stale") == 1
    assert complaint in desk.book.notes[0]


def test_a_good_file_after_a_bad_one_takes_the_note_away(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.write("groups: 3")
    desk.check(wanted=True)
    assert desk.book.notes

    desk.write(rules_text(id="mended"))
    assert names(desk.check(wanted=True)) == ["mended"]

    assert desk.book.notes == ()
    assert desk.registry.get_sample_value("claimwire_rules_stale") == 0


def test_a_bad_file_at_the_start_is_an_error_that_names_the_line(tmp_path: Path) -> None:
    with pytest.raises(RulesError, match=r"rules.yaml:9: .*macth"):
        Desk(tmp_path, rules_text(macth="x"))
