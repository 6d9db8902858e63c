"""Groups the names of an article that stand for one somebody or something. Names only: no pronouns here."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from workers.domain.entity import MentionKind
from workers.nlp.found import Cluster, ClusterMention, NameSpan
from workers.nlp.layout import Layout
from workers.nlp.people import TITLES, sex, split_titles
from workers.nlp.places import SAME_PLACE
from workers.nlp.roles import home_after, role_after, role_apposed, role_before
from workers.nlp.tables import words

_SUFFIXES: Final = frozenset({"jr", "sr", "ii", "iii", "iv"})
PARTICLES: Final = words("""de da di du del la le van von der den el al bin ibn abu dos ter ten st st.""")
_JUST: Final = 2
_LONG_AGO: Final = 10
_PRONOUN_AFTER: Final = re.compile(
    r"(?![’']s\b)[^A-Z\n.“”\"]{1,60}?\b(?P<word>he|she|his|her|him|himself|herself)\b"
)
_COMPANY: Final = words("""inc corp co ltd llc plc group company corporation holdings""")
_SMALL: Final = frozenset(["of", "the", "and", "for", "in", "on", "to"])
_GENERIC: Final = words(
    """commission committee council department ministry agency court senate bank university board party
    union institute foundation association bureau authority parliament administration journal times
    post tribune"""
)
_PLACES: Final = frozenset({"GPE", "LOC"})


@dataclass(slots=True)
class _Group:
    """A cluster while it grows; ``words`` are the ways it was named, cleaned."""

    label: str
    words: list[str] = field(default_factory=list)
    mentions: list[ClusterMention] = field(default_factory=list)
    roles: list[str] = field(default_factory=list)


def cluster_names(text: str, names: Sequence[NameSpan], layout: Layout) -> tuple[Cluster, ...]:
    """One cluster for each named thing, in order of first mention; each name is in exactly one."""
    groups = _people(text, [name for name in names if name.label == "PERSON"], layout)
    for label, join in _FAMILIES.items():
        groups += join(text, [name for name in names if _family(name.label) == label])
    for group in groups:
        if group.label == "PERSON":
            group.roles = _roles(text, group, layout)
    clusters = [_finished(group) for group in groups]
    return tuple(sorted(clusters, key=lambda found: found.mentions[0].start))


def clean(words: str) -> str:
    """One line, without a leading article or an ending possessive."""
    flat = " ".join(words.split())
    flat = re.sub(r"[’']s?$", "", flat) if not flat.endswith("s'") else flat[:-1]
    return re.sub(r"^(?:the|The)\s+", "", flat)


def person_key(bare: str) -> list[str]:
    """Lower-case words of a name without initials and suffixes, "de Blasio" as one; at least one word."""
    words = [word.strip(".,’'").casefold() for word in bare.split()]
    words = [word for word in words if word and word not in _SUFFIXES]
    inner = [word for place, word in enumerate(words) if len(word) > 1 or place == 0]
    joined: list[str] = []
    for word in reversed(inner):
        if joined and word in PARTICLES:
            joined[-1] = f"{word} {joined[-1]}"
        else:
            joined.append(word)
    return joined[::-1] or words or [bare.casefold()]


def _family(label: str) -> str:
    if label in _PLACES:
        return "GPE"
    return label if label in ("PERSON", "ORG") else "OTHER"


def _mention(name: NameSpan) -> ClusterMention:
    return ClusterMention(name.start, name.end, MentionKind.NAME, name.score)


def _people(text: str, names: Sequence[NameSpan], layout: Layout) -> list[_Group]:
    groups: list[_Group] = []
    keyed = [(name, *split_titles(clean(text[name.start : name.end]))) for name in names]
    full = [item for item in keyed if len(person_key(item[2])) > 1]
    for name, titles, bare in full:
        key = person_key(bare)
        group = next((g for g in groups if _same_person(key, person_key(g.words[0]))), None)
        if group is None:
            groups.append(group := _Group("PERSON"))
        _take(group, name, bare, titles)
    for name, titles, bare in keyed:
        key = person_key(bare)
        if len(key) > 1:
            continue
        fitting = _of_sex(_called(key[0], groups), sex("", titles))
        told = _told_sex(text, name.end) if len(fitting) > 1 else None
        group = _owner(fitting, name.start, told, layout)
        if group is None:
            groups.append(group := _Group("PERSON"))
        _take(group, name, bare, titles)
    return groups


def _take(group: _Group, name: NameSpan, bare: str, titles: Sequence[str]) -> None:
    group.words.append(bare)
    group.mentions.append(_mention(name))
    group.roles += [TITLES.get(title) or title for title in titles]


def _same_person(one: Sequence[str], other: Sequence[str]) -> bool:
    if one == other:
        return True
    return one[-1] == other[-1] and (one[0] == other[0] or one[0][0] == other[0] or other[0][0] == one[0])


def _called(word: str, groups: Sequence[_Group]) -> list[_Group]:
    """People whose name holds ``word``: as the last word if anyone's is, else anywhere."""
    keys = [
        (group, {w for words in group.words for w in person_key(words)}, person_key(group.words[0]))
        for group in groups
    ]
    last = [group for group, _, key in keys if key[-1] == word]
    return last or [group for group, words, _ in keys if word in words]


def _of_sex(groups: Sequence[_Group], wanted: str | None) -> Sequence[_Group]:
    """Those of sex ``wanted``, as a title tells it; those of unknown sex when there are none."""
    if wanted is None:
        return groups
    known = [group for group in groups if _sex(group) == wanted]
    return known or [group for group in groups if _sex(group) is None]


def _sex(group: _Group) -> str | None:
    given = next((words.split()[0] for words in group.words if " " in words), "")
    return sex(given, tuple(group.roles))


def _owner(groups: Sequence[_Group], place: int, told: str | None, layout: Layout) -> _Group | None:
    """Whose a name at ``place`` is that fits several: of sex ``told`` if one is, else the first named's.

    Writers keep the bare surname for the one they began with: of 153 bare surnames of couples in PolNeAR
    train whose pronoun tells the sex, 129 are the first's, 102 the one's who was named in full last. But
    when the first was left long ago, it is whoever was just named.
    """
    fitting = [group for group in groups if told is not None and _sex(group) == told]
    by_first = sorted(fitting or groups, key=lambda group: group.mentions[0].start)
    if len(by_first) < 2:
        return by_first[0] if by_first else None
    gaps = [_lines_since(group, place, layout) for group in by_first]
    nearest = min(range(len(gaps)), key=lambda number: gaps[number])
    return by_first[nearest] if gaps[nearest] <= _JUST and gaps[0] > _LONG_AGO else by_first[0]


def _lines_since(group: _Group, place: int, layout: Layout) -> int:
    """How many lines ago the group was last mentioned before ``place``; more than any when never."""
    before = [mention.start for mention in group.mentions if mention.start < place]
    return layout.line_at(place) - layout.line_at(max(before)) if before else len(layout.lines) + 1


def _told_sex(text: str, end: int) -> str | None:
    """The sex that a pronoun right after a name tells, with nobody else between."""
    match = _PRONOUN_AFTER.match(text, end)
    if match is None:
        return None
    return "f" if match["word"].lower() in ("she", "her", "herself") else "m"


def _organizations(text: str, names: Sequence[NameSpan]) -> list[_Group]:
    groups: list[_Group] = []
    longest_first = sorted(names, key=lambda name: (name.start - name.end, name.start))
    for name in longest_first:
        words = clean(text[name.start : name.end])
        group = next((g for g in groups if same_organization(words, g.words[0])), None)
        if group is None:
            groups.append(group := _Group(name.label))
        group.words.append(words)
        group.mentions.append(_mention(name))
    return groups


def same_organization(short: str, long: str) -> bool:
    """Can ``short`` ("CSB", "the Anchor", "Brandt") stand for ``long`` in one article?"""
    one, other = short.replace(".", "").casefold().split(), long.replace(".", "").casefold().split()
    if one == other:
        return True
    if len(one) != 1 or len(other) < 2:
        return (
            bool(one) and len(one) < len(other) and other[: len(one)] == one and other[len(one)] in _COMPANY
        )
    capitals = short.replace(".", "")
    if capitals.isupper() and len(capitals) > 1:
        initials = "".join(word[0] for word in other if word not in _SMALL)
        if one[0] in (initials, "".join(word[0] for word in other)) or (
            other[0] == one[0] and len(other) <= 3
        ):
            return True
    if other[0] == one[0] and other[1] in _COMPANY:
        return True
    return other[-1] == one[0] and (one[0] in _GENERIC or (len(other) <= 3 and len(one[0]) > 3))


def _places(text: str, names: Sequence[NameSpan]) -> list[_Group]:
    groups: dict[str, _Group] = {}
    for name in names:
        words = clean(text[name.start : name.end])
        words = SAME_PLACE.get(words, words)
        group = groups.setdefault(words.casefold(), _Group(name.label))
        group.words.append(words)
        group.mentions.append(_mention(name))
    return list(groups.values())


def _others(text: str, names: Sequence[NameSpan]) -> list[_Group]:
    groups: dict[tuple[str, str], _Group] = {}
    for name in names:
        words = clean(text[name.start : name.end])
        group = groups.setdefault((name.label, words.casefold()), _Group(name.label))
        group.words.append(words)
        group.mentions.append(_mention(name))
    return list(groups.values())


_FAMILIES: Final[dict[str, Callable[[str, Sequence[NameSpan]], list[_Group]]]] = {
    "ORG": _organizations,
    "GPE": _places,
    "OTHER": _others,
}


def _roles(text: str, group: _Group, layout: Layout) -> list[str]:
    roles: list[str] = []
    homes: list[str] = []
    for mention in group.mentions:
        sentence = layout.sentence_at(mention.start)
        roles.append(role_before(text, sentence[0], mention.start))
        roles.append(role_apposed(text, sentence[0], mention.start))
        roles.append(role_after(text, mention.end, sentence[1]))
        homes.append(home_after(text, mention.end, sentence[1]))
    found = [role for role in roles if role] + [title for title in group.roles if title]
    found += [home for home in homes if home]
    return list(dict.fromkeys(found))


def _finished(group: _Group) -> Cluster:
    mentions = tuple(sorted(group.mentions, key=lambda mention: mention.start))
    counted = Counter(group.words)
    name = max(
        group.words,
        key=lambda words: (len(words.split()), not words.isupper(), counted[words], len(words), words),
    )
    return Cluster(name, group.label, mentions, tuple(group.roles))
