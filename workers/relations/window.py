"""The window of recent claims on one route, as a value: event time, lateness, bounds by age and count.

The claims themselves lie in hash bands; the window knows how many there are in each stretch of time, which is
enough to say what is too late and what must go. Its size does not depend on the number of claims.
"""

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = timedelta(seconds=1)


class WindowReason(StrEnum):
    """Why a claim is not, or no longer, in a window."""

    LATE = "late"
    DUPLICATE = "duplicate"
    EVICTED_BY_AGE = "evicted-by-age"
    EVICTED_BY_COUNT = "evicted-by-count"


EVICTIONS = (WindowReason.EVICTED_BY_AGE, WindowReason.EVICTED_BY_COUNT)


@dataclass(frozen=True, slots=True)
class WindowPolicy:
    """``max_age`` bounds how far apart two related claims may be; ``lateness`` how late one may come in."""

    max_age: timedelta = timedelta(days=14)
    lateness: timedelta = timedelta(days=14)
    max_count: int = 100_000
    slice_width: timedelta = timedelta(hours=12)

    def __post_init__(self) -> None:
        if min(self.max_age, self.slice_width) <= timedelta(0) or self.lateness < timedelta(0):
            raise ValueError("a window needs a positive age and slice, and a lateness that is not negative")
        if self.max_count < 1:
            raise ValueError("a window holds at least one claim")


@dataclass(frozen=True, slots=True)
class Window:
    """``watermark`` is the latest event time seen; ``slices`` are (index, claims in it), in order.

    Nothing from before ``floor`` is in the window any more.
    """

    watermark: datetime | None = None
    slices: tuple[tuple[int, int], ...] = ()
    floor: datetime = _EPOCH

    @property
    def count(self) -> int:
        """How many claims are in the window."""
        return sum(count for _, count in self.slices)


@dataclass(frozen=True, slots=True)
class Evicted:
    """``count`` claims from before ``before`` have left the window."""

    reason: WindowReason
    count: int
    before: datetime


@dataclass(frozen=True, slots=True)
class Observed:
    """The window after a claim came in, and what had to leave it."""

    window: Window
    evicted: tuple[Evicted, ...] = field(default=())


def observe(window: Window, at: datetime, policy: WindowPolicy) -> Observed | WindowReason:
    """Add a claim with event time ``at``, or answer why it cannot be added.

    ``LATE`` is older than the watermark by more than the lateness; ``EVICTED_BY_COUNT`` lies in a stretch
    that a full window has let go. Whether a claim is there already its store knows, not the window.
    """
    watermark = max(at, window.watermark or at)
    if at < watermark - policy.lateness:
        return WindowReason.LATE
    if at < window.floor:
        return WindowReason.EVICTED_BY_COUNT
    counts = dict(window.slices)
    index = (at - _EPOCH) // policy.slice_width
    counts[index] = counts.get(index, 0) + 1
    grown = replace(window, watermark=watermark, slices=tuple(sorted(counts.items())))
    aged, by_age = _drop_aged(grown, policy)
    fitting, by_count = _drop_excess(aged, policy)
    return Observed(fitting, by_age + by_count)


def horizon(window: Window, policy: WindowPolicy) -> datetime:
    """Return the event time before which nothing can relate to a claim that may still come in."""
    if window.watermark is None:
        return window.floor
    return max(window.floor, window.watermark - policy.max_age - policy.lateness)


def _drop_aged(window: Window, policy: WindowPolicy) -> tuple[Window, tuple[Evicted, ...]]:
    assert window.watermark is not None
    first = (window.watermark - policy.max_age - policy.lateness - _EPOCH) // policy.slice_width
    gone = sum(count for index, count in window.slices if index < first)
    kept = tuple(item for item in window.slices if item[0] >= first)
    if not gone:
        return window, ()
    before = _EPOCH + first * policy.slice_width
    return replace(window, slices=kept), (Evicted(WindowReason.EVICTED_BY_AGE, gone, before),)


def _drop_excess(window: Window, policy: WindowPolicy) -> tuple[Window, tuple[Evicted, ...]]:
    """Let the oldest slices go until the rest fits; the newest slice always stays."""
    slices, excess, gone, floor = list(window.slices), window.count - policy.max_count, 0, window.floor
    while gone < excess and len(slices) > 1:
        index, count = slices.pop(0)
        gone += count
        floor = max(floor, _EPOCH + (index + 1) * policy.slice_width)
    if not gone:
        return window, ()
    kept = replace(window, slices=tuple(slices), floor=floor)
    return kept, (Evicted(WindowReason.EVICTED_BY_COUNT, gone, floor),)


def to_json(window: Window) -> str:
    """Return compact JSON; equal windows give equal text."""
    plain = {
        "watermark": window.watermark.isoformat() if window.watermark else None,
        "slices": window.slices,
        "floor": window.floor.isoformat(),
    }
    return json.dumps(plain, separators=(",", ":"))


def from_json(text: str) -> Window:
    """Read what ``to_json`` wrote."""
    plain = json.loads(text)
    watermark = plain["watermark"]
    return Window(
        datetime.fromisoformat(watermark) if watermark else None,
        tuple((index, count) for index, count in plain["slices"]),
        datetime.fromisoformat(plain["floor"]),
    )


def seconds(moment: datetime) -> int:
    """Return whole seconds since the epoch."""
    return (moment - _EPOCH) // _SECOND
