"""Alerts through the real Kafka: relations and entities, time going on, silences, new rules; no restart."""

import signal
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.builders import a_claim, an_enriched_article
from tests.support.alert_rules import rules_text
from tests.support.alert_stack import LONG_AGO, AlertStack, health_notes, said, told
from tests.support.made_relations import a_relation
from tests.support.stack import Worker, make_topics
from workers.broker.local import LocalKafka
from workers.domain.claim import Act
from workers.topology import Topic
from workers.wire.messages import encode_enriched
from workers.wire.relations import encode_relation

pytestmark = [pytest.mark.kafka, pytest.mark.slow, pytest.mark.timeout(400)]

HOUR = timedelta(hours=1)
KEYS = {"group_by": "[source.name]", "cooldown": "1h", "keep_firing_for": "2h"}
DENIALS = rules_text(alert="Denial", id="denials", match="'claim.act == \"deny\"'", **KEYS)
QUIET = {"id": "quiet", "match": "'claim.act == \"promise\"'", "window": "[{quiet: 6h}]"}
MORE: list[dict[str, str | None]] = [
    {"alert": "Quiet", "group_by": "[source.name]", **QUIET},
    {
        "alert": "Dispute",
        "id": "disputes",
        "on": "relation",
        "match": "'relation.kind == \"contradicts\"'",
        "group_by": "[subject_id]",
    },
    {
        "alert": "Named",
        "id": "named",
        "on": "entity",
        "match": "'entity.label == \"PERSON\"'",
        "group_by": "[name]",
    },
]
OTHERS = "".join(rules_text(**keys).partition("rules:\n")[2] for keys in MORE)
RULES = DENIALS + OTHERS


class Story:
    """What the broker held after each chapter; chapters follow one another in one run of one worker."""

    def __init__(self) -> None:
        self.after: dict[str, list[dict[str, Any]]] = {}
        self.notes: dict[str, list[str]] = {}
        self.metrics: dict[str, float] = {}

    def told(self, chapter: str) -> list[tuple[str, str, str, str]]:
        return [told(alert) for alert in self.after[chapter]]


@pytest.fixture(scope="module")
def story(kafka: LocalKafka, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    if not kafka.is_running:
        kafka.start()
    make_topics(kafka.bootstrap, partitions=2)
    alerts = AlertStack(kafka.bootstrap, tmp_path_factory.mktemp("in-time"), RULES)
    try:
        worker = alerts.start_worker()
        worker.wait_until_ready()
        found = Story()
        for chapter in (_relations_and_entities, _time, _silence, _bad_rules, _new_rules):
            chapter(alerts, worker, found)
            found.after[chapter.__name__] = alerts.alerts()
        yield found
    finally:
        alerts.close()


def _relations_and_entities(alerts: AlertStack, worker: Worker, found: Story) -> None:
    made = a_relation(subject_id="Q7184", story_id="5" * 32, relation_id="6" * 32)
    sides = [replace(side, published_at=LONG_AGO) for side in (made.left, made.right)]
    dispute = replace(made, left=sides[0], right=sides[1], found_at=LONG_AGO)
    article = an_enriched_article(published_at=LONG_AGO)
    alerts.publish(str(Topic.CLAIM_RELATION), [(dispute.relation_id, encode_relation(dispute))])
    alerts.publish(str(Topic.ARTICLE_ENRICHED), [(article.article_id, encode_enriched(article))])
    alerts.until_told(("disputes", "Q7184", "initial", "firing"), ("named", "Ada Holt", "initial", "firing"))
    alerts.publish(str(Topic.CLAIM), [(dispute.left.claim_id, None)])
    alerts.publish(str(Topic.ARTICLE_ENRICHED), [(article.article_id, None)])
    alerts.until_told(
        ("disputes", "Q7184", "retraction", "resolved"), ("named", "Ada Holt", "retraction", "resolved")
    )


def _time(alerts: AlertStack, worker: Worker, found: Story) -> None:
    alerts.say(said("Ada", 0 * HOUR), said("Bob", 1 * HOUR, Act.PROMISE))
    alerts.until_told(("denials", "Ada", "initial", "firing"))
    alerts.say(said("Cy", 8 * HOUR, Act.STATE))
    alerts.until_told(("denials", "Ada", "update", "resolved"), ("quiet", "Bob", "initial", "firing"))


def _silence(alerts: AlertStack, worker: Worker, found: Story) -> None:
    added = alerts.claimwire(
        "silence", "add", "rule=denials", "--for", "1h", "--comment", "exercise", "--author", "Jo"
    )
    assert added.returncode == 0, added.stderr
    silence_id = added.stdout.strip()
    alerts.until(lambda: worker.metric("claimwire_silences ") == 1, "the silence in the worker")
    alerts.say(said("Dee", 9 * HOUR))
    withheld = 'claimwire_alerts_withheld_total{reason="silenced",rule="denials"}'
    alerts.until(lambda: _metric(worker, withheld) == 1, "the alert that is kept back")
    found.after["while silenced"] = alerts.alerts()
    listed = alerts.claimwire("silence", "list")
    assert "exercise" in listed.stdout
    assert "active" in listed.stdout
    ended = alerts.claimwire("silence", "expire", silence_id[:10])
    assert ended.returncode == 0, ended.stderr
    alerts.until_told(("denials", "Dee", "initial", "firing"))
    found.metrics["withheld"] = _metric(worker, withheld)
    assert alerts.claimwire("silence", "expire", silence_id).returncode == 1


def _bad_rules(alerts: AlertStack, worker: Worker, found: Story) -> None:
    alerts.rules.write_text(RULES.replace("id: quiet", "id: quiet\n        colour: red"))
    alerts.until(lambda: worker.metric("claimwire_rules_stale ") == 1, "a bad file that is seen")
    found.notes["bad"] = health_notes(worker)
    found.metrics["rejected"] = worker.metric('claimwire_rule_loads_total{outcome="rejected"}')
    alerts.say(said("Eve", 9 * HOUR))
    alerts.until_told(("denials", "Eve", "initial", "firing"))


def _new_rules(alerts: AlertStack, worker: Worker, found: Story) -> None:
    alerts.rules.write_text("groups:\n  - name: g\n    rules:\n" + OTHERS)
    worker.signal(signal.SIGHUP)
    alerts.until_told(("denials", "Dee", "update", "resolved"), ("denials", "Eve", "update", "resolved"))
    found.notes["good"] = health_notes(worker)
    alerts.say(said("Fay", 10 * HOUR), said("Bob", 10 * HOUR, Act.PROMISE))
    alerts.until_told(("quiet", "Bob", "update", "resolved"))


def _metric(worker: Worker, line: str) -> float:
    try:
        return worker.metric(line)
    except ValueError:  # not there before the first one
        return 0.0


def test_a_relation_and_an_entity_raise_alerts_that_fall_with_what_they_rest_on(story: Story) -> None:
    alerts = {told(alert): alert for alert in story.after["_relations_and_entities"]}

    evidence = alerts["disputes", "Q7184", "initial", "firing"]["evidence"]
    assert [each["claim_id"] for each in evidence] == ["1" * 32, "2" * 32]
    assert alerts["named", "Ada Holt", "initial", "firing"]["evidence"][0]["claim_id"] == a_claim().claim_id
    assert len(alerts) == 4


def test_time_ends_an_alert_and_tells_what_fell_quiet(story: Story) -> None:
    alerts = {told(alert): alert for alert in story.after["_time"]}

    ends = alerts["denials", "Ada", "update", "resolved"]["endsAt"]
    quiet_since = alerts["quiet", "Bob", "initial", "firing"]["startsAt"]
    assert ends == f"{LONG_AGO + 2 * HOUR:%Y-%m-%dT%H:%M:%SZ}"
    assert quiet_since == f"{LONG_AGO + 7 * HOUR:%Y-%m-%dT%H:%M:%SZ}"


def test_a_silence_keeps_an_alert_back_until_it_is_expired(story: Story) -> None:
    dee = ("denials", "Dee", "initial", "firing")

    assert dee not in story.told("while silenced")
    assert story.told("_silence").count(dee) == 1
    assert story.metrics["withheld"] == 1


def test_a_bad_rules_file_keeps_the_old_rules_and_is_shown(story: Story) -> None:
    assert story.metrics["rejected"] == 1
    (note,) = story.notes["bad"]
    assert "rules.yaml" in note
    assert "colour" in note
    assert ("denials", "Eve", "initial", "firing") in story.told("_bad_rules")


def test_new_rules_end_what_is_gone_and_keep_the_rest(story: Story) -> None:
    ends = story.told("_new_rules")

    assert story.notes["good"] == []
    assert ("denials", "Fay", "initial", "firing") not in ends
    assert ends.count(("quiet", "Bob", "update", "resolved")) == 1


def test_every_alert_was_published_once(story: Story) -> None:
    ids = [(alert["alert_key"], alert["sequence"]) for alert in story.after["_new_rules"]]

    assert ids
    assert len(ids) == len(set(ids))
