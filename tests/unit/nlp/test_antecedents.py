"""Whom "he" and "she" mean, as learned; in doubt nobody."""

import pytest

from workers.nlp.antecedents import FEATURES, Candidate, Ranker, features, parsed, shipped
from workers.nlp.layout import lay_out

TEXT = "Ada Holt met Ines Roe in Aldis.\n\nRoe left. She said no."
LAYOUT = lay_out(TEXT)
SHE = TEXT.index("She")
ADA = Candidate([0], [], [0], True)
INES = Candidate([TEXT.index("Ines"), TEXT.index("Roe left")], [], [TEXT.index("Ines")], True)


def test_whoever_opened_the_sentence_before_is_meant() -> None:
    assert shipped().choose([ADA, INES], SHE, LAYOUT) == 1


def test_nobody_is_meant_where_nobody_was_named() -> None:
    assert shipped().choose([], SHE, LAYOUT) is None


def test_two_who_look_alike_are_left_open() -> None:
    unsure = Ranker((0.0,) * len(FEATURES), -9.0, 0.6)

    assert unsure.choose([ADA, INES], SHE, LAYOUT) is None


def test_chances_sum_to_one_with_nobody_s() -> None:
    chances = shipped().chances(features([ADA, INES], SHE, LAYOUT))

    assert len(chances) == 3
    assert abs(sum(chances) - 1.0) < 1e-9


def test_weights_of_other_features_are_refused() -> None:
    with pytest.raises(ValueError, match="other features"):
        parsed({"weights": {"other": 1.0}, "nobody": 0.0, "least": 0.4})
