"""Act, stance, certainty, condition and time follow from the cue and the content."""

import pytest

from workers.domain.claim import Act, Certainty, ClaimTime, Stance
from workers.nlp.acts import facets
from workers.nlp.found import Facets
from workers.nlp.lexicon import head_lemma


def said(cue: str, content: str, between: str = "") -> Facets:
    """Facets of "<cue> <between><content>"."""
    text = f"{cue} {between}{content}"
    return facets(text, (0, len(cue)), [(len(text) - len(content), len(text))], between)


@pytest.mark.parametrize(
    ("cue", "lemma"),
    [
        ("said", "say"),
        ("has repeatedly denied", "deny"),
        ("refused to confirm", "confirm"),
        ("according to", "accord"),
        ("continued to call for", "call"),
        ("criticised", "criticize"),
        ("is planning", "plan"),
        ("vowed", "vow"),
        ("worries", "worry"),
        ("telegraphed", "telegraph"),
        ("", ""),
    ],
)
def test_the_lemma_is_of_the_word_that_carries_the_act(cue: str, lemma: str) -> None:
    assert head_lemma(cue) == lemma


@pytest.mark.parametrize(
    ("cue", "content", "act", "stance"),
    [
        ("said", "the yard is sold", Act.STATE, Stance.AFFIRMS),
        ("denied", "the reports of a sale", Act.DENY, Stance.REFUTES),
        ("did not deny", "that the yard was sold", Act.DENY, Stance.OPEN),
        ("refused to confirm", "that the yard was sold", Act.CONFIRM, Stance.OPEN),
        ("declined to comment on", "the sale", Act.STATE, Stance.OPEN),
        ("confirmed", "the sale", Act.CONFIRM, Stance.AFFIRMS),
        ("dismissed", "the report as invented", Act.DENY, Stance.REFUTES),
        ("rejected", "the plan for a second port", Act.JUDGE, Stance.OPEN),
        ("does not believe", "the yard will be sold", Act.BELIEVE, Stance.REFUTES),
        ("doubts", "that the yard will be sold", Act.BELIEVE, Stance.REFUTES),
        ("believes", "the yard will be sold", Act.BELIEVE, Stance.AFFIRMS),
        ("wants", "to sell the yard", Act.WANT, Stance.OPEN),
        ("vowed", "to keep the yard", Act.PROMISE, Stance.AFFIRMS),
        ("accused", "the board of fraud", Act.ACCUSE, Stance.AFFIRMS),
        ("predicted", "a hard winter", Act.PREDICT, Stance.AFFIRMS),
        ("demanded", "a recount", Act.DEMAND, Stance.OPEN),
        ("called for", "a recount", Act.DEMAND, Stance.OPEN),
        ("called", "the sale “a trap”", Act.JUDGE, Stance.AFFIRMS),
        ("asked", "whether the yard was sold", Act.ASK, Stance.OPEN),
        ("asked", "the board to wait", Act.DEMAND, Stance.OPEN),
        ("never said", "the yard was sold", Act.STATE, Stance.OPEN),
        ("said", "“Who sold the yard?”", Act.ASK, Stance.OPEN),
    ],
)
def test_act_and_stance(cue: str, content: str, act: Act, stance: Stance) -> None:
    found = said(cue, content)

    assert (found.act, found.stance) == (act, stance)


def test_telling_somebody_to_do_something_is_a_demand() -> None:
    assert said("told", "leave the quay", between="the crews to ").act == Act.DEMAND
    assert said("told", "the quay is closed", between="the crews that ").act == Act.STATE


@pytest.mark.parametrize(
    ("cue", "content", "certainty"),
    [
        ("said", "the yard is sold", Certainty.CERTAIN),
        ("said", "the yard may be sold", Certainty.POSSIBLE),
        ("said", "the yard will probably be sold", Certainty.PROBABLE),
        ("said", "it is not yet clear who bought the yard", Certainty.UNKNOWN),
        ("believes", "the yard is sold", Certainty.PROBABLE),
        ("asked", "who bought the yard", Certainty.UNKNOWN),
        ("said", "the yard is sold, though the price could rise", Certainty.CERTAIN),
    ],
)
def test_certainty_is_the_main_clause_s(cue: str, content: str, certainty: Certainty) -> None:
    assert said(cue, content).certainty == certainty


def test_a_condition_ends_with_its_clause() -> None:
    found = said("said", "If the yard is sold, we will strike")

    assert found.condition is not None
    assert found.condition.text == "If the yard is sold"
    assert found.time == ClaimTime.FUTURE


@pytest.mark.parametrize("content", ["it felt as if the yard was sold", "she would ask if the yard was sold"])
def test_not_every_if_is_a_condition(content: str) -> None:
    assert said("said", content).condition is None


@pytest.mark.parametrize(
    ("content", "time", "negated"),
    [
        ("the yard was sold", ClaimTime.PAST, False),
        ("the yard is not for sale", ClaimTime.PRESENT, True),
        ("the yard will never be sold", ClaimTime.FUTURE, True),
        ("troops have been sent", ClaimTime.PAST, False),
        ("we’ll fight on", ClaimTime.FUTURE, False),
    ],
)
def test_time_and_negation_of_the_content(content: str, time: ClaimTime, *, negated: bool) -> None:
    found = said("said", content)

    assert (found.time, found.negated) == (time, negated)
