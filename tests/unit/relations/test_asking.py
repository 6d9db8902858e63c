"""Of which pairs a pair model is asked: those that its answer may change."""

from dataclasses import replace

from tests.builders import a_known_claim
from workers.relations.asking import INPUTS, chance, inputs, may_be_asked, worth_asking
from workers.relations.asking_weights import WEIGHTS
from workers.relations.known import Known
from workers.relations.pairs import judge
from workers.relations.thresholds import Thresholds

ALWAYS, NEVER = Thresholds(asked=0.0), Thresholds(asked=1.1)


def pair(left: str, right: str) -> tuple[Known, Known]:
    return a_known_claim(left, article_id="a1"), a_known_claim(right, article_id="a2")


NEAR = pair(
    "the bank would cut 400 jobs in Dalgrad next year",
    "some bank employees in Dalgrad will lose their jobs",
)
TOLD_ALIKE = pair(
    "the shell hit the border post and wounded three guards",
    "a shell had hit the border post, wounding three guards",
)
NAMES_ALONE = pair("the mayor of Ostrel had resigned", "a ferry from Ostrel had run aground off the coast")


def test_there_is_a_weight_for_every_input() -> None:
    assert len(WEIGHTS) == len(INPUTS) == len(inputs(*NEAR))


def test_what_words_leave_open_is_asked_of_as_far_as_an_answer_is_likely_to_matter() -> None:
    assert judge(*NEAR).kind is None
    assert worth_asking(*NEAR)
    assert not worth_asking(*NEAR, NEVER)


def test_what_words_relate_is_asked_of_however_sure_they_are() -> None:
    assert judge(*TOLD_ALIKE).kind is not None
    assert worth_asking(*TOLD_ALIKE, NEVER)


def test_what_shares_names_alone_is_not_asked_of() -> None:
    assert not may_be_asked(*NAMES_ALONE)
    assert not worth_asking(*NAMES_ALONE, ALWAYS)


def test_an_article_is_not_held_against_itself() -> None:
    left, right = TOLD_ALIKE
    assert not worth_asking(left, replace(right, side=replace(right.side, article_id="a1")), ALWAYS)


def test_the_more_two_texts_share_the_likelier_an_answer_matters() -> None:
    assert chance(inputs(*NEAR)) > chance(inputs(*NAMES_ALONE))


def test_the_chance_is_the_same_whichever_text_comes_first() -> None:
    left, right = NEAR
    swapped = dict(zip(INPUTS, inputs(right, left), strict=True))
    for name, value in zip(INPUTS, inputs(left, right), strict=True):
        if not name.startswith("log_contrast"):  # of a claim and an article on it, which are no alike
            assert swapped[name] == value, name
