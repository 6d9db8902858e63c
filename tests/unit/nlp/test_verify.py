"""What the last look takes out, and the reason it counts."""

from dataclasses import replace

import pytest

from tests.builders import TEXT, a_claim, an_entity
from workers.domain.article import Masked, MaskReason, Withheld
from workers.domain.claim import Claim, Content, Offsets
from workers.nlp.assemble import Found
from workers.nlp.verify import verified


def sound() -> Found:
    claim = replace(a_claim(), entities=(an_entity().entity_id,))
    return Found((claim,), (an_entity(),))


def changed(claim: Claim) -> Found:
    return replace(sound(), claims=(claim,))


def test_what_slices_back_goes_out_untouched() -> None:
    last = verified(TEXT, sound(), ())

    assert last.found == sound()
    assert last.withheld == ()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (Content("Something else entirely", (Offsets(0, 32),)), Withheld.TEXT_DIFFERS),
        (Content("", (Offsets(9000, 9010),)), Withheld.OUT_OF_RANGE),
        (Content(f"{TEXT[12:32]} {TEXT[0:11]}", (Offsets(12, 32), Offsets(0, 11))), Withheld.OUT_OF_ORDER),
    ],
)
def test_a_claim_whose_content_does_not_slice_back_is_withheld(content: Content, reason: Withheld) -> None:
    claim = replace(sound().claims[0], content=content)

    last = verified(TEXT, changed(claim), ())

    assert (last.found.claims, last.withheld) == ((), (reason,))


def test_a_claim_that_touches_masked_text_is_withheld() -> None:
    last = verified(TEXT, replace(sound(), entities=()), (Masked(0, 3, MaskReason.PROMO),))

    assert (last.found.claims, last.withheld) == ((), (Withheld.MASKED,))


def test_a_claim_about_an_entity_that_is_withheld_goes_with_it() -> None:
    entity = an_entity()
    moved = replace(entity, mentions=(replace(entity.mentions[0], text="nobody"),))

    last = verified(TEXT, replace(sound(), entities=(moved,)), ())

    assert last.found == Found((), ())
    assert last.withheld == (Withheld.TEXT_DIFFERS, Withheld.UNKNOWN_ENTITY)
