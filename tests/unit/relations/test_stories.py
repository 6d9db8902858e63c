"""A story keeps one id through merges that never run in a circle, whatever becomes of its claims' dates."""

from datetime import timedelta

from tests.builders import NOON, a_known_claim
from workers.relations.known import Known
from workers.relations.stories import Story, StoryBook, resolved, story_of


def said(number: int, hour: int) -> Known:
    """Return a claim with an id of its own, said in that hour after noon."""
    at = NOON + timedelta(hours=hour)
    return a_known_claim(f"ferry {number} sank off Harn", article_id=f"a{number}", at=at)


def merged(book: StoryBook) -> dict[str, str]:
    """Return the merges as a reader of their topic holds them."""
    held: dict[str, str] = {}
    for merge in book.merges:
        assert merge.story_id not in held
        held[merge.story_id] = merge.into
    return held


def test_a_claim_of_the_story_that_is_dated_back_gives_it_its_own_id() -> None:
    book, first, second = StoryBook({}, {}), said(1, 3), said(2, 5)
    before = book.join(first, second, "r1")

    after = book.join(said(2, 1), first, "r1")

    assert after == story_of(second.claim_id)
    assert merged(book) == {before: after}


def test_two_claims_that_are_dated_back_in_turn_make_no_circle() -> None:
    book, first, second = StoryBook({}, {}), said(1, 3), said(2, 5)
    book.join(first, second, "r1")
    middle = book.join(said(2, 1), first, "r1")

    last = book.join(said(1, 0), said(2, 1), "r1")

    assert last == middle
    assert resolved(story_of(first.claim_id), merged(book)) == last
    assert book.stories[last] == Story(last, (said(1, 0).at.isoformat(), first.claim_id))


def test_a_story_is_written_whenever_a_claim_joins_so_that_it_outlives_its_claims() -> None:
    book, first = StoryBook({}, {}), said(1, 0)
    story = book.join(first, said(2, 1), "r1")
    later = StoryBook(dict(book.of), dict(book.stories))

    assert later.join(first, said(3, 2), "r2") == story
    assert set(later.changed) == {story}


def test_a_claim_whose_story_is_forgotten_begins_a_new_one() -> None:
    first, second = said(1, 0), said(2, 1)
    book = StoryBook({first.claim_id: "forgotten"}, {})

    assert book.join(first, second, "r1") == story_of(first.claim_id)
    assert book.of[first.claim_id] == story_of(first.claim_id)
