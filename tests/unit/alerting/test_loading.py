import pytest

from tests.support.alert_rules import a_rule_set, rules_text
from workers.alerting.loading import BadRules, load_rules


def problems_of(text: str, **files: str) -> list[str]:
    loaded = load_rules("rules.yaml", {"rules.yaml": text, **files}.get)
    assert isinstance(loaded, BadRules)
    return [str(problem) for problem in loaded.problems]


@pytest.mark.parametrize(
    ("changes", "line", "key", "complaint"),
    [
        ({"macth": "x"}, 9, "macth", "unknown key 'macth'; known are alert, id"),
        ({"match": "claim.foo == 1"}, 7, "match", "undefined field 'foo'"),
        ({"match": None}, 4, "", "needs 'match' or 'where'"),
        ({"match": "7"}, 7, "match", "must be text"),
        ({"severity": None}, 4, "", "needs the key 'severity'"),
        ({"severity": "urgent"}, 8, "severity", "known are critical, warning, info"),
        ({"on": "tweet"}, 6, "on", "is 'tweet'"),
        ({"id": "Harbour News"}, 5, "id", "must be lower-case letters"),
        ({"version": "0"}, 9, "version", "counts from 1"),
        ({"version": "'1'"}, 9, "version", "must be a whole number"),
        ({"cooldown": "-5m"}, 9, "cooldown", "is no duration"),
        ({"for_": "1 hour"}, 9, "for", "is no duration"),
        ({"cooldown": "99999h"}, 9, "cooldown", "longer than a year"),
        ({"cooldown": "5"}, 9, "cooldown", "must be text"),
        ({"group_by": "[source.nmae]"}, 9, "group_by[0]", "no single value of a claim"),
        ({"group_by": "[quantities]"}, 9, "group_by[0]", "no single value of a claim"),
        ({"group_by": "['act[0]']"}, 9, "group_by[0]", "no single value of a claim"),
        ({"group_by": "[subjects, 'subjects[0]']"}, 9, "group_by", "names a path twice"),
        ({"group_by": "[watched]"}, 9, "group_by[0]", "needs a 'where'"),
        ({"group_by": "[act, act]"}, 9, "group_by", "names a path twice"),
        ({"labels": "{team: 7}"}, 9, "labels.team", "must be text"),
        ({"labels": "{severity: info}"}, 9, "labels.severity", "is set by the rule itself"),
        ({"labels": "{'a-b': x}"}, 9, "labels.a-b", "letters, digits and underscores"),
        ({"annotations": "{summary: '{{ claim.sauce }}'}"}, 9, "annotations.summary", "no 'claim.sauce'"),
        ({"annotations": "{summary: '{{ claim.act'}"}, 9, "annotations.summary", "come in pairs"),
        ({"annotations": "{summary: '{{ claim.__class__ }}'}"}, 9, "annotations.summary", "to show"),
        ({"annotations": "{summary: '{{ 1 + 1 }}'}"}, 9, "annotations.summary", "is not a path"),
        ({"where": "[{list: watch.txt, in: [source]}]"}, 9, "where[0]", "no watch-list 'watch.txt'"),
        ({"where": "[{list: ../watch.txt, in: [source]}]"}, 9, "where[0]", "no watch-list"),
        ({"where": "[{list: watch.txt, in: [sauce]}]"}, 9, "where[0].in[0]", "known are source, via"),
        ({"where": "[{list: watch.txt, in: []}]"}, 9, "where[0]", "must name one of"),
        ({"tests": "[{name: x, claims: []}]"}, 9, "tests[0]", "needs the key 'alerts'"),
        ({"alert": "Harbour News"}, 4, "alert", "letters, digits and underscores"),
        ({"window": "{first: 1h}"}, 9, "window", "must be a list"),
        ({"window": "[{newest: 1h}]"}, 9, "window[0]", "one of the keys count, first, change, rate, quiet"),
        ({"window": "[{first: -1h}]"}, 9, "window[0].first", "is no duration"),
        ({"window": "[{first: 0s}]"}, 9, "window[0].first", "must be 1 seconds at least"),
        ({"window": "[{first: 1h, within: 1h}]"}, 9, "window[0].within", "unknown key 'within'"),
        ({"window": "[{count: claims, at_least: 1, within: 1h}]"}, 9, "window[0].at_least", "2 to 64"),
        ({"window": "[{count: sheep, at_least: 2, within: 1h}]"}, 9, "window[0].count", "known are claims"),
        ({"window": "[{count: claims, at_least: 2}]"}, 9, "window[0]", "needs the key 'within'"),
        ({"window": "[{change: 20, within: 1h}]"}, 9, "window[0].change", "must be text"),
        ({"window": "[{change: -20%, within: 1h}]"}, 9, "window[0].change", "is no share; write 20%"),
        ({"window": "[{rate: 3, within: 1s, baseline: 1d}]"}, 9, "window[0].within", "must be 60 seconds"),
        ({"window": "[{rate: 3, within: 1m, baseline: 30d}]"}, 9, "window[0]", "2 to 400 times"),
        ({"window": "[{rate: true, within: 1h, baseline: 1d}]"}, 9, "window[0].rate", "must be a number"),
        ({"window": "[{first: 1h}, {quiet: 1h}]"}, 9, "window", "stands alone"),
        ({"window": "[{first: 1h}, {first: 2h}]"}, 9, "window", "two conditions of one kind"),
        ({"cooldown": "{first: 1h, factor: 0.5}"}, 9, "cooldown.factor", "1 to 100"),
        ({"cooldown": "{first: 1h, longest: 5m}"}, 9, "cooldown", "shorter than 'first'"),
        ({"budget": "{alerts: 0, per: 1h}"}, 9, "budget.alerts", "1 to 100000"),
        ({"budget": "{alerts: 5}"}, 9, "budget", "needs the key 'per'"),
        ({"keep_firing_for": "soon"}, 9, "keep_firing_for", "is no duration"),
        ({"references": "https://a.example"}, 9, "references", "must be a list"),
    ],
)
def test_a_bad_rule_is_named_by_file_line_and_key(
    changes: dict[str, str | None], line: int, key: str, complaint: str
) -> None:
    (problem,) = problems_of(rules_text(**changes))

    place = f"groups[0].rules[0].{key}".rstrip(".")
    assert problem.startswith(f"rules.yaml:{line}: {place}: ")
    assert complaint in problem


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "rules.yaml:1: (file): is empty"),
        ("groups: [", "(file): did not find expected node"),
        ("groups: 3", "groups: must be a list"),
        ("groups: []\ngroup: []", "rules.yaml:2: group: unknown key 'group'"),
        ("groups: []\ngroups: []", "rules.yaml:2: groups: stands here twice"),
        ("groups: [{name: g, rules: [], every: 1m}]", "unknown key 'every'"),
        ("groups: []\ninhibit: [{source: [a], target: [b=c]}]", "2: inhibit[0].source[0]: 'a' is no matcher"),
        ("groups: []\ninhibit: [{source: ['a=~(']}]", "missing )"),
        ("groups: []\ninhibit: [{source: [], target: [b=c]}]", "an empty list would match every alert"),
        ("groups: &a [*a]", "anchors and aliases"),
        ("groups: " + "[" * 1000 + "]" * 1000, "is nested deeper than 24"),
        ("groups: [\x00]", "rules.yaml:1: (file): "),
        ("- a", "must be a mapping"),
    ],
)
def test_a_file_that_is_no_rules_file_is_refused(text: str, complaint: str) -> None:
    (problem,) = problems_of(text)

    assert complaint in problem


def test_a_file_that_is_not_there_is_a_problem() -> None:
    assert "there is no such file" in str(load_rules("rules.yaml", lambda _: None))


def test_all_problems_are_told_at_once() -> None:
    bad = rules_text(severity="urgent") + rules_text(on="tweet").partition("rules:\n")[2]

    assert [problem.split(": ")[0] for problem in problems_of(bad)] == ["rules.yaml:8", "rules.yaml:11"]


def test_two_rules_cannot_have_one_id() -> None:
    doubled = rules_text() + rules_text().partition("rules:\n")[2]

    assert problems_of(doubled) == ["rules.yaml:9: id: the id 'harbour-news' is that of the rule in line 4"]


def test_an_empty_watch_list_is_refused() -> None:
    (problem,) = problems_of(rules_text(where="[{list: w.txt, in: [source]}]"), **{"w.txt": "# none\n"})

    assert "w.txt lists nothing" in problem


def test_the_digest_tells_changed_rules_apart_and_tests_make_no_change() -> None:
    plain = a_rule_set().rules[0].sha256

    assert a_rule_set(tests="[]", owner="desk").rules[0].sha256 == plain
    assert a_rule_set(cooldown="5m").rules[0].sha256 != plain
    watch = {"where": "[{list: w.txt, in: [source]}]"}
    one = a_rule_set(rules_text(**watch), {"w.txt": "NATO"}).rules[0].sha256
    two = a_rule_set(rules_text(**watch), {"w.txt": "NATO\nRed Cross"}).rules[0].sha256
    assert one != two


def many_rules(number: int) -> str:
    one = "{{alert: A, id: r{0}, on: claim, match: 'claim.act == \"deny\"', severity: info}}"
    rules = "\n".join(f"      - {one.format(at)}" for at in range(number))
    return f"groups:\n  - name: g\n    rules:\n{rules}\n"


def test_ten_thousand_rules_are_loaded_and_one_more_is_refused() -> None:
    assert len(a_rule_set(many_rules(10_000)).rules) == 10_000

    (problem,) = problems_of(many_rules(10_001))
    assert problem == "rules.yaml:1: groups: holds 10001 rules, more than 10000"
