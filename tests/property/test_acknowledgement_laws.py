"""The acknowledgements against a naive model: a log, what was published of it, and Kafka's one number.

The machine may not let the committed offset pass a record that was not published, whatever the order of
events: results out of order, failures, crashes, partitions that go and come back, records delivered twice.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from workers.agents.acknowledgement import (
    Delivery,
    InFlight,
    Partition,
    computed,
    failed,
    published,
    revoked,
    take,
)

PARTITIONS: tuple[Partition, ...] = (("raw", 0), ("raw", 1))
RECORDS = 12


@dataclass
class NaiveLog:
    """One partition as Kafka and an all-knowing observer see it."""

    committed: int = 0
    position: int = 0
    published: set[int] = field(default_factory=set)
    acknowledged: set[int] = field(default_factory=set)

    def acknowledge(self, offset: int) -> None:
        """As Faust does: the first consecutive run of acknowledged offsets is committed."""
        self.acknowledged.add(offset)
        while self.committed in self.acknowledged:
            self.committed += 1

    def deliver_again_from_the_commit(self) -> None:
        self.position = self.committed
        self.acknowledged = set()


class Fate(Enum):
    OPEN = auto()
    PUBLISHED = auto()
    ACKNOWLEDGED = auto()
    FAILED = auto()


@dataclass
class Told:
    """What the observer knows of one delivery."""

    delivery: Delivery
    fate: Fate = Fate.OPEN

    @property
    def is_published(self) -> bool:
        return self.fate in (Fate.PUBLISHED, Fate.ACKNOWLEDGED)


class Acknowledging(RuleBasedStateMachine):
    """Drives the machine with every event that the shell, the broker and the group can make."""

    @initialize()
    def start(self) -> None:
        self.logs = {partition: NaiveLog() for partition in PARTITIONS}
        self.forget_all()

    def forget_all(self) -> None:
        self.flight = InFlight()
        self.taken: list[Delivery] = []
        self.computed: list[Delivery] = []
        self.naive: list[Told] = []  # in the order taken

    @rule(partition=st.sampled_from(PARTITIONS), count=st.integers(1, 4))
    def take_a_batch(self, partition: Partition, count: int) -> None:
        log = self.logs[partition]
        offsets = range(log.position, min(log.position + count, RECORDS))
        self.flight, new = take(self.flight, [(partition, offset) for offset in offsets])
        assert [delivery.offset for delivery in new] == list(offsets)
        self.taken.extend(new)
        self.naive.extend(map(Told, new))
        log.position += len(new)

    @precondition(lambda self: self.taken)
    @rule(data=st.data())
    def compute_some_in_any_order(self, data: st.DataObject) -> None:
        some = data.draw(st.lists(st.sampled_from(self.taken), unique=True, min_size=1))
        self.flight = computed(self.flight, some)
        self.taken = [delivery for delivery in self.taken if delivery not in some]
        self.computed.extend(some)

    @precondition(lambda self: self.computed)
    @rule(data=st.data())
    def publish_some_in_any_order(self, data: st.DataObject) -> None:
        some = data.draw(st.lists(st.sampled_from(self.computed), unique=True, min_size=1))
        for delivery in some:
            self.logs[delivery.partition].published.add(delivery.offset)
        self.computed = [delivery for delivery in self.computed if delivery not in some]

        self.flight, ready = published(self.flight, some)

        assert list(ready) == self._naively_ready(some)
        for delivery in ready:
            self.logs[delivery.partition].acknowledge(delivery.offset)

    def _naively_ready(self, some: list[Delivery]) -> list[Delivery]:
        """What the one rule says, asked of each delivery alone: is all before it published?"""
        for told in self.naive:
            if told.delivery in some and told.fate is Fate.OPEN:
                told.fate = Fate.PUBLISHED
        ready = [
            told
            for number, told in enumerate(self.naive)
            if told.fate is Fate.PUBLISHED
            and all(
                before.is_published
                for before in self.naive[:number]
                if before.delivery.partition == told.delivery.partition
            )
        ]
        for told in ready:
            told.fate = Fate.ACKNOWLEDGED
        return [told.delivery for told in ready]

    @precondition(lambda self: self.taken or self.computed)
    @rule(data=st.data())
    def one_fails(self, data: st.DataObject) -> None:
        bad = data.draw(st.sampled_from([*self.taken, *self.computed]))
        self.flight = failed(self.flight, [bad])
        for told in self.naive:
            if told.delivery == bad:
                told.fate = Fate.FAILED
        self._drop(lambda delivery: delivery == bad)

    @rule(partition=st.sampled_from(PARTITIONS), late=st.booleans())
    def a_partition_goes_and_comes_back(self, partition: Partition, late: bool) -> None:
        self.flight = revoked(self.flight, [partition])
        self.naive = [told for told in self.naive if told.delivery.partition != partition]
        self.logs[partition].deliver_again_from_the_commit()
        if late:  # results that nobody waits for any more
            before = self.flight
            some = [delivery for delivery in self.computed if delivery.partition == partition]
            assert published(before, some) == (before, ())
        self._drop(lambda delivery: delivery.partition == partition)

    @rule(partition=st.sampled_from(PARTITIONS), back=st.integers(1, 4))
    def records_are_delivered_again(self, partition: Partition, back: int) -> None:
        log = self.logs[partition]
        log.position = max(log.committed, log.position - back)

    @rule()
    def the_process_is_killed(self) -> None:
        self.forget_all()
        for log in self.logs.values():
            log.deliver_again_from_the_commit()

    def _drop(self, gone: Callable[[Delivery], bool]) -> None:
        self.taken = [delivery for delivery in self.taken if not gone(delivery)]
        self.computed = [delivery for delivery in self.computed if not gone(delivery)]

    @invariant()
    def nothing_unpublished_lies_behind_the_committed_offset(self) -> None:
        for log in getattr(self, "logs", {}).values():
            assert set(range(log.committed)) <= log.published

    def teardown(self) -> None:
        """Whatever happened before: after one last restart everything is published and committed."""
        if not hasattr(self, "logs"):
            return
        self.the_process_is_killed()
        places = [
            (partition, offset)
            for partition, log in self.logs.items()
            for offset in range(log.position, RECORDS)
        ]
        flight, new = take(self.flight, places)
        flight, ready = published(computed(flight, new), reversed(new))
        assert ready == new
        assert not flight.progress


def test_the_committed_offset_never_passes_what_was_not_published() -> None:
    limits = settings(max_examples=150, stateful_step_count=40, deadline=None)

    run_state_machine_as_test(Acknowledging, settings=limits)
