"""Fitted weights of ``asking`` (training.relations.fit_asking)."""

BIAS = -12.6474
WEIGHTS: tuple[float, ...] = (
    3.4887,  # words_shorter_covered
    5.4725,  # words_longer_covered
    2.0596,  # words_shared
    3.6852,  # names_fewer_covered
    0.4911,  # names_more_covered
    -0.5883,  # names_clash
    1.6438,  # neighbours_shared
    -0.2276,  # shorter_weight
    -0.6296,  # unnamed
    -2.8632,  # words_times_names
    -0.9742,  # log_odds_same_content
    0.1286,  # log_contrast_unrelated
    0.5649,  # log_contrast_same
    0.1896,  # log_contrast_opposite
    -2.5421,  # shared_clauses_opposed
    -0.5862,  # main_parts_opposed
    3.3207,  # negated_alike
    4.2900,  # share_enough
    0.9936,  # denied
    0.4355,  # figures_equal
    -2.3350,  # figures_differ
    0.0559,  # figures_loose
    0.3355,  # same_speaker
    1.5163,  # same_stance
    0.3774,  # same_day
    0.4075,  # routes_shared
    0.5371,  # log_shorter
    -0.5627,  # log_longer
)
