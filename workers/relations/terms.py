"""The telling words of a claim's content, brought to one form: stems, classes of near-synonyms, names."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from workers.relations import caches
from workers.relations.words import COMMON, EMPTY, VERY_COMMON

_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|[’'.-](?=[^\W\d_]))*|\d[\d,]*(?:\.\d+)?")
_SENTENCE_START = re.compile(r"(?:[.!?:][\"”’']?\s+|[“\"‘])\W*$")  # in what stands between two words
_WEIGHTS = {
    word: weight for words, weight in ((COMMON, 0.6), (VERY_COMMON, 0.3), (EMPTY, 0.0)) for word in words
}
_RARE = 1.0
_SENTENCE_END = re.compile(
    r"(?<=[.!?])(?<!\.\w\.)(?<!\b(?:Mr|Ms|Dr|St|Lt)\.)(?<!\b(?:Mrs|Gov|Sen|Rep|Gen|Col|Rev|Sgt|Hon)\.)"
    r"(?<!\b(?:Pres|Prof|Capt)\.)"
    r"[\"”’']?\s+(?=\W?[A-Z])"
    r"|(?<=[,.]\"|[,.]”)\s+(?=[\"“])"
)
_LEAST_PART = 1.5
_MOST_PARTS = 4
_DEMONYM = re.compile(r"(?:ians?|eans?|ans?|ese|is?|ish|ia|ea|as?|e)$")

# Each line is one thing that news says in several ways; words are given as they are written.
_SAME = """
kill killed killing dead dies died die death deaths toll fatality fatalities
kill fatal deadly perished bodies slain
injure injured injuries wounded wound wounds hurt
troop troops soldier soldiers servicemen serviceman military army forces fighters
move moved movement movements moving deploy deployed deployment deployments sent send sends
move massed massing buildup mobilise mobilize
missing unaccounted disappeared
attack attacked attacks strike strikes struck assault assaults raid raids offensive invade invasion
shell shelled shelling fired fire firing shot shots shooting
collapse collapsed fail failed failure burst breach breached
flee fled left leave leaves leaving evacuate evacuated displaced escaped escape
meet meets met meeting talks negotiations negotiate negotiation talk
withdraw withdrew withdrawn withdrawal pullback retreat retreated
rise rises rose risen increase increased increases grow grew grown climb climbed jump jumped
rise surge surged soar soared
fall falls fell fallen drop drops dropped decline declined decrease decreased slip slipped plunge plunged
fall tumble tumbled lost
warn warned warning warnings
detain detained arrest arrested arrests custody jailed
resign resigned resignation quit quits stepped
house houses home homes
firm firms company companies business businesses
child children kid kids boy boys girl girls
police officers officer
buy bought acquire acquired acquisition purchase purchased takeover
begin began begun start started starts launch launched
end ended finish finished halt halted stop stopped
chief head leader
agree agreed agreement deal accord pact
vote votes voted ballot ballots poll polls
crash crashed crashes
blast blasts explosion explosions exploded bomb bombs bombing bombings
quake earthquake tremor
pupil pupils student students
lawyer lawyers attorney attorneys counsel
film movie
picture pictures photo photos photograph photographs image images
win won wins victory
plan plans planned planning
show shows showed shown
find found finds discover discovered
give gave given gives
take took taken takes
go went gone goes
make made makes
come came comes
know knew known knows
""".strip().splitlines()

# Places and their people, where cutting an ending off is not enough or the sentence starts with them.
_PLACES = """
russia russian russians moscow kremlin
ukraine ukrainian ukrainians
china chinese
korea korean koreans
america american americans us usa
britain british briton britons uk
germany german germans
france french
spain spanish
israel israeli israelis
iran iranian iranians
iraq iraqi iraqis
syria syrian syrians
turkey turkish
mexico mexican mexicans
canada canadian canadians
europe european europeans
""".strip().splitlines()


@dataclass(frozen=True, slots=True)
class Terms:
    """``weights`` by term, ``total`` their sum; ``names`` are proper names' terms; ``order`` as they come."""

    weights: Mapping[str, float]
    total: float
    names: frozenset[str]
    order: tuple[str, ...]

    @property
    def pairs(self) -> frozenset[tuple[str, str]]:
        """Neighbours; made anew each time, as they would be half of what a text takes up."""
        return frozenset(pairwise(self.order))


@lru_cache(maxsize=caches.TEXTS)
def terms_of(text: str) -> Terms:
    """Return the telling terms of ``text``; numbers are left to the figures."""
    weights: dict[str, float] = {}
    names: set[str] = set()
    order: list[str] = []
    before = 0
    for match in _WORD.finditer(text):
        end, before = before, match.end()
        weight, term, name = _word(match.group())
        if not weight:
            continue
        if name and not (weight < _RARE and _starts_sentence(text, end, match.start())):
            term = name
            names.add(name)
        weights[term] = max(weight, weights.get(term, 0.0))
        order.append(term)
    return Terms(weights, sum(weights.values()), frozenset(names), tuple(order))


@lru_cache(maxsize=caches.TEXTS)
def parts_of(text: str) -> tuple[str, ...]:
    """Return the sentences of a content that say enough to be compared; the whole text if none does."""
    found = [part.strip() for part in _SENTENCE_END.split(text)]
    telling = [part for part in found if terms_of(part).total >= _LEAST_PART]
    return tuple(telling[:_MOST_PARTS]) or (text,)


def _starts_sentence(text: str, start: int, end: int) -> bool:
    """Does the word at ``end`` start a sentence or a quotation? The word before it ends at ``start``."""
    between = text[start:end]
    return _SENTENCE_START.search(between) is not None or (
        not start and not any(map(str.isalnum, between)) and "_" not in between
    )


def stem(word: str) -> str:
    """Return a lower-case word without its English ending; rough, but the same for all its forms."""
    for ending, replacement, shortest in (
        ("ies", "y", 5), ("sses", "ss", 6), ("ing", "", 6), ("ed", "", 5), ("ly", "", 6), ("s", "", 4),
    ):  # fmt: skip
        if word.endswith(ending) and len(word) >= shortest and not word.endswith(("ss", "us", "is")):
            word = word[: -len(ending)] + replacement
            if ending in ("ing", "ed") and word[-1] == word[-2] and word[-1] not in "lse":
                word = word[:-1]
            break
    return word[:-1] if len(word) > 3 and word.endswith("e") else word


def unit_class(unit: str) -> str:
    """Return what a unit counts in one form, so that "soldiers" and "troops" are the same."""
    return _classed(unit.lower(), is_name=False)


@lru_cache(maxsize=caches.WORDS)
def _word(word: str) -> tuple[float, str, str]:
    """Return the weight of a word as it is written (0: tells nothing), its term, and its term as a name.

    Only what has a capital may be a name. Remembered, so that texts share the strings of their terms.
    """
    plain = word.replace("’", "'").removesuffix("'s").lower()
    weight = 0.0 if word[0].isdigit() else _WEIGHTS.get(plain, _RARE)
    name = _classed(plain, is_name=True) if word[0].isupper() else ""
    return weight, _classed(plain, is_name=False), name


def _classed(plain: str, *, is_name: bool) -> str:
    known = _PLACE_CLASSES.get(plain) or (None if is_name else _CLASSES.get(plain))
    if known is not None:
        return known
    if is_name:
        root = _DEMONYM.sub("", plain)
        return root if len(root) >= 3 else plain
    base = stem(plain)
    return _CLASSES.get(base, base)


def _classes(lines: Iterable[str]) -> dict[str, str]:
    return {word: stem(line.split()[0]) for line in lines for word in line.split()}


_CLASSES = _classes(_SAME)
_PLACE_CLASSES = _classes(_PLACES)
