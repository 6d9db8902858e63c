"""The judged alerts are what the documentation says they are: ids and verdicts, of rules that ship."""

from collections import Counter
from pathlib import Path

from bench.alerts_judged import VERDICTS, judged
from workers.alerting.loading import BadRules
from workers.cli.rules import read_rules

ROOT = Path(__file__).resolve().parents[3]
FIELDS = {"set", "rule", "claims", "articles", "raised_by", "verdict"}


def test_each_judged_alert_has_ids_and_a_verdict_and_no_text() -> None:
    alerts = list(judged())

    assert len(alerts) >= 50
    for alert in alerts:
        assert set(alert) == FIELDS
        assert alert["verdict"] in VERDICTS
        assert alert["claims"]
        assert all(len(each) == 32 for each in alert["claims"])
        assert all(len(each) <= 32 for each in alert["articles"])
        assert set(alert["raised_by"]) <= {"before", "after"}


def test_the_rules_that_were_judged_still_ship() -> None:
    rules = read_rules(ROOT / "rules" / "default.yaml")
    assert not isinstance(rules, BadRules)

    assert {alert["rule"] for alert in judged()} <= {rule.id for rule in rules.rules}


def test_the_page_gives_the_figures_of_the_annotations() -> None:
    page = (ROOT / "docs" / "rules.md").read_text("utf-8")

    for name in ("first", "second"):
        for raised_by in ("before", "after"):
            chosen = [a for a in judged() if a["set"] == name and raised_by in a["raised_by"]]
            counts = Counter(alert["verdict"] for alert in chosen)
            cells = " | ".join(str(counts[verdict]) for verdict in VERDICTS)
            assert f"| {name} | {raised_by} | {len(chosen)} | {cells} |" in page
