"""Fitted weights of ``features.NAMES``, written by ``python -m training.relations.fit``."""

WEIGHTS: tuple[float, ...] = (
    1.1778,  # words_shorter_covered
    2.2760,  # words_longer_covered
    0.5937,  # words_shared
    1.8731,  # names_fewer_covered
    0.7858,  # names_more_covered
    -0.4681,  # names_clash
    0.7120,  # neighbours_shared
    -0.5245,  # shorter_weight
    -0.1808,  # unnamed
    -2.3410,  # words_times_names
)
BIAS: float = -1.2312
