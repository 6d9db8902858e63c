"""Finds a claim, relation, article or alert, in a file or in a deployment, and what the rules make of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kafka import TopicPartition
from kafka.partitioner.default import murmur2

from workers.agents.alert_groups import read_groups
from workers.alerting.alerts import keys_for
from workers.alerting.groups import GroupState, Sighting
from workers.alerting.muting import Muting
from workers.alerting.observations import Observation, observe_claim, observe_entities, observe_relation
from workers.alerting.plain import iso
from workers.alerting.rules import RuleSet, Subject
from workers.alerting.standing import standings
from workers.alerting.why import story, why
from workers.cli.alert_run import AlertRun, lines_of
from workers.cli.errors import CliError
from workers.cli.kafka import consumer, no_topic
from workers.cli.records import read_places
from workers.domain.article import ArticleStatus
from workers.domain.outcome import Record, Reject
from workers.state.opening import open_store
from workers.state.store import StateError
from workers.topology import Topic
from workers.wire.messages import alert_message, decode_alert, decode_claim, decode_enriched
from workers.wire.relations import decode_relation

_SHOWN_SIGHTINGS = 20


@dataclass(frozen=True, slots=True)
class Row:
    """One line of an answer: a rule, or a claim of an alert's group, and what was decided on it."""

    name: str
    decision: str
    because: str | None = None
    value: Any = None
    until: datetime | None = None
    alert_key: str | None = None


@dataclass(frozen=True, slots=True)
class Explained:
    """An answer; ``kind`` is claim, relation, entity, article, alert or withdrawn.

    ``headlines`` are for people. ``parts`` are the answers for an article's claims, then for its entities.
    """

    id: str
    kind: str
    headlines: tuple[str, ...]
    rows: tuple[Row, ...] = ()
    records: tuple[Mapping[str, Any], ...] = ()
    parts: tuple["Explained", ...] = ()


def explain_in_file(ident: str, file: str, rules: RuleSet) -> Explained | None:
    """Run the file's messages through the rules; ``None`` when nothing in it has that id."""
    found: dict[str, Explained] = {}

    def seen(observed: Observation, groups: Mapping[str, GroupState], muting: Muting) -> None:
        sighting = observed.sighting
        of_article = sighting.article_id == ident and observed.subject is not Subject.RELATION
        if sighting.id == ident or of_article:
            reasons = why(rules, observed, groups, muting)
            rows = tuple(
                Row(each.rule_id, each.decision, each.clause, each.value, None, each.alert_key)
                for each in reasons
            )
            found[sighting.id] = replace(_of_message(observed), rows=rows)

    run = AlertRun(rules, seen)
    records = [alert_message(alert) for alert in run.over(lines_of(file)) if alert.alert_key == ident]
    if ident in found:
        return found[ident]
    if found or run.has_read(ident):
        return _of_article(ident, tuple(found.values()))
    state = run.groups.get(ident)
    return None if state is None else _of_group(state, records)


def explain_in_deployment(ident: str, rules: RuleSet, state_url: str, bootstrap: str) -> Explained | None:
    """Look into the state database, then into the topics; ``None`` when neither knows the id."""
    state = _read_groups(state_url, [ident]).get(ident)
    if state is not None:
        return _of_group(state, _published(bootstrap, ident))
    for topic, read in ((Topic.CLAIM, _claim), (Topic.CLAIM_RELATION, _relation)):
        record = _latest(bootstrap, topic, ident)
        if record is not None and record.value is None:
            told = f"{topic} holds a tombstone for it: it was withdrawn, or a later revision does not say it"
            return Explained(ident, "withdrawn", (told,))
        if record is not None:
            return _standing_of([read(record)], rules, state_url)[0]
    record = _latest(bootstrap, Topic.ARTICLE_ENRICHED, ident)
    if record is not None and record.value is not None:
        return _article(record, rules, state_url)
    records = _published(bootstrap, ident)
    told = "its state was forgotten; these records lie on the topic"
    return Explained(ident, "alert", (told,), records=tuple(records)) if records else None


def _article(record: Record, rules: RuleSet, state_url: str) -> Explained:
    article = decode_enriched(record.value or b"")
    if isinstance(article, Reject):
        raise CliError(f"{_place(record)} is no enriched article: {article.detail}")
    if article.status is ArticleStatus.WITHDRAWN:
        return Explained(article.article_id, "withdrawn", ("the article was withdrawn with all its claims",))
    at = _moment(record)
    observed = [*(observe_claim(claim, at) for claim in article.claims), *observe_entities(article, at)]
    return _of_article(article.article_id, _standing_of(observed, rules, state_url))


def _of_article(article_id: str, parts: tuple[Explained, ...]) -> Explained:
    claims = sum(part.kind == Subject.CLAIM for part in parts)
    told = f"claims: {claims}; entities that they name: {len(parts) - claims}"
    return Explained(article_id, "article", (told,), parts=parts)


def _standing_of(observed: Sequence[Observation], rules: RuleSet, state_url: str) -> tuple[Explained, ...]:
    keys = {key for each in observed for key in keys_for(rules, each)}
    groups = _read_groups(state_url, sorted(keys))
    return tuple(_standing(each, rules, groups) for each in observed)


def _standing(observed: Observation, rules: RuleSet, groups: Mapping[str, GroupState]) -> Explained:
    rows = tuple(
        Row(each.rule_id, each.decision, each.clause, each.value, each.until, each.alert_key)
        for each in standings(rules, observed, groups)
    )
    return replace(_of_message(observed), rows=rows)


def _of_message(observed: Observation) -> Explained:
    message, sighting = observed.message, observed.sighting
    where = f"{iso(sighting.at)}  {sighting.publisher or 'an unnamed outlet'}  article {sighting.article_id}"
    return Explained(sighting.id, observed.subject.value, (where, _said(observed.subject, message)))


def _said(subject: Subject, message: Mapping[str, Any]) -> str:
    if subject is Subject.CLAIM:
        source = message["source"]
        who = source["name"] if source else "somebody"
        return f"{who} ({message['act']}, {message['stance']}): {message['content']['text']}"
    if subject is Subject.RELATION:
        left, right = message["left"]["text"], message["right"]["text"]
        return f"{message['kind']} ({message['score']}): {left} / {right}"
    return f"{message['name']} ({message['label']}), salience {message['salience']}"


def _of_group(state: GroupState, records: Sequence[Mapping[str, Any]]) -> Explained:
    headlines = [story(state)]
    if state.held_back is not None:
        held = state.held_back
        headlines.append(f"due at {iso(held.at)} and not told: {held.reason}: {held.by}")
    rows = tuple(
        Row(each.id, _role(state, each), iso(each.at), each.publisher)
        for each in reversed(state.sightings[-_SHOWN_SIGHTINGS:])
    )
    return Explained(state.alert_key, "alert", tuple(headlines), rows, tuple(records))


def _role(state: GroupState, sighting: Sighting) -> str:
    told = state.told
    if told is None or sighting.id not in (*told.ids, told.by, told.trigger):
        return "remembered, not told"
    if sighting.id == told.trigger:
        return "began the alert"
    return "made the last record" if sighting.id == told.by else "shown as evidence"


def _read_groups(url: str, keys: Any) -> dict[str, GroupState]:
    """Read from the worker's database, without making one where there is none."""
    path = Path(url.removeprefix("sqlite:///"))
    if url.startswith("sqlite:///") and not path.is_file():
        raise CliError(
            f"there is no state database {path}; set --state or CLAIMWIRE_STATE_URL, or give --file"
        )
    try:
        store = open_store(url)
    except StateError as error:
        raise CliError(str(error)) from None
    try:
        return store.run(lambda transaction: read_groups(transaction, keys))
    finally:
        store.close()


def _published(bootstrap: str, key: str) -> list[Mapping[str, Any]]:
    """Return the alert's records on the topic, the oldest first."""
    found = (decode_alert(record.value) for record in _keyed(bootstrap, Topic.ALERT, key) if record.value)
    alerts = [alert for alert in found if not isinstance(alert, Reject)]
    return [alert_message(alert) for alert in alerts]


def _latest(bootstrap: str, topic: Topic, key: str) -> Record | None:
    return next(reversed(list(_keyed(bootstrap, topic, key))), None)


def _keyed(bootstrap: str, topic: Topic, key: str) -> Iterator[Record]:
    """Yield the records of that key: out of its own partition, or where another producer may have put it."""
    with consumer(bootstrap) as client:
        numbers = sorted(client.partitions_for_topic(str(topic)) or ())
        if not numbers:
            raise no_topic(str(topic))
        own = (murmur2(key.encode()) & 0x7FFFFFFF) % len(numbers)
        for chosen in ([own], [number for number in numbers if number != own]):
            places = [TopicPartition(str(topic), number) for number in chosen]
            found = [record for record in read_places(client, places) if record.key == key.encode()]
            if found:
                yield from found
                return


def _claim(record: Record) -> Observation:
    claim = decode_claim(record.value or b"")
    if isinstance(claim, Reject):
        raise CliError(f"{_place(record)} is no claim: {claim.detail}")
    return observe_claim(claim, _moment(record))


def _relation(record: Record) -> Observation:
    relation = decode_relation(record.value or b"")
    if isinstance(relation, Reject):
        raise CliError(f"{_place(record)} is no relation: {relation.detail}")
    return observe_relation(relation)


def _moment(record: Record) -> datetime:
    return datetime.fromtimestamp(record.timestamp_ms / 1000, UTC)


def _place(record: Record) -> str:
    return f"{record.topic}:{record.partition}:{record.offset}"
