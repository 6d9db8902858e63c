"""Finds out who each source is: its fullest name, its kind, its office. Rules over mentions, no parse.

Candidates for a pronoun or a description are the people named so far; what decides is how near, whether
they last spoke or opened a sentence, and whether sex and office fit (after Hobbs 1978 and Lappin & Leass
1994, with the cues that news gives).
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from workers.domain.claim import ResolvedBy, SourceKind
from workers.nlp.clusters import clean, person_key
from workers.nlp.found import Cluster, Resolved, Stretch
from workers.nlp.kinds import described_kind, head_name, kind_of_cluster, kind_of_words
from workers.nlp.layout import Layout
from workers.nlp.people import COURTESIES, INSTITUTIONS, PARTIES, sex, split_titles
from workers.nlp.places import country_of
from workers.nlp.roles import Description, describe, role_after, role_apposed, role_before
from workers.nlp.tables import words

_HE: Final = frozenset(["he", "his", "him", "himself"])
_SHE: Final = frozenset(["she", "her", "hers", "herself"])
_THEY: Final = frozenset(["they", "their", "them", "themselves", "these", "those"])
_IT: Final = frozenset(["it", "its", "itself"])
_RELATIVE: Final = frozenset(["who", "that", "which", "whose", "whom"])
_SPEAKERS: Final = words("""i me my myself we our us ourselves mine ours""")
PRONOUNS: Final = _HE | _SHE | _THEY | _IT | _RELATIVE | _SPEAKERS | frozenset(["you", "your", "yourself"])
_KIN: Final = (
    frozenset(["spokesman", "spokeswoman", "spokesperson"]),
    frozenset(["representative", "congressman", "congresswoman", "lawmaker", "legislator"]),
    frozenset(["senator", "lawmaker", "legislator"]),
    frozenset(["nominee", "candidate", "contender", "hopeful"]),
    frozenset(["chairman", "chairwoman", "chair", "chairperson"]),
    frozenset(["leader", "head", "chief", "boss"]),
    frozenset(["adviser", "advisor", "aide"]),
    frozenset(["lawyer", "attorney", "counsel"]),
    frozenset(["reporter", "journalist", "correspondent"]),
    frozenset(["billionaire", "mogul", "businessman", "developer", "tycoon"]),
    frozenset(["minister", "premier"]),
    frozenset(["professor", "economist", "researcher", "scientist", "scholar", "historian", "expert"]),
)
_REACH: Final = 12
_LEAD: Final = 4


@dataclass(slots=True)
class _Referent:
    """Somebody who may be meant: a cluster, or a described person or group without a name."""

    resolved: Resolved
    places: list[int]
    sex: str | None = None
    roles: list[str] = field(default_factory=list)
    spoke: list[int] = field(default_factory=list)

    @property
    def human(self) -> bool:
        return self.resolved.kind is SourceKind.PERSON


Fits = Callable[[_Referent], bool]


class Resolver:
    """Resolves the sources of one article; call ``source`` in text order, as each answer helps the next."""

    def __init__(self, text: str, layout: Layout, clusters: Sequence[Cluster]) -> None:
        self._text = text
        self._layout = layout
        self._clusters = clusters
        self._referents = [self._referent(number, found) for number, found in enumerate(clusters)]

    def source(self, start: int, end: int) -> Resolved:
        """Who ``text[start:end]`` is; the words themselves are the name when nothing better is found."""
        words = " ".join(self._text[start:end].split())
        bare = re.sub(r"[’']s$", "", words.strip(" ,")).lower()
        referent: _Referent | None
        if bare in PRONOUNS:
            referent = self._pronoun(bare, start)
            answer = self._answer(referent, words, ResolvedBy.PRONOUN)
        else:
            referent, answer = self._name_or_description(words, start, end)
        if referent is not None:
            referent.places.append(start)
            referent.spoke.append(start)
        return answer

    def _referent(self, number: int, found: Cluster) -> _Referent:
        kind = kind_of_cluster(found)
        role = next((role for role in found.roles if role not in COURTESIES), None)
        given = split_titles(found.name)[1].split()
        gender = sex(given[0] if len(given) > 1 else "", found.roles) if found.label == "PERSON" else None
        resolved = Resolved(found.name, kind, number, role, ResolvedBy.NAME)
        return _Referent(resolved, [m.start for m in found.mentions], gender, list(found.roles))

    def _answer(
        self, referent: _Referent | None, words: str, by: ResolvedBy, role: str | None = None
    ) -> Resolved:
        if referent is None:
            return Resolved(words, kind_of_words(words), None, role, ResolvedBy.NONE)
        found = referent.resolved
        return Resolved(found.name, found.kind, found.cluster, role or found.role, by)

    def _name_or_description(self, words: str, start: int, end: int) -> tuple[_Referent | None, Resolved]:
        inside = [
            (number, mention)
            for number, found in enumerate(self._clusters)
            for mention in found.mentions
            if mention.start < end and start < mention.end
        ]
        inside.sort(key=lambda pair: pair[1].start)
        spans = [
            (self._clusters[n].label, max(m.start, start) - start, min(m.end, end) - start) for n, m in inside
        ]
        named = head_name(self._text[start:end], spans)
        if named is not None:
            number, mention = inside[named]
            referent = self._referents[number]
            return referent, self._answer(
                referent, words, ResolvedBy.NAME, self._role((mention.start, mention.end))
            )
        known = self._unmarked_name(words)
        if known is not None:
            return known, self._answer(known, words, ResolvedBy.NAME)
        found = describe(words)
        if found is None:
            return None, Resolved(clean(words) if words[:1].isupper() else words, kind_of_words(words))
        return self._description(found, start)

    def _role(self, mention: Stretch) -> str | None:
        sentence = self._layout.sentence_at(mention[0])
        found = (
            role_before(self._text, sentence[0], mention[0])
            or role_apposed(self._text, sentence[0], mention[0])
            or role_after(self._text, mention[1], sentence[1])
        )
        return found or None

    def _unmarked_name(self, words: str) -> _Referent | None:
        """A surname that the entity head missed."""
        bare = split_titles(clean(words))[1]
        if re.match(r"[Tt]he [a-z]+$", words) and bare in INSTITUTIONS:
            return self._institution(bare)
        if not bare or not bare[0].isupper() or len(bare.split()) > 3:
            return None
        key = person_key(bare)
        for referent in self._referents:
            if referent.human and key[-1] == person_key(referent.resolved.name)[-1]:
                known = person_key(referent.resolved.name)
                if len(key) == 1 or key[0] == known[0]:
                    return referent
        return None

    def _institution(self, noun: str) -> _Referent | None:
        """The organisation last named with ``noun`` in its name: "the commission"."""
        named = [
            r
            for r in self._referents
            if noun in r.resolved.name.lower().split() and r.resolved.cluster is not None
        ]
        return max(named, key=lambda referent: max(referent.places), default=None)

    def _description(self, found: Description, start: int) -> tuple[_Referent | None, Resolved]:
        kind = described_kind(found)
        referent = self._described(found, start) if not found.plural else None
        role = found.role if kind in (SourceKind.PERSON, SourceKind.ANONYMOUS) and not found.plural else None
        if referent is not None:
            return referent, self._answer(referent, found.words, ResolvedBy.DESCRIPTION)
        name = self._named_possessor(found, start)
        kind = SourceKind.ANONYMOUS if kind is SourceKind.PERSON and found.indefinite else kind
        resolved = Resolved(
            name, kind, None, role, ResolvedBy.DESCRIPTION if kind is SourceKind.PERSON else ResolvedBy.NONE
        )
        referent = _Referent(resolved, [], sex("", (found.head,)), [found.words])
        self._referents.append(referent)
        return referent, resolved

    def _named_possessor(self, found: Description, start: int) -> str:
        """ "Grace Okafor’s spokesman" for "her spokesman"; the words as they are when it is unknown whose."""
        if found.determiner not in _HE | _SHE | _IT | _THEY:
            return found.words
        owner = self._pronoun(found.determiner, start)
        if owner is None or owner.resolved.cluster is None:
            return found.words
        return f"{owner.resolved.name}’s {found.words.split(maxsplit=1)[1]}"

    def _described(self, found: Description, start: int) -> _Referent | None:
        """Somebody named whose office the description tells."""
        if found.indefinite and self._layout.line_at(start) >= _LEAD:
            return None
        fits = []
        for referent in self._referents:
            if not (referent.human or (referent.resolved.cluster is None and not found.indefinite)):
                continue
            fit = max((_fit(found, role) for role in referent.roles), default=0.0)
            if fit > 0.0:
                fits.append((fit + 0.5 * self._nearness(referent, start), referent))
        if not fits:
            return None
        fits.sort(key=lambda pair: -pair[0])
        if found.indefinite and (len(fits) > 1 and fits[1][0] > fits[0][0] - 0.5):
            return None
        return fits[0][1]

    def _nearness(self, referent: _Referent, start: int) -> float:
        before = [place for place in referent.places if place < start]
        if not before:
            return -0.5
        gap = self._layout.sentence_number(start) - self._layout.sentence_number(max(before))
        return 1.0 / (1.0 + gap)

    def _pronoun(self, word: str, start: int) -> _Referent | None:
        if word in _RELATIVE:
            return self._antecedent(start)
        if word in _HE or word in _SHE:
            gender = "m" if word in _HE else "f"
            return self._best(start, lambda r: r.human and r.sex in (gender, None), gender)
        if word in _THEY:
            groups = (SourceKind.GROUP, SourceKind.ORGANIZATION, SourceKind.ANONYMOUS, SourceKind.GOVERNMENT)
            return self._best(start, lambda r: r.resolved.kind in groups and bool(r.spoke), None, reach=3)
        if word in _IT:
            things = (SourceKind.ORGANIZATION, SourceKind.GOVERNMENT, SourceKind.DOCUMENT)
            return self._best(start, lambda r: r.resolved.kind in things, None, reach=2)
        if word in _SPEAKERS and self._layout.in_quote(start):
            return self._best(start, lambda r: bool(r.spoke), None, reach=3)
        return None

    def _antecedent(self, start: int) -> _Referent | None:
        """Whoever's name ends right before "who"."""
        before = self._text[max(0, start - 60) : start].rstrip(" ,")
        place = max(0, start - 60) + len(before)
        for number, found in enumerate(self._clusters):
            if any(place - 14 <= mention.end <= place for mention in found.mentions):
                gap = self._text[max(m.end for m in found.mentions if m.end <= place) : place]
                if not re.search(r"[.;:!?“”\"]", gap.replace("D.", "").replace("R.", "")) and (
                    not gap or gap[0] in " ,("
                ):
                    return self._referents[number]
        return None

    def _best(self, start: int, fits: Fits, gender: str | None, reach: int = _REACH) -> _Referent | None:
        scored = []
        for order, referent in enumerate(self._referents):
            if fits(referent):
                score = self._prominence(referent, start, reach)
                if score is not None:
                    bonus = 0.6 if gender is not None and referent.sex == gender else 0.0
                    scored.append((score + bonus, -order, referent))
        return max(scored, key=lambda item: item[:2])[2] if scored else None

    def _prominence(self, referent: _Referent, start: int, reach: int) -> float | None:
        here = self._layout.sentence_number(start)
        best: float | None = None
        for place in referent.places:
            number = self._layout.sentence_number(place)
            if place >= start or here - number > reach:
                continue
            score = -0.8 * (here - number)
            score += 1.0 if place in referent.spoke else 0.0
            score += 0.6 * math.exp(-(place - self._layout.sentence_at(place)[0]) / 40)
            score -= 0.8 if self._layout.in_quote(place) and not self._layout.in_quote(start) else 0.0
            best = score if best is None else max(best, score)
        if best is None:
            return None
        return best + 0.3 * math.log(len(referent.places))


def _fit(found: Description, role: str) -> float:
    """How well an office answers a description: 0 no, 1 the same noun, more for each word shared."""
    known = describe(role)
    if known is None:
        return 0.0
    if known.head != found.head and not any({known.head, found.head} <= kin for kin in _KIN):
        return 0.0
    sexes = {sex("", (known.head,)), sex("", (found.head,))}
    if {"m", "f"} <= sexes:
        return 0.0
    mine = " ".join((found.possessor, *found.words.split()))
    theirs = country_of(role)
    country = country_of(mine)
    if country is not None and theirs is not None and country != theirs:
        return 0.0
    parties = {party for party in PARTIES if party & set(found.words.lower().split())}
    if parties and any(party & set(role.lower().split()) for party in PARTIES if party not in parties):
        return 0.0
    shared = set(found.modifiers) & set(role.lower().split())
    if found.modifiers and not shared and country is None and known.modifiers:
        return 0.0
    if found.modifiers and not shared and (theirs is None or country is None) and known.modifiers:
        return 0.0
    return 1.0 + 0.5 * len(shared) + (0.5 if country is not None and country == theirs else 0.0)
