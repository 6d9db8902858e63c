"""What a record means for the alert groups: matched, superseded, withdrawn; inside one transaction."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from workers.agents.alert_groups import keep_groups, linked_groups, moment, read_groups, read_muting
from workers.agents.tense import tense_of
from workers.alerting.alerts import Decided, decide_on, keys_for, retract
from workers.alerting.groups import GroupState
from workers.alerting.muting import Silence
from workers.alerting.observations import (
    Observation,
    observe_claim,
    observe_entities,
    observe_relation,
)
from workers.alerting.rules import RuleSet
from workers.domain.alert import AlertTense
from workers.domain.article import ArticleStatus, EnrichedArticle
from workers.domain.claim import Claim
from workers.domain.outcome import Record
from workers.domain.relation import Relation
from workers.state.store import Transaction

Message = Claim | Relation | EnrichedArticle


@dataclass(frozen=True, slots=True)
class Circumstances:
    """A desk at one moment."""

    rules: RuleSet
    silences: tuple[Silence, ...]
    archival_before: datetime
    now: datetime


def decide_record(
    transaction: Transaction, around: Circumstances, record: Record, message: Message | None
) -> list[Decided]:
    """Decide on what a record says and store the groups; a tombstone takes back what its key names.

    ``None`` for a record with a value is one that no rule looks at.
    """
    at = moment(record.timestamp_ms)
    if message is None:
        gone = (record.key or b"").decode("utf-8", "replace") if record.value is None else None
        return [] if gone is None else [_retracted(transaction, around, gone, at)]
    if isinstance(message, EnrichedArticle):
        return _decide_article(transaction, around, record, message)
    if isinstance(message, Claim):
        return [_decided(transaction, around, record, observe_claim(message, at))]
    observed = observe_relation(message)
    before = linked_groups(transaction, message.relation_id)
    return [
        *_superseded(transaction, around, observed, at, before),
        _decided(transaction, around, record, observed),
    ]


def _decide_article(
    transaction: Transaction, around: Circumstances, record: Record, article: EnrichedArticle
) -> list[Decided]:
    """Decide on each entity; those that an earlier revision named and this one does not are taken back."""
    at = moment(record.timestamp_ms)
    if article.status is ArticleStatus.WITHDRAWN:
        return [_retracted(transaction, around, article.article_id, at)]
    observations = observe_entities(article, at)
    before = linked_groups(transaction, article.article_id)
    named = {observed.sighting.id for observed in observations}
    seen = {each.id for state in before.values() for each in state.sightings_of(article.article_id)}
    made = [_retracted(transaction, around, lost, at) for lost in sorted(seen - named)]
    for observed in observations:
        if observed.sighting.id in seen:
            made += _superseded(transaction, around, observed, at, before)
        made.append(_decided(transaction, around, record, observed))
    return made


def _decided(
    transaction: Transaction, around: Circumstances, record: Record, observed: Observation
) -> Decided:
    rules = around.rules
    observed = _no_later_than(observed, moment(record.timestamp_ms))
    keys = keys_for(rules, observed)
    if not keys:
        return Decided((), {}, ())
    tense = tense_of(record)
    if tense is AlertTense.CURRENT and observed.sighting.at < around.archival_before:
        tense = AlertTense.ARCHIVAL
    muting = read_muting(transaction, rules, around.silences, around.now)
    decided = decide_on(rules, observed, tense, read_groups(transaction, keys), muting)
    keep_groups(transaction, rules, decided)
    return decided


def _superseded(
    transaction: Transaction,
    around: Circumstances,
    observed: Observation,
    at: datetime,
    before: Mapping[str, GroupState],
) -> list[Decided]:
    """Take a message out of those groups ``before`` that its new version does not fall into."""
    stale = {key: before[key] for key in before.keys() - set(keys_for(around.rules, observed))}
    if not stale:
        return []
    decided = retract(observed.sighting.id, at, stale)
    keep_groups(transaction, around.rules, decided)
    return [decided]


def _retracted(transaction: Transaction, around: Circumstances, gone: str, at: datetime) -> Decided:
    decided = retract(gone, at, linked_groups(transaction, gone))
    keep_groups(transaction, around.rules, decided)
    return decided


def _no_later_than(observed: Observation, at: datetime) -> Observation:
    """Nothing was published after it was crawled: a date in the future must not hold a group open."""
    if observed.sighting.at <= at:
        return observed
    return replace(observed, sighting=replace(observed.sighting, at=at))
