"""The spaCy pipeline: text to entities and attributed claims."""

from workers.nlp.pipeline import load_pipeline

__all__ = ["load_pipeline"]
