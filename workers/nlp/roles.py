"""Reads the office of a person off the words beside the name, and what a description stands for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from workers.nlp.people import DOCUMENT_NOUNS, GROUP_NOUNS, PERSON_NOUNS, TITLES
from workers.nlp.places import STATE_OF, STATES
from workers.nlp.tables import words

_WORD: Final = re.compile(r"[^\W_][\w’'&.-]*")
_MODIFIERS: Final = words(
    """ministry department company agency bank board union hospital clinic office group council commission
    former then acting deputy vice assistant associate senior top chief lead prime foreign defense
    defence interior finance press campaign presidential political state party national federal
    government police opposition military security republican democratic conservative liberal
    independent communications policy legal public executive managing general co white house of and
    justice health economic economy energy trade science research data army navy air force real estate
    reality tv television billionaire retired longtime junior ruling far-right far-left right-wing
    left-wing gubernatorial congressional senate city county district local regional provincial union
    tech news radio"""
)
_ADVERBS: Final = words(
    """meanwhile on in at but and so yet still also then later earlier yesterday today however while when
    as after before for since the a an his her their its my our this that these those said says told
    with by from to of"""
)
_CUT: Final = re.compile(
    r",|\(|;|\s[-–—]\s|\s(?:of|for|in|at|who|whose|from|with|on|to|that|which|within|inside|near|familiar"
    r"|close|briefed|involved|working"
    r"|speaking|based|including|like|against|behind|about|under|among|by)\b"
)
_APPOSITION: Final = re.compile(
    r",\s+(?P<role>[^,;.:()–—“”\"]{3,90}(?:(?<=\b[A-Z])\.[^,;:()–—“”\"]{0,40})?)(?=[,.;:)]|\s[–—]|$)"
)
_LEADING: Final = re.compile(
    r"(?:^|[,.;:“”\"]\s|\b(?:and|but)\s)(?:But |And |So |Yet |Still )?(?P<role>[^,.;:“”\"]{4,80}),\s$"
)
_HOME: Final = re.compile(r"\s?[(,]\s?(?P<party>[DRI])-(?P<state>[A-Z][\w.]+(?:\s[A-Z][\w.]+)?)(?=\s?[),])")
_PARTY: Final = {"D": "Democrat", "R": "Republican", "I": "Independent"}
_ARTICLES: Final = words("""the a an one another this that his her their its our my some""")
_SOME_ONE: Final = re.compile(r"(?:at least|only|just|no|any|every|each|not|more than)\s", re.IGNORECASE)
_POSSESSIVE: Final = re.compile(r"[’']s?$")
_INDEFINITE: Final = frozenset(["a", "an", "one", "another", "some", "two", "three", "four", "several"])


@dataclass(frozen=True, slots=True)
class Description:
    """A noun phrase without a name at its head. All words but ``words`` are in lower case."""

    head: str
    modifiers: tuple[str, ...]
    determiner: str
    possessor: str
    plural: bool
    words: str

    @property
    def indefinite(self) -> bool:
        """Does it bring somebody new ("a spokesman") rather than point back ("the spokesman")?"""
        return self.determiner in _INDEFINITE or _SOME_ONE.match(self.words) is not None

    @property
    def role(self) -> str:
        """The phrase without article and possessor: "defense minister"."""
        return " ".join([*self.modifiers, self.head])


def role_before(text: str, floor: int, place: int) -> str:
    """The office right before a name at ``place``: "Defense Secretary", "senator" for "Sen."; or ""."""
    words: list[str] = []
    start = place
    for match in reversed(list(_WORD.finditer(text, max(floor, place - 90), place))):
        gap = text[match.end() : start]
        if gap.strip(" ") or "\n" in gap:
            break
        word = match.group().rstrip(".")
        bare = word.lower()
        if not words:
            if not is_person_noun(bare) and not TITLES.get(bare):
                break
            words.append(TITLES.get(bare) or word if "." in match.group() else word)
        elif bare in _ADVERBS and not (bare in ("of", "and") and len(words) > 1):
            break
        elif word[0].isupper() or bare in _MODIFIERS or bare in PERSON_NOUNS:
            words.append(word)
        else:
            break
        start = match.start()
    while words and words[-1].lower() in _ADVERBS:
        words.pop()
    return " ".join(reversed(words))


def role_after(text: str, place: int, ceiling: int) -> str:
    """The office told right after a name that ends at ``place``: ", head of the Tax Bureau,"; or ""."""
    match = _APPOSITION.match(text, place, min(ceiling, place + 140))
    if match is None:
        return ""
    role = match["role"].strip()
    words = role.split()
    while len(words) > 1 and words[0].lower() in (
        "now",
        "then",
        "also",
        "once",
        "himself",
        "herself",
        "himself,",
    ):
        words = words[1:]
    if words[0].lower() in (
        "who",
        "and",
        "which",
        "whose",
        "but",
        "said",
        "says",
        "told",
        "as",
        "when",
        "while",
    ):
        return ""
    if words[0].lower() in ("the", "a", "an"):
        words = words[1:]
    front = re.split(_CUT, " ".join(words))[0].split()
    if not front or not is_person_noun(front[-1].lower().strip(".’'")):
        return ""
    return " ".join(words)


def describe(words: str) -> Description | None:
    """Take a noun phrase apart; ``None`` when it has no noun that stands for people or papers."""
    cut = _CUT.search(words, 1)
    front = words[: cut.start()] if cut is not None else words
    tokens = [match.group().rstrip(".") for match in _WORD.finditer(front)]
    lowered = [token.lower() for token in tokens]
    head = next((n for n in range(len(tokens) - 1, -1, -1) if _noun(lowered[n])), None)
    if head is None:
        return None
    if any(_POSSESSIVE.search(token) for token in tokens[head:]):
        return None  # "candidate Holt's campaign" is a campaign
    determiner = lowered[0] if lowered[0] in _ARTICLES and head > 0 else ""
    possessive = next((n for n in range(head) if re.search(r"[’']s?$", tokens[n])), None)
    first = 1 if determiner else 0
    possessor = (
        re.sub(r"[’']s?$", "", " ".join(tokens[first : possessive + 1])) if possessive is not None else ""
    )
    begin = possessive + 1 if possessive is not None else first
    noun = lowered[head]
    plural = noun not in DOCUMENT_NOUNS and not is_person_noun(noun) and is_plural_noun(noun)
    return Description(noun, tuple(lowered[begin:head]), determiner, possessor, plural, words)


def role_apposed(text: str, floor: int, place: int) -> str:
    """The office told before a comma and a name at ``place``: "Lund's lawyer, Pia Storm"; or ""."""
    front = text[max(floor, place - 90) : place]
    match = _LEADING.search(front)
    if match is None:
        return ""
    opening = match["role"].strip().lower()
    if _CUT.match(opening) or _CUT.match(" " + opening):  # a bracket or a preposition: no apposition
        return ""
    found = describe(match["role"].strip())
    if found is None or found.plural or not is_person_noun(found.head):
        return ""
    phrase = _CUT.split(match["role"].strip(), maxsplit=1)[0].split()
    if phrase[-1].lower() != found.head:
        return ""
    return match["role"].strip() if found.determiner == "" else " ".join(match["role"].split()[1:])


def home_after(text: str, place: int, ceiling: int) -> str:
    """Party and state told after a name: "Democrat of Maine" for "(D-Maine)" and ", D-Me.,"; or ""."""
    match = _HOME.match(text, place, min(ceiling, place + 40))
    if match is None:
        return ""
    state = STATE_OF.get(match["state"].replace(" ", ""), match["state"])
    return f"{_PARTY[match['party']]} of {state}" if state in STATES else ""


def is_person_noun(word: str) -> bool:
    """Does the lower-case ``word`` stand for one person? "fisherman" does, by its ending."""
    return word in PERSON_NOUNS or (len(word) > 5 and word.endswith(("man", "woman", "person")))


def is_plural_noun(word: str) -> bool:
    """Does the lower-case ``word`` stand for several people? "villagers" does, by its ending."""
    if word in GROUP_NOUNS or (word.endswith("s") and word[:-1] in PERSON_NOUNS):
        return True
    return len(word) > 6 and word.endswith(("ers", "ors", "ists", "ians", "ants", "men", "women", "people"))


def _noun(word: str) -> bool:
    return is_person_noun(word) or word in DOCUMENT_NOUNS or is_plural_noun(word)
