"""Windows that were read before: a reprint, or a new revision, costs the network only what is new in it."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Sequence

from workers.nlp.encoded import Encoded, moved
from workers.nlp.found import Stretch
from workers.nlp.pieces import Window

Sentences = Sequence[Stretch]
Encode = Callable[[Sequence[Window], Sequence[Sentences]], list[Encoded]]


class SeenWindows:
    """Remembers what was found in the ``most`` windows asked for last; with 0 nothing, which is the default.

    A window's scores depend on that window alone, so what is remembered is what would be found again: the
    same pieces at the same distances, and the same sentences, wherever in a text they stand.
    """

    def __init__(self, most: int = 0) -> None:
        self.most = most
        self._held: OrderedDict[bytes, Encoded] = OrderedDict()

    def __len__(self) -> int:
        return len(self._held)

    def through(
        self, windows: Sequence[Window], sentences: Sequence[Sentences], encode: Encode
    ) -> list[Encoded]:
        """Return what ``encode`` makes of ``windows``, asking it for the unseen ones only, each once."""
        if not self.most:
            return encode(windows, sentences)
        keys = [_key(window, told) for window, told in zip(windows, sentences, strict=True)]
        first = {key: place for place, key in reversed(list(enumerate(keys))) if key not in self._held}
        unseen = sorted(first.values())
        made = encode([windows[place] for place in unseen], [sentences[place] for place in unseen])
        new = {
            keys[place]: moved(part, -_base(windows[place])) for place, part in zip(unseen, made, strict=True)
        }
        found = dict(zip(unseen, made, strict=True))
        for place, key in enumerate(keys):
            if place not in found:
                found[place] = moved(new.get(key) or self._held[key], _base(windows[place]))
        self._remember(keys, new)
        return [found[place] for place in range(len(windows))]

    def _remember(self, keys: Sequence[bytes], new: dict[bytes, Encoded]) -> None:
        self._held.update(new)
        for key in keys:
            self._held.move_to_end(key)
        while len(self._held) > self.most:
            self._held.popitem(last=False)


def _base(window: Window) -> int:
    return int(window.offsets[1, 0]) if len(window) > 2 else 0


def _key(window: Window, sentences: Sentences) -> bytes:
    base = _base(window)
    told = hashlib.blake2b(window.input_ids.tobytes(), digest_size=20)
    told.update(window.case_ids.tobytes())
    told.update((window.offsets[1:-1] - base).tobytes())
    told.update(repr([(start - base, end - base) for start, end in sentences]).encode())
    return told.digest()
