"""The fit of what is worth asking: what a threshold asks of and what it loses."""

import numpy as np

from tests.builders import a_claim_told, an_enriched_article
from training.relations.fit_asking import Asked, arrays, asked_of, report
from workers.relations.asking import INPUTS
from workers.relations.opinion import Opinion


def an_asked(*, before: bool, related: bool) -> Asked:
    return Asked((0.0,) * len(INPUTS), before, related)


def test_only_what_words_leave_unrelated_is_fitted_on() -> None:
    values, labels = arrays(
        [
            an_asked(before=True, related=True),
            an_asked(before=False, related=True),
            an_asked(before=False, related=False),
        ]
    )

    assert values.shape == (2, len(INPUTS))
    assert labels.tolist() == [1.0, 0.0]


def test_a_threshold_is_told_with_what_it_asks_of_and_loses() -> None:
    found = [
        an_asked(before=True, related=True),
        an_asked(before=False, related=True),
        an_asked(before=False, related=True),
        an_asked(before=False, related=False),
    ]

    lines = list(report("made up", found, np.array([0.9, 0.001, 0.001])))

    assert lines[0] == "made up: 4 near pairs, 1 related by words, 3 after all were asked of"
    assert " *0.007: asks of 0.50, loses 1 of 3 relations" in lines


def test_every_near_pair_of_a_stream_is_asked_of_once_and_its_answer_kept() -> None:
    told = (
        "the bank would cut 400 jobs in Dalgrad next year",
        "some bank employees in Dalgrad will lose their jobs",
    )
    articles = [
        an_enriched_article(article_id=f"a{number}", claims=(a_claim_told(text, article_id=f"a{number}"),))
        for number, text in enumerate(told)
    ]

    (found,) = asked_of(articles, lambda pairs: [Opinion(0.0, 1.0, 0.0) for _ in pairs])

    assert not found.related_before
    assert found.related
