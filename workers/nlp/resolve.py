"""Finds out who each source is: its fullest name, its kind, its office. No parse.

For "he" and "she" a learned ranker decides (``antecedents.py``), for the rest how near candidates stand,
who last spoke, and whether an office fits (after Hobbs 1978 and Lappin & Leass 1994, with news's own cues).
"""

from __future__ import annotations

import re
from bisect import insort
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from workers.domain.claim import ResolvedBy, SourceKind
from workers.nlp.antecedents import Candidate, Ranker, shipped
from workers.nlp.clusters import clean, person_key, same_organization
from workers.nlp.found import Cluster, ClusterMention, Resolved, Stretch
from workers.nlp.institutions import body, paper
from workers.nlp.kinds import described_kind, head_name, kind_of_cluster, kind_of_words
from workers.nlp.layout import Layout
from workers.nlp.offices import PAPERS, fit, unproven
from workers.nlp.people import COMPANIES, COURTESIES, DOCUMENT_NOUNS, INSTITUTIONS, sex, split_titles
from workers.nlp.referents import (
    NEAR,
    Referent,
    institution,
    nearness,
    only_one_near,
    partisan_running,
    people_before,
    prominence,
    soon_after,
)
from workers.nlp.relatives import SPEAKING, described_before, named_before
from workers.nlp.roles import Description, describe, role_after, role_apposed, role_before
from workers.nlp.tables import words

_HE: Final = frozenset(["he", "his", "him", "himself"])
_SHE: Final = frozenset(["she", "her", "hers", "herself"])
_THEY: Final = frozenset(["they", "their", "them", "themselves", "these", "those"])
_IT: Final = frozenset(["it", "its", "itself"])
_RELATIVE: Final = frozenset(["who", "that", "which", "whose", "whom"])
_SPEAKERS: Final = words("""i me my myself we our us ourselves mine ours""")
PRONOUNS: Final = _HE | _SHE | _THEY | _IT | _RELATIVE | _SPEAKERS | frozenset(["you", "your", "yourself"])
_BOTH: Final = re.compile(r"[^,;]{2,40} and [^,;]{2,40}")
_ASIDE: Final = re.compile(r"\s\([^)]*\)|,$")
_BARE: Final = re.compile(r"(?:the|that|this) [a-z]+", re.IGNORECASE)
_AFTER_NOUN: Final = re.compile(r"[,(]|\s(?:of|for|in|at|on|from|with|to|by|that|which|who|called)\b")
_TAIL: Final = re.compile(
    r",\s.*$|\s(?:who|which) (?:spoke|asked|was|were|is|are|declined|requested|did|had|has)\b.*$"
)
_PLACES: Final = frozenset({"GPE", "LOC", "FAC"})
_LEAD: Final = 4
HE_OR_SHE: Final = re.compile(r"\b(?:[Hh]e|[Ss]he|[Hh]is|[Hh]er|[Hh]im)\b")


Fits = Callable[[Referent], bool]


class Resolver:
    """Resolves the sources of one article; call ``source`` in text order, as each answer helps the next."""

    def __init__(
        self, text: str, layout: Layout, clusters: Sequence[Cluster], ranker: Ranker | None = None
    ) -> None:
        self._ranker = ranker or shipped()
        self._text = text
        self._layout = layout
        self._clusters = clusters
        self._referents = [self._referent(number, found) for number, found in enumerate(clusters)]

    def source(self, start: int, end: int) -> Resolved:
        """Who ``text[start:end]`` is; the words themselves are the name when nothing better is found."""
        words = " ".join(self._text[start:end].split())
        bare = re.sub(r"[’']s$", "", words.strip(" ,")).lower()
        if bare in PRONOUNS:
            referent = self._pronoun(bare, start)
            answer = self._answer(referent, words, ResolvedBy.PRONOUN)
        else:
            referent, answer = self._name_or_description(words, start, end)
        if referent is not None:
            self.saw(referent, start, spoke=True)
        return answer

    def saw(self, referent: Referent, start: int, *, spoke: bool = False) -> None:
        """Remember that ``referent`` is meant at ``start``."""
        insort(referent.places, start)
        if spoke:
            insort(referent.spoke, start)

    def _referent(self, number: int, found: Cluster) -> Referent:
        kind = kind_of_cluster(found)
        role = next((role for role in found.roles if role not in COURTESIES), None)
        given = split_titles(found.name)[1].split()
        gender = sex(given[0] if len(given) > 1 else "", found.roles) if found.label == "PERSON" else None
        resolved = Resolved(found.name, kind, number, role, ResolvedBy.NAME)
        places = [mention.start for mention in found.mentions]
        speaks = found.label in SPEAKING
        return Referent(resolved, places, gender, list(found.roles), named=list(places), speaks=speaks)

    def _answer(
        self, referent: Referent | None, words: str, by: ResolvedBy, role: str | None = None
    ) -> Resolved:
        if referent is None:
            return Resolved(words, kind_of_words(words), None, role, ResolvedBy.NONE)
        return replace(referent.resolved, role=role or referent.resolved.role, by=by)

    def _name_or_description(self, words: str, start: int, end: int) -> tuple[Referent | None, Resolved]:
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
        both = self._several(words, inside)
        if both is not None:
            return None, both
        named = head_name(self._text[start:end], spans)
        if named is not None:
            number, mention = inside[named]
            referent = self._referents[number]
            return referent, self._answer(
                referent, words, ResolvedBy.NAME, self._role((mention.start, mention.end))
            )
        known = self._unmarked_name(words, start)
        if known is not None:
            return known, self._answer(known, words, ResolvedBy.NAME)
        shortened = body(self._referents, words, start, lead=self._layout.line_at(start) < _LEAD)
        if shortened is not None:
            return shortened, self._answer(shortened, words, ResolvedBy.DESCRIPTION)
        found = describe(words)
        return self._description(found, start) if found is not None else self._phrase(words, start)

    def _several(self, words: str, inside: Sequence[tuple[int, ClusterMention]]) -> Resolved | None:
        """ "Ada Holt and Karl Reed" for "Holt and Mr. Reed": both, as one source."""
        if len(inside) != 2 or not _BOTH.fullmatch(_ASIDE.sub("", words)):
            return None
        pair = [self._clusters[number] for number, _ in inside]
        if {found.label for found in pair} != {"PERSON"} or inside[0][0] == inside[1][0]:
            return None
        return Resolved(" and ".join(f.name for f in pair), SourceKind.GROUP, None, None, ResolvedBy.NAME)

    def _phrase(self, words: str, start: int) -> tuple[Referent | None, Resolved]:
        """A source that is no name and no noun for people: "the city" is the "city of Aldis" named before."""
        noun = (_AFTER_NOUN.split(words.lower(), maxsplit=1)[0].split() or [words])[-1]
        earlier = [r for r in self._referents if noun in r.nouns]
        if _BARE.fullmatch(words) and earlier:
            return earlier[-1], self._answer(earlier[-1], words, ResolvedBy.DESCRIPTION)
        resolved = Resolved(clean(words) if words[:1].isupper() else words, kind_of_words(words))
        referent = Referent(resolved, [], named=[start], nouns=frozenset({noun}))
        self._referents.append(referent)
        return referent, resolved

    def _role(self, mention: Stretch) -> str | None:
        sentence = self._layout.sentence_at(mention[0])
        found = (
            role_before(self._text, sentence[0], mention[0])
            or role_apposed(self._text, sentence[0], mention[0])
            or role_after(self._text, mention[1], sentence[1])
        )
        return found or None

    def _unmarked_name(self, words: str, start: int) -> Referent | None:
        """A surname that the entity head missed."""
        bare = split_titles(clean(words))[1]
        if re.match(r"[Tt]he [a-z]+$", words) and bare in INSTITUTIONS | COMPANIES | PAPERS:
            return institution(self._referents, bare, start)
        if (
            not bare
            or "," in words
            or len(words.split()) > 4
            or len(bare.split()) > 3
            or not all(word[0].isupper() for word in bare.split())
        ):
            return None
        for referent in self._referents:
            whole = referent.resolved
            if whole.cluster is not None and not referent.human and same_organization(bare, whole.name):
                return referent
        key = person_key(bare)
        for referent in self._referents:
            if (
                referent.resolved.cluster is not None
                and referent.human
                and key[-1] == person_key(referent.resolved.name)[-1]
            ):
                known = person_key(referent.resolved.name)
                if len(key) == 1 or key[0] == known[0]:
                    return referent
        return None

    def _description(self, found: Description, start: int) -> tuple[Referent | None, Resolved]:
        kind = described_kind(found)
        referent = self._described(found, start) if not found.plural else None
        role = found.role if kind in (SourceKind.PERSON, SourceKind.ANONYMOUS) and not found.plural else None
        if referent is not None:
            return referent, self._answer(referent, found.words, ResolvedBy.DESCRIPTION)
        name = self._named_possessor(found, start)
        if kind is SourceKind.DOCUMENT:
            name = paper(self._text, found, start, lead=self._layout.line_at(start) < _LEAD) or name
        kind = SourceKind.ANONYMOUS if kind is SourceKind.PERSON and found.indefinite else kind
        resolved = Resolved(
            name, kind, None, role, ResolvedBy.DESCRIPTION if kind is SourceKind.PERSON else ResolvedBy.NONE
        )
        referent = Referent(
            resolved, [], sex("", (found.head,)), [found.words], named=[start], plural=found.plural
        )
        self._referents.append(referent)
        return referent, resolved

    def _named_possessor(self, found: Description, start: int) -> str:
        """ "Grace Okafor’s spokesman" for "her spokesman"; the words as they are when it is unknown whose."""
        named = _TAIL.sub("", found.words)
        if found.determiner not in _HE | _SHE | _IT | _THEY:
            return named
        owner = self._pronoun(found.determiner, start)
        if owner is None or owner.resolved.cluster is None:
            return named
        return f"{owner.resolved.name}’s {named.split(maxsplit=1)[1]}"

    def _described(self, found: Description, start: int) -> Referent | None:
        """Somebody named whose office the description tells."""
        if found.indefinite and self._layout.line_at(start) >= _LEAD:
            return None
        fits = []
        for referent in self._referents:
            unnamed = referent.resolved.cluster is None
            if found.indefinite if unnamed else (not referent.human or found.head in DOCUMENT_NOUNS):
                continue
            score = max((fit(found, role, referent.roles) for role in referent.roles), default=0.0)
            near = nearness(referent, start, self._layout)
            known = near >= NEAR or not unproven(found, referent.roles)
            if score > 0.0 and (known or soon_after(referent, start, self._layout)):
                fits.append((score + 0.5 * near, referent))
        if not fits:
            running = partisan_running(self._referents, found, start, self._layout)
            return running or only_one_near(self._referents, found, start, self._layout)
        fits.sort(key=lambda pair: -pair[0])
        if fits[0][1].resolved.cluster is None and self._layout.line_at(fits[0][1].named[0]) == 0:
            return only_one_near(self._referents, found, start, self._layout) or fits[0][1]
        if found.indefinite and (len(fits) > 1 and fits[1][0] > fits[0][0] - 0.5):
            return None
        return fits[0][1]

    def _pronoun(self, word: str, start: int) -> Referent | None:
        if word in _RELATIVE:
            return self._antecedent(start, human=word in ("who", "whom", "whose"))
        if word in _HE or word in _SHE:
            return self._he_or_she(word, start)
        if word in _THEY:
            return self._best(start, lambda r: r.several and bool(r.spoke), reach=3)
        if word in _IT:
            things = (SourceKind.ORGANIZATION, SourceKind.GOVERNMENT, SourceKind.DOCUMENT)
            return self._best(start, lambda r: r.resolved.kind in things and self._acts(r, start), reach=2)
        if word in _SPEAKERS and self._layout.in_quote(start):
            return self._best(start, lambda r: bool(r.spoke), reach=3)
        return None

    def _acts(self, referent: Referent, start: int) -> bool:
        """Is it no place, or one that has spoken as those who govern it do, or of this very sentence?"""
        cluster = referent.resolved.cluster
        if referent.spoke or cluster is None or self._clusters[cluster].label not in _PLACES:
            return True
        return any(self._layout.sentence_at(start)[0] <= place < start for place in referent.places)

    def _antecedent(self, start: int, *, human: bool) -> Referent | None:
        """Whoever's name, or description, ends right before "who"."""
        named = named_before(self._clusters, self._text, self._layout, start, human=human)
        if named is not None:
            return self._referents[named]
        found = described_before(self._text, start, human=human)
        return self._description(found, start - 2)[0] if found is not None else None

    def people(self, word: str, start: int) -> tuple[list[Referent], list[Candidate]]:
        """Who may be meant by "he" or "she" at ``start``, and what is known of each."""
        return people_before(self._referents, "m" if word in _HE else "f", start, self._layout)

    def _he_or_she(self, word: str, start: int) -> Referent | None:
        referents, candidates = self.people(word, start)
        chosen = self._ranker.choose(candidates, start, self._layout)
        return None if chosen is None else referents[chosen]

    def _best(self, start: int, fits: Fits, reach: int) -> Referent | None:
        scored = []
        for order, referent in enumerate(self._referents):
            if referent.speaks and fits(referent):
                score = prominence(referent, start, reach, self._layout)
                if score is not None:
                    scored.append((score, -order, referent))
        return max(scored, key=lambda item: item[:2])[2] if scored else None
