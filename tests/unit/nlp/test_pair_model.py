"""The pair model that ships reads two texts at once; a pair's scores depend on that pair alone."""

from pathlib import Path

import pytest

from workers.agents.pair_reading import load_pair_model
from workers.nlp.pair_model import PairReader
from workers.relations.reading import HEADS
from workers.resources import resource

OPEN, SHUT = "the old bridge at Ostrel is open to traffic", "the old bridge at Ostrel is not open to traffic"
OTHER = "a dentist in Harn has bought three goats"


@pytest.fixture(scope="module")
def reader() -> PairReader:
    return PairReader(resource("models", "en_claimwire"))


def test_it_scores_every_label_of_every_head(reader: PairReader) -> None:
    (scores,) = reader([(OPEN, SHUT)])

    assert len(scores) == sum(map(len, HEADS))


def test_a_pair_is_scored_the_same_whatever_is_asked_beside_it(reader: PairReader) -> None:
    alone = reader([(OPEN, SHUT)])[0]

    assert reader([(OTHER, OPEN), (OPEN, SHUT), ("rain", OTHER * 40)])[1] == alone


def test_a_pair_is_read_once_however_often_it_is_asked(reader: PairReader) -> None:
    reader([(OTHER, SHUT)])
    before = reader.remembered.cache_info()

    assert reader([(OTHER, SHUT), (OTHER, SHUT)])[0] == reader([(OTHER, SHUT)])[0]
    assert reader.remembered.cache_info().misses == before.misses


def test_it_tells_a_contradiction_and_another_matter_from_the_same() -> None:
    model = load_pair_model()
    assert model is not None

    same, opposite, other = model(
        [(OPEN, "the old bridge of Ostrel has been opened"), (OPEN, SHUT), (OPEN, OTHER)]
    )

    assert same.same > 0.5
    assert opposite.opposite > opposite.same
    assert other.unrelated > 0.9


def test_a_pipeline_without_a_pair_model_has_none(tmp_path: Path) -> None:
    assert load_pair_model(tmp_path) is None
