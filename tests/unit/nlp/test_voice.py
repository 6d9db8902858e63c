"""A sentence that the outlet itself vouches for becomes a claim; what somebody says or thinks does not."""

import pytest
import spacy
from spacy.tokens import Doc

from workers.domain.claim import SourceKind
from workers.nlp.claims import ClaimwireClaims
from workers.nlp.found import Draft, Role, RoleSpan, SentenceWorth
from workers.nlp.layout import lay_out
from workers.nlp.voice import own_voice, states_figure

HEADING = "Harbour to close"
FACT = "The yard built 14 ferries in the last two decades."
TEXT = f"{HEADING}\n\n{FACT} It rained."


def a_doc(text: str = TEXT, worth: float = 0.9) -> Doc:
    ClaimwireClaims()
    doc = spacy.blank("en").make_doc(text)
    doc._.claimwire_worths = worths(text, worth)
    return doc


def worths(text: str, worth: float = 0.9) -> tuple[SentenceWorth, ...]:
    return tuple(SentenceWorth(start, end, worth) for start, end in lay_out(text).sentences)


def drafts(doc: Doc, least: float | None = 0.5) -> tuple[Draft, ...]:
    return ClaimwireClaims(publisher_worth=least, publisher_score=0.8).predict(doc)


@pytest.mark.parametrize(
    "sentence",
    [
        FACT,
        "The ministry spent $1.2 million on the new pier in March.",
        "About half of the dockers of Aldis live north of the river.",
    ],
)
def test_a_plain_sentence_with_a_figure_is_a_fact_to_check(sentence: str) -> None:
    assert states_figure(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "The yard is one of the oldest on the whole coast.",  # no figure
        "The yard will reportedly build 14 ferries for the navy.",
        "The yard built 14 ferries, the report said on Monday.",
        "We built 14 ferries in the last two decades here.",
        "The yard should build 14 ferries in two decades.",
        "Did the yard build 14 ferries in the last decades?",
        "These 14 ferries were built in the last two decades.",
        "Fourteen ferries, two decades",
        "Built 14 ferries.",
    ],
)
def test_hearsay_views_fragments_and_sentences_without_a_figure_are_not(sentence: str) -> None:
    assert not states_figure(sentence)


def test_headings_and_what_somebody_is_named_for_are_left_out() -> None:
    heading = "The yard built 14 ferries in the last two decades."
    text = f"{heading}\n{FACT}\n{FACT}"
    body = text.index(FACT, len(heading))

    found = list(own_voice(text, lay_out(text), worths(text), [(body + 4, body + 8)]))

    assert [text[s.start : s.end] for s in found] == [FACT]
    assert found[0].start > body


def test_a_sentence_in_the_outlet_s_voice_becomes_its_claim() -> None:
    (draft,) = drafts(a_doc())

    assert [TEXT[start:end] for start, end in draft.contents] == [FACT]
    assert draft.cue is None
    assert draft.source is not None
    assert draft.source.resolved.kind is SourceKind.PUBLISHER
    assert (draft.score, draft.worth) == (0.8, 0.9)


def test_a_sentence_that_nobody_would_check_becomes_none() -> None:
    assert drafts(a_doc(worth=0.3)) == ()


def test_the_outlet_s_claims_can_be_switched_off() -> None:
    assert drafts(a_doc(), least=None) == ()


def test_what_somebody_says_is_his_claim_and_not_the_outlet_s_too() -> None:
    doc = a_doc()
    start = TEXT.index("built")
    doc._.claimwire_roles = (RoleSpan(Role.CUE, start, start + 5, 0.9, None),)

    assert drafts(doc) == ()
