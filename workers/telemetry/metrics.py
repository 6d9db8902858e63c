"""Every metric, declared once and zero from the start; labels come from the topology and from enums."""

from collections.abc import Sequence

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from workers.domain.article import Withheld
from workers.domain.outcome import DropReason, RejectReason
from workers.domain.relation import RelationKind
from workers.relations.window import EVICTIONS
from workers.topology import Stage

_OUTCOMES = ("emitted", "dropped", "dead-lettered")
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)


class Metrics:
    """The worker's own metrics in ``registry``; names follow Prometheus conventions, times are seconds."""

    def __init__(self, registry: CollectorRegistry, stages: Sequence[Stage]) -> None:
        self.records = Counter(
            "claimwire_records_total", "records settled", ["stage", "outcome"], registry=registry
        )
        self.dead_letters = Counter(
            "claimwire_dead_letters_total", "records rejected", ["stage", "reason"], registry=registry
        )
        self.drops = Counter(
            "claimwire_drops_total", "records dropped on purpose", ["stage", "reason"], registry=registry
        )
        self.processing = Histogram(
            "claimwire_processing_seconds",
            "computing one batch",
            ["stage"],
            registry=registry,
            buckets=_SECONDS,
        )
        self.publishing = Histogram(
            "claimwire_publish_seconds",
            "from the first send of a batch to the broker's last acknowledgement",
            ["stage"],
            registry=registry,
            buckets=_SECONDS,
        )
        self.batch_records = Histogram(
            "claimwire_batch_records",
            "records a batch",
            ["stage"],
            registry=registry,
            buckets=(1, 2, 4, 8, 16, 32, 64),
        )
        self.oldest_in_flight = Gauge(
            "claimwire_commit_age_seconds",
            "age of the oldest record taken but not yet acknowledged",
            ["stage"],
            registry=registry,
        )
        self.published = Counter(
            "claimwire_published_total", "records acknowledged by the broker", ["topic"], registry=registry
        )
        self.unknown_fields = Counter(
            "claimwire_unknown_fields_total",
            "fields of raw articles that the schema does not name",
            registry=registry,
        )
        self.withheld = Counter(
            "claimwire_withheld_total",
            "claims and mentions that the last look before publishing took out; anything but 0 is a fault",
            ["reason"],
            registry=registry,
        )
        self.alerts = Counter("claimwire_alerts_total", "alerts published", ["rule"], registry=registry)
        self.alerts_withheld = Counter(
            "claimwire_alerts_withheld_total",
            "alerts that were due and not told: silenced, inhibited, over budget",
            ["rule", "reason"],
            registry=registry,
        )
        self.rule_loads = Counter(
            "claimwire_rule_loads_total", "changed rules files read", ["outcome"], registry=registry
        )
        self.rules_stale = Gauge(
            "claimwire_rules_stale",
            "1 while the rules file is bad and older rules are used",
            registry=registry,
        )
        self.silences = Gauge(
            "claimwire_silences", "silences known to this worker, ended ones too", registry=registry
        )
        self.event_time = Gauge(
            "claimwire_alert_event_time_seconds",
            "how far event time has come for the alerts, seconds since the epoch",
            registry=registry,
        )
        self.relations = Counter(
            "claimwire_relations_total",
            "relations published, again when they changed",
            ["kind"],
            registry=registry,
        )
        self.relations_retracted = Counter(
            "claimwire_relations_retracted_total", "relations taken back", registry=registry
        )
        self.story_merges = Counter(
            "claimwire_story_merges_total", "stories found to be one", registry=registry
        )
        self.claims_evicted = Counter(
            "claimwire_claims_evicted_total",
            "claims that left a route's window, by why",
            ["reason"],
            registry=registry,
        )
        self.state_waiting = Gauge(
            "claimwire_state_waiting",
            "1 while the state database is away: nothing is acknowledged",
            registry=registry,
        )
        self.state_conflicts = Counter(
            "claimwire_state_conflicts_total",
            "transactions done again because another worker was faster",
            registry=registry,
        )
        self.state_pruned = Counter(
            "claimwire_state_pruned_total",
            "rows of the state database that were forgotten",
            registry=registry,
        )
        self.rebalancing = Gauge("claimwire_rebalancing", "1 while partitions are moving", registry=registry)
        self.pool_restarts = Counter(
            "claimwire_pool_restarts_total", "language processes lost and started again", registry=registry
        )
        self._preset(stages)

    def _preset(self, stages: Sequence[Stage]) -> None:
        for reason in Withheld:
            self.withheld.labels(reason)
        for kind in RelationKind:
            self.relations.labels(kind)
        for evicted in EVICTIONS:
            self.claims_evicted.labels(evicted)
        for stage in stages:
            for outcome in _OUTCOMES:
                self.records.labels(stage.name, outcome)
            for reject in RejectReason:
                self.dead_letters.labels(stage.name, reject)
            for drop in DropReason:
                self.drops.labels(stage.name, drop)
            for family in (self.processing, self.publishing, self.batch_records, self.oldest_in_flight):
                family.labels(stage.name)
            for topic in stage.outputs:
                self.published.labels(topic)
