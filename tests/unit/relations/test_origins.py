"""Five reports may be one origin: copies, one speaker, one outlet that all had it from."""

from dataclasses import replace
from datetime import timedelta

from tests.builders import NOON, a_known_claim, a_source
from workers.domain.claim import SourceKind, Via
from workers.domain.relation import Relation, RelationKind
from workers.relations.known import Known
from workers.relations.origins import origins_of, shared_origins
from workers.relations.sketches import article_signature, signature_similarity

SAID = "the bridge at Ostrel is closed"
REPORT = " ".join(
    f"Paragraph {number} of the report tells how crew {number * 7} worked on pier {number * 3} of the bridge."
    for number in range(40)
)
OTHER_REPORT = " ".join(
    f"On day {number} the council heard speaker {number * 5} about the price of {number * 11} loaves."
    for number in range(40)
)


def told(source: object = "Ada Holt", article: str = "a1", **changes: object) -> Known:
    """Return the closing of the bridge as an article tells it."""
    return a_known_claim(SAID, source=source, article_id=article, **changes)


def via(name: str) -> tuple[Via, ...]:
    """Return one outlet that it is known through."""
    return (Via(name, 0, len(name), name, None),)


UNNAMED = a_source(text="an official", name="an official", kind=SourceKind.ANONYMOUS, entity_id=None)


def test_two_speakers_are_two_origins() -> None:
    found = origins_of(told("Ada Holt"), told("Ivo Marsh", "a2", publisher="ridgepost.example"))

    assert (found.left, found.right, found.independent) == ("Ada Holt", "Ivo Marsh", True)


def test_one_speaker_in_two_outlets_is_one_origin() -> None:
    found = origins_of(told("Ada Holt"), told("Ada  Holt", "a2", publisher="ridgepost.example"))

    assert (found.left, found.right, found.independent) == ("Ada Holt", "Ada Holt", False)


def test_a_surname_and_a_title_are_the_same_speaker() -> None:
    assert not origins_of(told("Holt"), told("Minister Ada Holt", "a2", publisher="b.example")).independent
    assert origins_of(told("Ivo Holt"), told("Ada Holt", "a2", publisher="b.example")).independent


def test_one_outlet_behind_both_is_one_origin() -> None:
    found = origins_of(
        told(UNNAMED, via=via("Reuters")), told(UNNAMED, "a2", publisher="b.example", via=via("reuters"))
    )

    assert (found.left, found.independent) == ("Reuters", False)


def test_quoting_the_other_outlet_is_one_origin() -> None:
    found = origins_of(
        told(UNNAMED, publisher="dailybrisk.example"),
        told(UNNAMED, "a2", publisher="ridgepost.example", via=via("the Daily Brisk")),
    )

    assert not found.independent


def test_unnamed_sources_of_two_outlets_are_two_origins() -> None:
    found = origins_of(told(UNNAMED, publisher="a.example"), told(UNNAMED, "a2", publisher="b.example"))

    assert (found.left, found.right, found.independent) == ("a.example", "b.example", True)


def test_a_reprint_is_one_origin_whoever_speaks_in_it() -> None:
    reprint = REPORT[: len(REPORT) * 7 // 10] + " Sign up for our newsletter."
    found = origins_of(
        told("Ada Holt", publisher="wire.example", signature=article_signature(REPORT)),
        told("Ivo Marsh", "a2", publisher="brisk.example", signature=article_signature(reprint)),
    )

    assert (found.left, found.independent) == ("wire.example", False)


def test_two_articles_on_one_matter_are_no_copies() -> None:
    one, other = article_signature(REPORT), article_signature(OTHER_REPORT)
    assert one is not None
    assert other is not None

    assert signature_similarity(one, other) < 0.1
    assert signature_similarity(one, one) == 1.0


def test_a_text_too_short_to_tell_has_no_signature() -> None:
    assert article_signature("Shares rose.") is None


def test_a_long_sentence_in_the_same_words_is_a_copy_when_only_claims_are_known() -> None:
    words = "the units include two armored brigades and an engineering regiment trained to lay bridges"
    left = a_known_claim(words, source=UNNAMED, publisher="wire.example")
    right = a_known_claim(words, source=UNNAMED, publisher="brisk.example", article_id="a2")

    assert not origins_of(left, right).independent


def test_three_articles_of_which_two_share_an_origin_have_two() -> None:
    wire = told("Ada Holt", "wire")
    reprint = told("Ada Holt", "reprint", at=NOON + timedelta(hours=1))
    other = told("Ivo Marsh", "other", at=NOON + timedelta(hours=2))

    groups = shared_origins([related(wire, reprint), related(wire, other), related(reprint, other)])

    assert groups == (("other",), ("reprint", "wire"))


def related(left: Known, right: Known) -> Relation:
    """Return a relation between both."""
    return Relation(
        relation_id=left.claim_id,
        kind=RelationKind.CORROBORATES,
        subject_id="bridge",
        story_id=left.claim_id,
        left=left.side,
        right=replace(right.side),
        origins=origins_of(left, right),
        change=None,
        score=0.9,
        found_at=right.at,
        pipeline=right.pipeline,
    )
