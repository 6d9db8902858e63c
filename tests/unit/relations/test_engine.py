"""One claim after another: what is found, what is refused, what becomes one story."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from tests.builders import NOON, a_claim_told
from tests.support.engine_stage import FIRE, MORE, MOST, Stage, told
from workers.domain.claim import Stance
from workers.domain.relation import Relation, RelationKind
from workers.relations.bands import claims_in
from workers.relations.engine import Policy, keep, relate, relation_id, withdraw
from workers.relations.known import MAX_ROUTES, routes
from workers.relations.opinion import Opinion
from workers.relations.stories import story_of
from workers.relations.window import WindowPolicy, WindowReason
from workers.state.sqlite import SqliteStore


@pytest.fixture
def stage() -> Stage:
    return Stage()


def test_a_pair_found_on_several_routes_is_one_relation(stage: Stage) -> None:
    first, second = told(FIRE, 0, "a"), told(MORE, 1, "b")
    assert len(set(routes(first)) & set(routes(second))) > 1

    stage.take(first)
    published = [relation for decided in stage.take(second) for relation in decided.relations]

    (relation,) = published
    assert relation.relation_id == relation_id(first.claim_id, second.claim_id)
    assert relation.kind is RelationKind.UPDATES
    assert (relation.left.claim_id, relation.right.claim_id) == (first.claim_id, second.claim_id)


def test_the_earlier_claim_is_left_whichever_came_in_first(stage: Stage) -> None:
    early, late = told(FIRE, 0, "a"), told(MORE, 1, "b")

    stage.take(late)
    stage.take(early)

    (relation,) = stage.held.values()
    assert relation.left.claim_id == early.claim_id
    assert relation.found_at == late.published_at


def test_a_claim_takes_no_more_than_three_routes() -> None:
    names = "Ada, Brisk, Corran, Dalgrad, Ester and Farid met the mayor of Greyling on the bridge"

    assert len(routes(told(names, 0, "a"))) == MAX_ROUTES


def test_a_claim_without_a_name_meets_another_by_its_rarer_words(stage: Stage) -> None:
    said = "the units include two armored brigades and an engineering regiment trained to lay pontoon bridges"
    stage.take(a_claim_told(said, source=None, article_id="a"))
    stage.take(a_claim_told(said, source=None, article_id="b"))

    assert len(stage.held) == 1


def test_a_claim_twice_is_refused_and_changes_nothing(stage: Stage) -> None:
    stage.take(told(FIRE, 0, "a"))
    stage.take(told(MORE, 1, "b"))

    again = stage.take(told(MORE, 1, "b"))

    assert again
    assert {decided.refused for decided in again} == {WindowReason.DUPLICATE}
    assert not any(decided.documents or decided.relations for decided in again)


def test_a_late_claim_is_refused() -> None:
    stage = Stage(Policy(window=WindowPolicy(lateness=timedelta(hours=1))))
    stage.take(told(FIRE, 5, "a"))

    refused = stage.take(told(MORE, 0, "b"))

    assert WindowReason.LATE in {decided.refused for decided in refused}
    assert not stage.held


def test_claims_too_far_apart_are_not_held_against_each_other(stage: Stage) -> None:
    stage.take(told(FIRE, 0, "a"))
    stage.take(told(MORE, 24 * 15, "b"))

    assert not stage.held


def test_a_story_keeps_its_id_as_it_grows(stage: Stage) -> None:
    first = told(FIRE, 0, "a")
    for claim in (first, told(MORE, 1, "b"), told(MOST, 2, "c")):
        stage.take(claim)

    assert len(stage.held) == 3
    assert {relation.story_id for relation in stage.held.values()} == {story_of(first.claim_id)}
    assert not stage.merges


def test_a_claim_that_joins_two_stories_publishes_a_merge_and_rewrites_nothing(stage: Stage) -> None:
    dam = "the owner of Greyling Dam had skipped the repair of the east wall"
    quarry = "cracks in the quarry of Tolbridge were known to the inspectors"
    both = "the owner of Greyling Dam had skipped the repair of the east wall. " + (
        "Cracks in the quarry of Tolbridge were known to the inspectors."
    )
    for hour, (text, article) in enumerate([(dam, "a"), (dam, "b"), (quarry, "c"), (quarry, "d")]):
        stage.take(told(text, hour, article))
    before = dict(stage.held)
    assert len({relation.story_id for relation in before.values()}) == 2

    stage.take(told(both, 5, "e"))

    (merge,) = stage.merges
    assert merge.into == story_of(told(dam, 0, "a").claim_id)
    assert {stage.story(relation) for relation in stage.held.values()} == {merge.into}
    assert before.items() <= stage.held.items()


def test_an_older_claim_that_comes_late_gives_the_story_its_id_by_a_merge(stage: Stage) -> None:
    stage.take(told(MORE, 1, "b"))
    stage.take(told(MOST, 2, "c"))
    oldest = told(FIRE, 0, "a")

    stage.take(oldest)

    assert {stage.story(relation) for relation in stage.held.values()} == {story_of(oldest.claim_id)}
    assert len(stage.merges) == 1


def test_buckets_are_bounded_however_hot_their_key_is() -> None:
    stage = Stage(Policy(band_size=5, candidates=4))
    for number in range(12):
        stage.take(told(FIRE, number, f"a{number}"))

    assert max(len(claims_in(bucket)) for bucket in stage.reader.kept_buckets()) == 5


def test_a_transaction_of_the_state_database_is_all_that_is_needed() -> None:
    store = SqliteStore(":memory:")
    found: list[Relation] = []
    for claim in (told(FIRE, 0, "a"), told(MORE, 1, "b")):
        for route in routes(claim):
            with store.transaction() as transaction:
                decided = relate(transaction, Policy(), route, claim, NOON)
                keep(transaction, decided)
                found += decided.relations

    gone: list[str] = []
    with store.transaction() as transaction:
        for route in routes(told(FIRE, 0, "a")):
            decided = withdraw(transaction, route, told(FIRE, 0, "a").claim_id)
            keep(transaction, decided)
            gone += decided.retracted
    store.close()

    assert [relation.kind for relation in found] == [RelationKind.UPDATES]
    assert gone == [found[0].relation_id]


def test_a_model_is_asked_about_the_nearest_pairs_only() -> None:
    stage, asked = Stage(Policy(asked=2)), []

    def model(pairs: Sequence[tuple[str, str]]) -> list[Opinion]:
        asked.append(len(pairs))
        return [Opinion(0.0, 1.0, 0.0)] * len(pairs)

    for number in range(5):
        said = a_claim_told(
            "the bridge at Ostrel was closed to traffic", article_id=f"a{number}", source=f"Speaker {number}"
        )
        for route in routes(said):
            stage.keep(relate(stage.reader, stage.policy, route, said, NOON, model=model))

    assert asked == [1, 2, 2, 2]


def test_a_model_is_not_asked_where_no_answer_of_its_could_make_a_relation() -> None:
    stage = Stage()
    asked: list[tuple[str, str]] = []

    def model(pairs: Sequence[tuple[str, str]]) -> list[Opinion]:
        asked.extend(pairs)
        return [Opinion(0.0, 1.0, 0.0)] * len(pairs)

    for number, stance in enumerate([Stance.AFFIRMS, Stance.OPEN]):
        said = told("the bridge at Ostrel was closed to traffic", number, f"a{number}", stance=stance)
        for route in routes(said):
            stage.keep(relate(stage.reader, stage.policy, route, said, NOON, model=model))

    assert asked == []
    assert stage.held == {}
