"""Claims that are taken back, come again or are stated anew."""

from dataclasses import replace

import pytest

from tests.builders import NOON
from tests.support.engine_stage import FIRE, MORE, MOST, Stage, told
from workers.domain.claim import Stance
from workers.domain.relation import RelationKind
from workers.relations.engine import relate, relation_id, withdraw
from workers.relations.known import routes, routes_left


@pytest.fixture
def stage() -> Stage:
    return Stage()


def test_a_withdrawn_claim_takes_its_relations_with_it(stage: Stage) -> None:
    first, second, third = told(FIRE, 0, "a"), told(MORE, 1, "b"), told(MOST, 2, "c")
    for claim in (first, second, third):
        stage.take(claim)
    assert len(stage.held) == 3

    gone = stage.take_back(second)

    assert len(gone) == 2
    assert set(stage.held) == {relation_id(first.claim_id, third.claim_id)}


def test_a_withdrawn_claim_meets_nobody_any_more(stage: Stage) -> None:
    stage.take(told(FIRE, 0, "a"))
    stage.take_back(told(FIRE, 0, "a"))

    stage.take(told(MORE, 1, "b"))

    assert not stage.held


def test_a_claim_withdrawn_twice_is_taken_back_once(stage: Stage) -> None:
    stage.take(told(FIRE, 0, "a"))
    stage.take(told(MORE, 1, "b"))
    stage.take_back(told(MORE, 1, "b"))

    again = stage.take_back(told(MORE, 1, "b"))

    assert again == []


def test_a_claim_withdrawn_from_one_route_and_still_to_come_by_another_keeps_what_that_one_finds(
    stage: Stage,
) -> None:
    """A claim is withdrawn and comes back, by one route before the first of it is seen on another."""
    first, second = told(FIRE, 0, "a"), told(MORE, 1, "b")
    stage.take(first)
    ours, *others = routes(second)

    for route in (ours, *others):
        for _ in range(2):
            stage.keep(withdraw(stage.reader, route, second.claim_id))
            stage.keep(relate(stage.reader, stage.policy, route, second, NOON))

    assert set(stage.held) == {relation_id(first.claim_id, second.claim_id)}


def test_routes_left_are_those_of_claims_that_are_gone_or_go_other_ways() -> None:
    before = {"kept": ("a", "b"), "moved": ("a", "b"), "gone": ("c",)}
    now = {"kept": ("a", "b"), "moved": ("b", "d"), "new": ("a",)}

    assert routes_left(before, now) == [("gone", "c"), ("moved", "a")]


def test_a_claim_that_comes_back_is_related_again(stage: Stage) -> None:
    stage.take(told(FIRE, 0, "a"))
    stage.take(told(MORE, 1, "b"))
    stage.take_back(told(MORE, 1, "b"))
    assert not stage.held

    stage.take(told(MORE, 1, "b"))

    assert len(stage.held) == 1


def test_a_claim_stated_anew_updates_its_relation_under_the_same_id(stage: Stage) -> None:
    first, second = told(FIRE, 0, "a"), told(FIRE, 1, "b")
    stage.take(first)
    stage.take(second)
    (before,) = stage.held.values()

    stage.take(replace(second, stance=Stance.REFUTES))

    (after,) = stage.held.values()
    assert (before.kind, after.kind) == (RelationKind.CORROBORATES, RelationKind.CONTRADICTS)
    assert after.relation_id == before.relation_id


def test_a_claim_stated_anew_that_relates_no_more_is_taken_out(stage: Stage) -> None:
    first, second = told(FIRE, 0, "a"), told(FIRE, 1, "b")
    stage.take(first)
    stage.take(second)
    assert stage.held

    stage.take(replace(second, stance=Stance.OPEN))

    assert not stage.held
