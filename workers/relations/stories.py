"""Stories: claims that relations connect. The oldest claim's id makes the story's id."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from workers.domain.ids import content_id
from workers.domain.relation import StoryMerge
from workers.relations.known import Known


@dataclass(frozen=True, slots=True)
class Story:
    """``oldest`` is (event time in ISO form, claim id); ``into`` the story that this one was found to be."""

    story_id: str
    oldest: tuple[str, str]
    into: str | None = None


@dataclass
class StoryBook:
    """The stories that one decision sees, and what it changes in them.

    ``of`` maps claims to the story they were first put into, ``stories`` ids to stories; what is not in the
    ``changed`` fields stays as it was.
    """

    of: dict[str, str]
    stories: dict[str, Story]
    changed_of: dict[str, str] = field(default_factory=dict)
    changed: dict[str, Story] = field(default_factory=dict)
    merges: list[StoryMerge] = field(default_factory=list)

    def join(self, left: Known, right: Known, relation_id: str) -> str:
        """Put both claims into one story and return its id.

        The story whose oldest claim is older stays, the other is merged into it. A claim older than all of
        a story's gives the story its own id, a merge too: the last id does not depend on who came first.
        """
        wanted, story_id = min(self._wanted(left), self._wanted(right))
        found_at = max(left.at, right.at)
        joined: dict[str, Story] = {}
        for known in (left, right):
            current = self.story(known.claim_id)
            if current is None:
                self.changed_of[known.claim_id] = story_id
                self.of[known.claim_id] = story_id
            else:
                joined[current.story_id] = current
        for current in joined.values():
            if current.story_id != story_id:
                self._put(Story(current.story_id, current.oldest, story_id))
                self.merges.append(StoryMerge(current.story_id, story_id, relation_id, found_at))
        self._put(Story(story_id, wanted))  # unchanged, too: the database forgets what is long unwritten
        return story_id

    def story(self, claim_id: str) -> Story | None:
        """Return the story that the claim is in now, through all merges; none when it is forgotten."""
        story = self.stories.get(self.of.get(claim_id, ""))
        while story is not None and story.into is not None:
            story = self.stories.get(story.into)
        return story

    def _wanted(self, known: Known) -> tuple[tuple[str, str], str]:
        """Return the oldest claim of the claim's story, itself included, and what the story's id is to be.

        A claim that is stated anew with an earlier date may be the oldest for a second time. Its own story
        was merged by then and stays so: merges never run in a circle.
        """
        own, name = (known.at.isoformat(), known.claim_id), story_of(known.claim_id)
        story = self.story(known.claim_id)
        if story is None:
            return own, name
        if story.oldest <= own:
            return story.oldest, story.story_id
        return own, story.story_id if name in self.stories else name

    def _put(self, story: Story) -> None:
        self.stories[story.story_id] = story
        self.changed[story.story_id] = story


def story_of(claim_id: str) -> str:
    """Return the id of the story whose oldest claim this is."""
    return content_id("story", claim_id)


def resolved(story_id: str, merges: Mapping[str, str]) -> str:
    """Return what ``story_id`` is after all ``merges`` (from story to story)."""
    while story_id in merges:
        story_id = merges[story_id]
    return story_id
