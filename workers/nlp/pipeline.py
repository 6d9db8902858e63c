"""Loads the trained pipeline that ships with claimwire, and says which one it is."""

from __future__ import annotations

from pathlib import Path

import spacy
from spacy.language import Language

import workers
from workers.domain.pipeline import PipelineInfo
from workers.nlp import claims, encoder, entities, extensions, facets, link_entities, masking, resolver
from workers.nlp.seen import SeenWindows
from workers.resources import resource

FACTORIES = (masking, encoder, entities, resolver, link_entities, claims, facets)


def load_pipeline(
    path: Path | None = None, *, publisher_claims: bool = True, remembered_windows: int = 0
) -> Language:
    """Load ``en_claimwire``: the one that ships, or the folder ``path``.

    Without ``publisher_claims`` nothing is claimed in the outlet's own voice, whatever the folder says. What
    was found in the last ``remembered_windows`` (about 190 words each) is kept, so that copies cost little.
    ``OSError`` or ``ValueError`` when the folder holds no such pipeline.
    """
    extensions.register()
    nlp = spacy.load(path if path is not None else resource("models", "en_claimwire"))
    for _, component in nlp.pipeline:
        if isinstance(component, claims.ClaimwireClaims) and not publisher_claims:
            component.publisher_worth = None
        elif isinstance(component, encoder.ClaimwireEncoder):
            component.seen = SeenWindows(remembered_windows)
    return nlp


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
