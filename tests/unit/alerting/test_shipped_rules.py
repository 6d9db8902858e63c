"""The rules that ship: each is good, tested by its own tests, and says when it is wrong."""

from pathlib import Path

import pytest

from workers.alerting.loading import load_rules
from workers.alerting.rules import RuleSet
from workers.alerting.trials import run_trials
from workers.resources import resource

FOLDER: Path = resource("rules")


def read(name: str) -> str | None:
    path = FOLDER / name
    return path.read_text(encoding="utf-8") if path.is_file() else None


def shipped() -> list[RuleSet]:
    loaded = [load_rules(path.name, read) for path in sorted(FOLDER.glob("*.yaml"))]
    assert loaded
    good = [each for each in loaded if isinstance(each, RuleSet)]
    assert len(good) == len(loaded), loaded
    return good


def test_every_test_in_a_shipped_file_holds() -> None:
    results = [result for rules in shipped() for result in run_trials(rules)]

    assert len(results) >= 15
    assert [(each.rule_id, each.trial.name, each.failure) for each in results if each.failure] == []


def test_every_shipped_rule_has_tests_both_ways_and_a_line_on_its_false_alarms() -> None:
    rules = [rule for each in shipped() for rule in each.rules]

    assert rules
    for rule in rules:
        assert any(trial.expect for trial in rule.trials), rule.id
        assert any(not trial.expect for trial in rule.trials), rule.id
        assert rule.false_alarms, rule.id


@pytest.mark.parametrize("needed", ["official-denial", "watched-source-figure", "watched-subject-figure"])
def test_the_default_file_holds_what_the_product_promises(needed: str) -> None:
    default = load_rules("default.yaml", read)

    assert isinstance(default, RuleSet)
    assert default.rule(needed) is not None


def test_every_watch_list_is_used() -> None:
    used = {watch.list for rules in shipped() for rule in rules.rules for watch in rule.watches}
    lists = {f"watch/{path.name}" for path in (FOLDER / "watch").glob("*.txt")}

    assert lists
    assert lists == used


def test_the_example_in_the_documentation_is_good_and_its_test_holds() -> None:
    page = (Path(__file__).parents[3] / "docs" / "rules.md").read_text(encoding="utf-8")
    example = page.partition("```yaml\n")[2].partition("\n```")[0]

    rules = load_rules("example.yaml", lambda name: example if name == "example.yaml" else read(name))

    assert isinstance(rules, RuleSet), rules
    assert [result.failure for result in run_trials(rules)] == [None]
