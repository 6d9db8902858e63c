"""The spaCy pipeline: text to entities and attributed claims."""
