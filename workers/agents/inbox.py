"""What was handed over and no batch has taken yet: batches form while the loop is busy, not by a clock."""

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Generic, TypeVar

Item = TypeVar("Item")


class Inbox(Generic[Item]):
    """Holds at most ``most`` items: whoever puts in more waits. For one that puts and one that takes.

    Faust's ``noack_take`` wakes up every ``within`` seconds though nothing came; with three stages that was
    a tenth of what the event loop did.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._items: deque[Item] = deque()
        self._waiting: list[Item] = []
        self._some, self._full, self._room = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def put(self, item: Item) -> None:
        """Add ``item`` once there is room, unless it is forgotten while it waits."""
        self._waiting = [item]
        while len(self._items) >= self._most:
            self._room.clear()
            await self._room.wait()
        if not self._waiting:
            return
        self._waiting = []
        self._items.append(item)
        self._some.set()
        if len(self._items) >= self._most:
            self._full.set()

    async def take(self, wait: float) -> list[Item]:
        """Return all that is there, at least one; from the first on it has ``wait`` seconds to fill up."""
        while True:
            await self._some.wait()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._full.wait(), wait)
            if self._items:
                return self._emptied()

    def forget(self, unwanted: Callable[[Item], bool]) -> None:
        """Let go of the items that are ``unwanted``, the one that waits for room included."""
        self._waiting = [item for item in self._waiting if not unwanted(item)]
        kept = [item for item in self._emptied() if not unwanted(item)]
        self._items.extend(kept)
        if kept:
            self._some.set()

    def _emptied(self) -> list[Item]:
        items = list(self._items)
        self._items.clear()
        self._some.clear()
        self._full.clear()
        self._room.set()
        return items
