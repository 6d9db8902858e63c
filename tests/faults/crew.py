"""Keeps workers running, as Compose, systemd or Kubernetes would."""

from collections import Counter
from collections.abc import Mapping, Sequence

from tests.support.stack import Stack, Worker, poll_until

_READY_LIMIT_S = 300.0


class Crew:
    """One worker for each of ``posts`` (its settings); counts how those that left had ended."""

    def __init__(self, stack: Stack, posts: Sequence[Mapping[str, str]]) -> None:
        self._stack = stack
        self.posts = posts
        self.members: list[Worker] = []
        self.exits: Counter[int] = Counter()

    def tend(self) -> None:
        """Start a worker at each post whose worker ended."""
        for number, settings in enumerate(self.posts):
            if number == len(self.members):
                self.members.append(self._stack.start_worker(**settings))
            elif (code := self.members[number].process.poll()) is not None:
                self.exits[code] += 1
                self.members[number] = self._stack.start_worker(**settings)

    def wait_until_one_is_ready(self) -> None:
        """Return when some worker has partitions."""

        def one_is_ready() -> bool:
            self.tend()
            return any(worker.process.poll() is None and worker.is_ready() for worker in self.members)

        poll_until(one_is_ready, _READY_LIMIT_S, "a ready worker")

    def newcomer(self) -> Worker:
        """Start a worker more, at the first post; it is nobody's to tend."""
        return self._stack.start_worker(**self.posts[0])
