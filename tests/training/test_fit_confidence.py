"""The fit of claims' scores: what is fitted comes back, unseen articles judge it, and the config keeps it."""

import random
import shutil
from pathlib import Path

import numpy as np
import pytest

from training.fit_confidence import Judged, fit, unseen, write
from training.scores import calibration_error
from workers.nlp import load_pipeline
from workers.nlp.claims import ClaimwireClaims
from workers.nlp.confidence import NAMES, probability
from workers.resources import resource

TRUE = {"product": 0.8, "sourceless": -1.2, "constant": 0.5}


def rows(count: int, seed: int) -> list[Judged]:
    """Return claims whose chances follow ``TRUE``."""
    rng = random.Random(seed)
    made = []
    for number in range(count):
        found = (rng.gauss(0.5, 1.5), 0.0, float(rng.random() < 0.3), 0.0, 0.0, 0.0, 1.0)
        made.append(Judged(number % 80, found, 0.5, rng.random() < probability(found, TRUE)))
    return made


def test_weights_come_back() -> None:
    found = fit(rows(6000, 1))

    assert {name: found[name] for name in TRUE} == pytest.approx(TRUE, abs=0.12)


def test_a_kind_that_was_never_seen_has_no_weight() -> None:
    assert fit(rows(300, 2))["uncued"] == 0.0


def test_claims_are_judged_by_weights_of_other_articles() -> None:
    some = rows(2000, 3)
    changed = [Judged(row.article, row.found, row.score, row.right != (row.article % 5 == 0)) for row in some]

    before, after = unseen(some, 5), unseen(changed, 5)
    own = np.array([row.article % 5 == 0 for row in some])

    assert np.allclose(before[own], after[own])
    assert not np.allclose(before[~own], after[~own])
    assert calibration_error(before.tolist(), [row.right for row in some]) < 0.05


def test_the_pipeline_is_loaded_with_what_was_written(tmp_path: Path) -> None:
    model = tmp_path / "model"
    shutil.copytree(resource("models", "en_claimwire"), model)
    weights = {name: round(0.1 * place, 4) for place, name in enumerate(NAMES)}

    write(model, weights)

    component = load_pipeline(model).get_pipe("claims")
    assert isinstance(component, ClaimwireClaims)
    assert component.weights == weights
