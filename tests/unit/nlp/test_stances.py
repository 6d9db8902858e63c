"""What the source holds of plans, quarrels and things called into question, on made-up sentences."""

from __future__ import annotations

import pytest

from workers.domain.claim import Act, Certainty, Stance
from workers.nlp.acts import facets
from workers.nlp.found import Facets


def told(cue: str, content: str, source: str = "She") -> Facets:
    text = f"{source} {cue} {content}"
    start = len(source) + 1
    end = start + len(cue)
    return facets(text, (start, end), [(end + 1, len(text))], source=source)


@pytest.mark.parametrize(
    ("cue", "content"),
    [
        ("backs", "the toll proposal"),
        ("opposed", "a bill to close the ferry line"),
        ("supports", "raising the toll"),
        ("praised", "the mayor’s plan for the quay"),
        ("has resisted", "such agreements"),
        ("questioned", "the need for a second pier"),
        ("denied", "a request by the press to see the letters"),
    ],
)
def test_a_plan_that_is_favoured_opposed_or_questioned_is_neither_true_nor_false(
    cue: str, content: str
) -> None:
    found = told(cue, content)

    assert (found.act, found.stance) == (Act.JUDGE, Stance.OPEN)
    assert found.certainty is Certainty.UNKNOWN


@pytest.mark.parametrize(
    ("cue", "content", "act"),
    [
        ("criticized", "the minister’s failure to pay", Act.JUDGE),
        ("called", "the proposal a disgrace", Act.JUDGE),
        ("dismissed", "Brand as a dreamer", Act.JUDGE),
        ("described", "the talks as hopeless", Act.JUDGE),
        ("described", "the long night at sea", Act.STATE),
        ("accused the campaign of", "buying votes", Act.ACCUSE),
    ],
)
def test_names_given_and_deeds_reproached_are_affirmed(cue: str, content: str, act: Act) -> None:
    found = told(cue, content)

    assert (found.act, found.stance, found.certainty) == (act, Stance.AFFIRMS, Certainty.CERTAIN)


def test_a_flat_denial_of_a_deed_still_refutes() -> None:
    found = told("denied", "that the yard was sold")

    assert (found.act, found.stance, found.certainty) == (Act.DENY, Stance.REFUTES, Certainty.CERTAIN)


@pytest.mark.parametrize("source", ["No one", "Nobody in the harbour", "Few dockers"])
def test_what_no_one_believes_is_refuted(source: str) -> None:
    assert told("expected", "the strike to last", source).stance is Stance.REFUTES
    assert told("expected", "the strike to last").stance is Stance.AFFIRMS


@pytest.mark.parametrize(
    ("cue", "content"),
    [
        ("are in a dispute over", "the northern islands"),
        ("have long debated", "the worth of the canal"),
        ("voiced disagreement about", "how to mend the crane"),
    ],
)
def test_a_quarrel_says_nothing_of_what_each_side_holds(cue: str, content: str) -> None:
    assert told(cue, content).stance is Stance.OPEN


@pytest.mark.parametrize(
    ("cue", "content", "act"),
    [
        ("asked", "for help", Act.DEMAND),
        ("is raising questions about", "the missing crates", Act.ASK),
        ("is investigating", "the harbour fund", Act.ASK),
        ("voted", "to hold the owner in contempt", Act.WANT),
        ("made an effort", "to win the dockers back", Act.WANT),
    ],
)
def test_requests_inquiries_and_votes_are_told_from_statements(cue: str, content: str, act: Act) -> None:
    found = told(cue, content)

    assert (found.act, found.stance) == (act, Stance.OPEN)


@pytest.mark.parametrize(
    ("cue", "content", "certainty"),
    [
        ("said", "that the owners should pay", Certainty.CERTAIN),
        ("said", "“I think the pier will hold”", Certainty.PROBABLE),
        ("said", "the rule was too vague to tell who could sail", Certainty.CERTAIN),
        ("said", "the pier could fall", Certainty.POSSIBLE),
        ("doubts", "that the owners will pay", Certainty.PROBABLE),
        ("expressed skepticism", "that the owners will pay", Certainty.PROBABLE),
    ],
)
def test_duty_is_no_guess_and_the_main_clause_tells_how_sure_the_source_is(
    cue: str, content: str, certainty: Certainty
) -> None:
    assert told(cue, content).certainty is certainty


@pytest.mark.parametrize(
    ("cue", "content", "stance"),
    [
        ("called", "the reports of a strike “fake and hype”", Stance.REFUTES),
        ("described", "the allegations as baseless", Stance.REFUTES),
        ("called", "the report not untrue", Stance.AFFIRMS),
        ("called", "the concert a lie", Stance.AFFIRMS),
        ("called", "the reports alarming", Stance.AFFIRMS),
    ],
)
def test_a_report_that_is_called_untrue_is_refuted_and_nothing_else_is(
    cue: str, content: str, stance: Stance
) -> None:
    assert told(cue, content).stance is stance


def test_what_follows_a_disagreement_and_a_colon_is_the_speakers_own_view() -> None:
    text = "Lund disagreed: the bridge is safe"
    own = facets(text, (5, 14), [(16, len(text))], ask_free=": ", source="Lund")

    assert (own.lemma, own.act, own.stance) == ("disagree", Act.STATE, Stance.AFFIRMS)
    assert told("disagrees", "that the bridge is safe").stance is Stance.REFUTES
