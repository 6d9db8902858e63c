"""Loads the trained pipeline that ships with claimwire, and says which one it is."""

from __future__ import annotations

from pathlib import Path

import spacy
from spacy.language import Language

import workers
from workers.domain.pipeline import PipelineInfo
from workers.nlp import claims, encoder, entities, extensions, facets, link_entities, masking, resolver
from workers.resources import resource

FACTORIES = (masking, encoder, entities, resolver, link_entities, claims, facets)


def load_pipeline(path: Path | None = None) -> Language:
    """Load ``en_claimwire``: the one that ships, or the folder ``path``.

    ``OSError`` or ``ValueError`` when the folder holds no such pipeline.
    """
    extensions.register()
    return spacy.load(path if path is not None else resource("models", "en_claimwire"))


def pipeline_info(nlp: Language) -> PipelineInfo:
    """What is stamped on every message. ``ValueError`` when ``nlp`` has no claimwire encoder."""
    for _, component in nlp.pipeline:
        if isinstance(component, encoder.ClaimwireEncoder):
            meta = nlp.meta
            return PipelineInfo(
                name="claimwire",
                version=workers.__version__,
                model=f"{meta['lang']}_{meta['name']}-{meta['version']}",
                model_sha256=component.model_sha256,
            )
    raise ValueError("the pipeline has no claimwire_encoder")
