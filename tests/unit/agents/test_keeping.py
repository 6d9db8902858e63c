"""What the state database forgets with the window, and what it keeps longer."""

from datetime import timedelta

from workers.agents.alert_groups import GROUP
from workers.agents.keeping import retention
from workers.relations.records import Kind

LONG, WINDOW = timedelta(days=90), timedelta(days=28)
KEPT = retention(LONG, WINDOW, 7)


def test_claims_and_what_finds_them_go_with_the_window() -> None:
    assert KEPT.documents[Kind.CLAIM] == KEPT.documents[Kind.WINDOW] == KEPT.buckets == WINDOW


def test_what_was_published_is_known_for_longer() -> None:
    """A withdrawal or a merge may come long after the claims that made the relation."""
    assert {KEPT.documents[kind] for kind in (Kind.RELATION, Kind.STORY, Kind.STORY_OF, GROUP)} == {LONG}
    assert KEPT.revisions == LONG


def test_every_kind_of_relation_state_is_forgotten_some_day() -> None:
    assert set(Kind) <= KEPT.documents.keys()
