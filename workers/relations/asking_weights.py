"""Fitted weights of ``asking`` (training.relations.fit_asking)."""

BIAS = -2.2180
WEIGHTS: tuple[float, ...] = (
    2.2947,  # words_shorter_covered
    4.7968,  # words_longer_covered
    2.6012,  # words_shared
    3.2846,  # names_fewer_covered
    0.4720,  # names_more_covered
    -0.9934,  # names_clash
    1.8847,  # neighbours_shared
    -0.3976,  # shorter_weight
    -1.2407,  # unnamed
    -2.8703,  # words_times_names
    -0.8765,  # log_odds_same_content
    0.1577,  # log_contrast_unrelated
    0.5541,  # log_contrast_same
    0.2462,  # log_contrast_opposite
    -2.3519,  # shared_clauses_opposed
    -0.5964,  # main_parts_opposed
    2.8123,  # negated_alike
    3.2325,  # share_enough
    -0.7467,  # denied
    -0.1071,  # figures_equal
    -2.5453,  # figures_differ
    0.2908,  # figures_loose
    0.2934,  # same_speaker
    0.1494,  # same_stance
    0.7738,  # same_day
    0.0410,  # routes_shared
    -0.0135,  # log_shorter
    -1.3710,  # log_longer
)
