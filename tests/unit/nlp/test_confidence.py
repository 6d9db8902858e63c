"""A claim's score is a probability: it grows with what its parts are worth, and tells kinds apart."""

from dataclasses import replace

import pytest

from workers.domain.claim import Quotation, SourceKind
from workers.nlp import load_pipeline
from workers.nlp.claims import ClaimwireClaims
from workers.nlp.confidence import NAMES, UNCALIBRATED, evidence, probability
from workers.nlp.found import Draft, Resolved, Speaker

TEXT = "Ada Holt said the ferry had been inspected twice."
HOLT = Speaker(0, 8, Resolved("Ada Holt", SourceKind.PERSON), 0.9)
SAID = Draft(((14, 48),), (9, 13), HOLT, Quotation.INDIRECT, 0.6)


@pytest.fixture(scope="module")
def weights() -> dict[str, float]:
    component = load_pipeline().get_pipe("claims")
    assert isinstance(component, ClaimwireClaims)
    return dict(component.weights)


def scored(draft: Draft, weights: dict[str, float]) -> float:
    return probability(evidence(TEXT, draft), weights)


def test_the_shipped_pipeline_has_a_weight_for_every_name(weights: dict[str, float]) -> None:
    assert sorted(weights) == sorted(NAMES)


def test_without_weights_the_product_is_the_score() -> None:
    assert probability(evidence(TEXT, SAID), UNCALIBRATED) == pytest.approx(0.6)


def test_a_claim_of_surer_parts_is_more_probable(weights: dict[str, float]) -> None:
    scores = [scored(replace(SAID, score=product), weights) for product in (0.2, 0.4, 0.6, 0.8, 0.95)]

    assert scores == sorted(scores)
    assert all(0.0 < score < 1.0 for score in scores)


def test_a_claim_without_a_cue_or_a_source_is_less_probable(weights: dict[str, float]) -> None:
    assert scored(replace(SAID, cue=None), weights) < scored(SAID, weights)
    assert scored(replace(SAID, source=None), weights) < scored(SAID, weights)


def test_a_direct_quotation_is_more_probable_than_the_same_words_in_indirect_speech(
    weights: dict[str, float],
) -> None:
    assert scored(replace(SAID, quotation=Quotation.DIRECT), weights) > scored(SAID, weights)


def test_a_product_of_nothing_is_no_certainty(weights: dict[str, float]) -> None:
    assert 0.0 < scored(replace(SAID, score=0.0), weights) < scored(replace(SAID, score=1.0), weights) < 1.0
