from datetime import timedelta

import pytest

from tests.builders import NOON, a_source
from tests.support.alert_rules import a_desk, a_rule_set, claim_at, rules_text
from workers.alerting.alerts import Outcome
from workers.alerting.inhibitions import parse_matcher
from workers.alerting.muting import (
    Matcher,
    Muting,
    Silence,
    muted,
    silence_from_plain,
    silence_to_plain,
)


def a_silence(*matchers: str, hours: float = 2) -> Silence:
    read = [parse_matcher(text) for text in matchers or ("rule=harbour-news",)]
    good = tuple(each for each in read if isinstance(each, Matcher))
    assert len(good) == len(read), read
    return Silence(good, NOON, NOON + timedelta(hours=hours), "Jo", "planned exercise")


@pytest.mark.parametrize(
    ("text", "matches"),
    [
        ('rule="harbour-news"', True),
        ("rule=harbour", False),
        ("rule=~harbour-.*", True),
        ("rule=~harbour", False),
        ('rule!~"figure-.*"', True),
        ("severity!=critical", True),
        ("desk=", True),
        ("desk!=", False),
        ('source_name="Ada Holt"', True),
    ],
)
def test_matchers_compare_whole_values_and_a_missing_label_is_empty(text: str, matches: bool) -> None:
    found = parse_matcher(text)

    assert isinstance(found, Matcher)
    labels = {"rule": "harbour-news", "severity": "info", "source_name": "Ada Holt"}
    assert found.matches(labels) is matches


@pytest.mark.parametrize("text", ["", "rule", "=x", "rule=~(", 'rule="a" b'])
def test_what_is_no_matcher_is_said(text: str) -> None:
    assert isinstance(parse_matcher(text), str)


def test_a_silenced_alert_is_told_after_the_silence_with_all_that_came_meanwhile() -> None:
    desk = a_desk()
    desk.muting = Muting((a_silence(),))

    silent = desk.hears(claim_at(0))
    told = desk.hears(claim_at(120))

    assert (silent.alerts, silent.outcomes[0].outcome) == ((), Outcome.SILENCED)
    assert silent.outcomes[0].because is not None
    assert silent.outcomes[0].because.value == "Jo until 2024-10-24T14:00:00Z: planned exercise"
    assert [each.claim_id for each in told.alerts[0].evidence] == ["c0", "c120"]


def test_a_silence_for_other_labels_silences_nothing() -> None:
    desk = a_desk()
    desk.muting = Muting((a_silence("rule=harbour-news", "source_name=NATO"),))

    assert len(desk.hears(claim_at(0)).alerts) == 1
    assert desk.hears(claim_at(1, source=a_source(name="NATO"))).alerts == ()


def test_an_alert_is_inhibited_by_a_firing_one_with_equal_labels() -> None:
    inhibit = "inhibit: [{source: [severity=critical], target: [severity=info], equal: [source_name]}]\n"
    desk = a_desk()
    desk.rules = a_rule_set(rules_text(group_by="[source.name]") + inhibit)
    desk.muting = Muting(
        firing=((("alertname", "Flood"), ("severity", "critical"), ("source_name", "NATO")),)
    )

    inhibited = desk.hears(claim_at(0, source=a_source(name="NATO")))
    free = desk.hears(claim_at(1))

    assert (inhibited.alerts, inhibited.outcomes[0].outcome) == ((), Outcome.INHIBITED)
    assert inhibited.outcomes[0].because is not None
    assert inhibited.outcomes[0].because.value == "Flood"
    assert len(free.alerts) == 1


def test_an_alert_does_not_inhibit_itself() -> None:
    labels = (("alertname", "Flood"), ("severity", "info"))
    rules = a_rule_set(rules_text() + "inhibit: [{source: [severity=info], target: [severity=info]}]\n")

    assert muted(labels, NOON, Muting(firing=(labels,)), rules.inhibitions) is None


def test_a_silence_comes_back_from_its_json_shape() -> None:
    silence = a_silence('rule=~"harbour-.*"', "severity!=critical")

    again = silence_from_plain(silence_to_plain(silence))

    assert again == silence
    assert isinstance(again, Silence)
    assert again.id == silence.id
    assert again.covers({"rule": "harbour-news", "severity": "info"}, NOON)


def test_a_silence_that_is_expired_early_keeps_its_id() -> None:
    assert a_silence(hours=1).id == a_silence(hours=2).id
    assert a_silence("rule=a").id != a_silence("rule=b").id


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"matchers": []}, "would silence everything"),
        ({"author": " "}, "an author and a comment"),
        ({"comment": ""}, "an author and a comment"),
        ({"ends_at": "2020-01-01T00:00:00Z"}, "must not end before it starts"),
        ({"ends_at": "soon"}, "'soon' is none of its values"),
        ({"until": "x"}, "no field 'until'"),
        ({"matchers": [{"label": "a", "operator": "~", "value": "b"}]}, "'~' is none of its values"),
        ({"matchers": [{"label": "a", "operator": "=~", "value": "("}]}, "missing )"),
    ],
)
def test_a_bad_silence_says_what_is_wrong(change: dict[str, object], complaint: str) -> None:
    read = silence_from_plain({**silence_to_plain(a_silence()), **change})

    assert isinstance(read, str)
    assert complaint in read
