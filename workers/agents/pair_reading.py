"""The pair model that ships beside the pipeline, put together: the network's scores and what they mean."""

from pathlib import Path

from workers.nlp.pair_model import PAIRS_FOLDER, PairReader
from workers.relations.opinion import PairModel
from workers.relations.reading import pair_model
from workers.resources import resource


def load_pair_model(model: Path | None = None) -> PairModel | None:
    """Load the one in the pipeline's folder (default: the shipped pipeline); ``None`` where there is none."""
    folder = model if model is not None else resource("models", "en_claimwire")
    return pair_model(PairReader(folder)) if (folder / PAIRS_FOLDER).is_dir() else None
