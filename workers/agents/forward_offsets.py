"""Which offset of a partition may be committed: everything before it is settled."""

from dataclasses import dataclass, field


@dataclass
class Offsets:
    """One partition's records in flight; ``next`` is the offset after the last one taken."""

    next: int
    _open: set[int] = field(default_factory=set)

    def taken(self, offset: int) -> None:
        """Note a record that must be settled before its offset may be committed."""
        self._open.add(offset)
        self.next = offset + 1

    def settled(self, offset: int) -> None:
        """Note that the record was delivered, dropped or dead-lettered."""
        self._open.discard(offset)

    @property
    def committable(self) -> int:
        """The offset to read from after a crash."""
        return min(self._open, default=self.next)

    @property
    def in_flight(self) -> int:
        """How many records are not settled."""
        return len(self._open)
