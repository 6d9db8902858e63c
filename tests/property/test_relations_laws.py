"""Laws of the relate stage: order, repetition and splitting change nothing in what is found."""

import random
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.builders import NOON, a_known_claim
from tests.support.relating import CLAIMS, CONTENTS, STREAMS, Worker, stories, told, told_of, worked
from workers.domain.claim import Claim, Stance
from workers.domain.relation import Relation
from workers.relations import known as remembering
from workers.relations import window
from workers.relations.known import routes
from workers.relations.window import Observed, Window, WindowPolicy
from workers.wire.relations import decode_relation, encode_relation

SLOW = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=set(Phase) - {Phase.shrink, Phase.explain},
)


@SLOW
@given(STREAMS, st.randoms(use_true_random=False))
def test_order_within_the_lateness_does_not_matter(claims: list[Claim], rng: random.Random) -> None:
    shuffled = list(claims)
    rng.shuffle(shuffled)

    first, second = worked(claims), worked(shuffled)

    assert told_of(first.held) == told_of(second.held)
    assert stories(first) == stories(second)


@SLOW
@given(STREAMS, st.data())
def test_a_claim_twice_gives_what_once_does(claims: list[Claim], data: st.DataObject) -> None:
    again = data.draw(st.lists(st.sampled_from(claims), max_size=4))

    assert worked([*claims, *again]).held == worked(claims).held


@SLOW
@given(STREAMS, st.integers(2, 4))
def test_splitting_the_stream_over_workers_finds_the_same_relations(claims: list[Claim], count: int) -> None:
    workers = [Worker() for _ in range(count)]
    for claim in claims:
        for route in routes(claim):
            workers[sum(route.encode()) % count].take(route, claim)

    together: dict[str, Relation] = {}
    for worker in workers:
        assert not together.keys() & worker.held.keys()
        together |= worker.held

    assert told_of(together) == told_of(worked(claims).held)


@SLOW
@given(STREAMS, st.data())
def test_a_withdrawn_claim_leaves_what_would_be_without_it(claims: list[Claim], data: st.DataObject) -> None:
    gone = data.draw(st.sampled_from(claims))
    worker = worked(claims)

    for route in routes(gone):
        worker.take_back(route, gone)

    assert told_of(worker.held) == told_of(worked([claim for claim in claims if claim != gone]).held)


@st.composite
def histories(draw: st.DrawFn) -> list[list[Claim | None]]:
    """Draw what each claim was stated as, one version after the other; ``None``: withdrawn.

    The words stay: a claim's id is made of them, and so are its routes.
    """
    contents = draw(st.lists(st.integers(0, len(CONTENTS) - 1), min_size=1, max_size=4))
    stances, hours = st.sampled_from([Stance.AFFIRMS, Stance.REFUTES, Stance.OPEN]), st.integers(0, 48)
    return [
        draw(
            st.lists(
                st.one_of(st.none(), st.builds(told, st.just(content), hours, stances, st.just(number % 3))),
                min_size=1,
                max_size=4,
            )
        )
        for number, content in enumerate(contents)
    ]


@SLOW
@given(histories(), st.randoms(use_true_random=False))
def test_only_the_order_on_each_route_matters(told_as: list[list[Claim | None]], rng: random.Random) -> None:
    """Routes lie on partitions, and partitions run ahead of each other as they like."""
    waiting: dict[str, list[tuple[Claim, bool]]] = {}
    final = []
    for number, versions in enumerate(told_as):
        before: Claim | None = None
        for version in versions:
            now = version and replace(version, claim_id=f"{number:032x}")
            ways, left = routes(now) if now else (), routes(before) if before else ()
            for route in sorted({*ways, *left}):
                told_now = now if now and route in ways else before
                assert told_now is not None
                waiting.setdefault(route, []).append((told_now, route in ways))
            before = now
        final += [before] if before else []
    worker = Worker()
    while waiting:
        route = rng.choice(sorted(waiting))
        claim, is_told = waiting[route].pop(0)
        if is_told:
            worker.take(route, claim)
        else:
            worker.take_back(route, claim)
        if not waiting[route]:
            del waiting[route]

    assert told_of(worker.held) == told_of(worked(final).held)


@SLOW
@given(STREAMS)
def test_what_is_found_survives_the_wire(claims: list[Claim]) -> None:
    for relation in worked(claims).held.values():
        read = decode_relation(encode_relation(relation))
        assert isinstance(read, Relation)
        assert encode_relation(read) == encode_relation(relation)
        assert read.relation_id == relation.relation_id


@given(CLAIMS, st.sampled_from([None, "signature"]))
def test_a_remembered_claim_survives_the_database(claim: Claim, signature: str | None) -> None:
    known = remembering.known_claim(claim, NOON, signature)

    assert remembering.from_json(remembering.to_json(known)) == known


@given(st.lists(st.integers(0, 60), max_size=30), st.randoms(use_true_random=False))
def test_a_window_holds_the_same_in_any_order_within_the_lateness(
    minutes: list[int], rng: random.Random
) -> None:
    policy = WindowPolicy(lateness=timedelta(hours=1), slice_width=timedelta(minutes=10))

    def filled(order: list[int]) -> Window:
        held = Window()
        for minute in order:
            seen = window.observe(held, NOON + timedelta(minutes=minute), policy)
            assert isinstance(seen, Observed)
            held = seen.window
        return held

    assert filled(minutes) == filled(rng.sample(minutes, len(minutes)))


@given(st.lists(st.integers(0, 10_000), max_size=60), st.integers(1, 10))
def test_no_window_holds_more_than_its_bound_beyond_its_newest_slice(minutes: list[int], bound: int) -> None:
    policy = WindowPolicy(max_count=bound, slice_width=timedelta(minutes=1), lateness=timedelta(days=9))
    held, gone = Window(), 0
    taken = 0
    for minute in minutes:
        seen = window.observe(held, NOON + timedelta(minutes=minute), policy)
        if isinstance(seen, Observed):
            held, taken = seen.window, taken + 1
            gone += sum(each.count for each in seen.evicted)

    newest = held.slices[-1][1] if held.slices else 0
    assert held.count <= max(bound, newest)
    assert held.count + gone == taken


def test_the_streams_do_relate() -> None:
    """Else the laws above would hold of nothing."""
    claims = [told(content, content, Stance.AFFIRMS, content % 3) for content in range(len(CONTENTS))]

    worker = worked(claims)

    assert len({relation.kind for relation in worker.held.values()}) >= 2
    assert len(worker.held) >= 3
    assert a_known_claim(CONTENTS[0]).routes


@pytest.mark.parametrize("seed", range(3))
def test_one_long_stream_in_three_orders(seed: int) -> None:
    claims = [
        told(content, (7 * content + 5 * outlet) % 48, Stance.AFFIRMS, outlet)
        for content in range(len(CONTENTS))
        for outlet in range(3)
    ]
    shuffled = random.Random(seed).sample(claims, len(claims))

    first, second = worked(claims), worked(shuffled)

    assert told_of(first.held) == told_of(second.held)
    assert stories(first) == stories(second)
