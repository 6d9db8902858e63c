"""Fitted weights of ``contradiction`` (training.relations.fit_contradiction)."""

BIAS = -4.7599
WEIGHTS: tuple[float, ...] = (
    4.2003,  # words_longer_covered
    -0.2447,  # words_shared
    1.0290,  # names_fewer_covered
    1.9194,  # opposite
    1.5948,  # denied
    1.1484,  # answered
    0.2514,  # names_in_common
    -0.0555,  # fortnights_apart
)
