"""Which program and which model made a record."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PipelineInfo:
    """Stamped into every message; ``model_sha256`` is the digest of the encoder file that ran."""

    name: str
    version: str
    model: str
    model_sha256: str
