"""Rules on relations and on entities: the same decisions over other messages."""

from dataclasses import replace
from datetime import timedelta

from tests.builders import NOON, a_claim, an_enriched_article
from tests.support.alert_rules import AlertDesk, a_rule_set, rules_text
from tests.support.made_relations import a_relation
from workers.alerting.alerts import Decided, decide_on, keys_for, retract
from workers.alerting.observations import Observation, observe_entities, observe_relation
from workers.domain.alert import AlertTense, AlertType


def a_desk_for(on: str, match: str, **changes: str | None) -> AlertDesk:
    return AlertDesk(a_rule_set(rules_text(on=on, match=f"'{match}'", **changes)))


def sees(desk: AlertDesk, observed: Observation) -> Decided:
    known = {key: desk.groups[key] for key in keys_for(desk.rules, observed) if key in desk.groups}
    decided = decide_on(desk.rules, observed, AlertTense.CURRENT, known)
    desk.groups.update(decided.groups)
    return decided


def test_a_contradiction_is_an_alert_with_both_claims_as_evidence() -> None:
    summary = "{summary: '{{ relation.right.source_name }} ({{ relation.change.after }})'}"
    contradiction = 'relation.kind == "contradicts" && relation.origins.independent'
    desk = a_desk_for("relation", contradiction, group_by="[subject_id]", annotations=summary)

    (alert,) = sees(desk, observe_relation(a_relation())).alerts

    assert [each.article_id for each in alert.evidence] == ["a1", "a2"]
    assert dict(alert.annotations) == {"summary": "Ada Holt (12)"}
    assert alert.starts_at == NOON + timedelta(minutes=30)


def test_a_relation_is_taken_back_with_either_of_its_claims() -> None:
    for claim_id in ("1" * 32, "2" * 32, a_relation().relation_id):
        desk = a_desk_for("relation", "relation.score > 0.5")
        sees(desk, observe_relation(a_relation()))

        taken = retract(claim_id, NOON, desk.groups)

        assert [alert.alert_type for alert in taken.alerts] == [AlertType.RETRACTION]


def test_an_update_shows_each_claim_once() -> None:
    desk = a_desk_for("relation", "relation.score > 0.5", cooldown="0s")
    sees(desk, observe_relation(a_relation(1)))

    (alert,) = sees(desk, observe_relation(a_relation(2))).alerts

    assert [each.article_id for each in alert.evidence] == ["a1", "a2"]


def test_an_entity_in_an_article_is_an_alert_with_the_claims_that_name_it() -> None:
    article = an_enriched_article(claims=(a_claim(),))
    desk = a_desk_for("entity", 'entity.label == "PERSON" && entity.salience >= 0.1', group_by="[name]")

    alerts = [alert for seen in observe_entities(article, NOON) for alert in sees(desk, seen).alerts]

    assert [dict(alert.labels)["name"] for alert in alerts] == ["Ada Holt"]
    assert [each.claim_id for each in alerts[0].evidence] == [a_claim().claim_id]
    taken = retract(article.article_id, NOON, desk.groups)
    assert [alert.alert_type for alert in taken.alerts] == [AlertType.RETRACTION]


def test_an_entity_that_no_claim_names_is_not_looked_at() -> None:
    article = an_enriched_article()
    assert observe_entities(article, NOON)

    assert observe_entities(replace(article, claims=()), NOON) == ()


def test_rules_on_one_kind_of_message_do_not_see_another() -> None:
    desk = a_desk_for("relation", "relation.score > 0.5")

    assert desk.hears(a_claim()).outcomes == ()
