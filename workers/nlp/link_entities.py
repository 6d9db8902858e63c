"""The component that gives entities their Wikidata ids, and keeps silent when in doubt.

No statistics, so that it is fast and its reasons can be read: a name must be known, its label must agree with
what the entry is, and a name of several things needs a hint. In sport a country's name mostly stands for
a team, which is another entity, so there only plain uses of it link.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence, Set
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from spacy.language import Language
from spacy.tokens import Doc

from workers.domain.entity import MentionKind
from workers.nlp.clusters import person_key
from workers.nlp.extensions import register
from workers.nlp.found import Cluster, ClusterMention, Resolution, Resolved
from workers.nlp.kb import Candidate, Kind, KnowledgeBase, read_entries, tidy
from workers.nlp.places import STATES
from workers.nlp.sport import about_sport

_FILE: Final = "kb.jsonl"
_PLACE: Final = frozenset({"GPE", "LOC"})
_LABELS: Final = {
    Kind.COUNTRY: _PLACE,
    Kind.REGION: _PLACE,
    Kind.CITY: _PLACE,
    Kind.PERSON: frozenset({"PERSON"}),
    Kind.ORGANIZATION: frozenset({"ORG", "GPE", "NORP", "FAC"}),
}
_DEMONYM_LABELS: Final = frozenset({"NORP", "GPE", "LOC"})
_PLAIN_USE: Final = re.compile(r"(?:\b(?:in|from)\s+(?:the\s+)?|\()$")
_STATES: Final = "|".join(sorted(STATES | {"Georgia"}))
_STATE_AFTER: Final = re.compile(
    rf",\s+(?:(?:{_STATES})\b|(?!DC)[A-Z]{{2}}\b|(?!D\.C)[A-Z]\.[A-Z]\.|[A-Z][a-z]{{1,4}}\.)"
)
_LANGUAGE_BEFORE: Final = re.compile(
    r"\b(?:sp(?:eak|eaks|oke|oken|eaking)|learn|learns|learned|learning|teach|taught|fluent in"
    r"|translated into|written in|subtitles in)\s+$"
)
_ENDS: Final = re.compile(r"[.,;:?!”\"]|$|\s+(?:only|or)\b")


class ClaimwireLink:
    """Component ``claimwire_link``: gives clusters of ``doc._.claimwire_resolution`` their ``kb_id``.

    Clusters that turn out to be one thing ("Russia", "Russian") become one. Without ``from_disk`` the
    knowledge base holds only the user's own entries.
    """

    def __init__(
        self, name: str = "claimwire_link", *, threshold: float = 0.9, extra: Sequence[str] = ()
    ) -> None:
        """``extra`` are JSONL files of one's own; ``ValueError`` or ``OSError`` for one that cannot be read.

        A name of several entries links when the likeliest has a share of their priors above ``threshold``.
        """
        register()
        self.name = name
        self.threshold = threshold
        self._own = tuple(entry for path in extra for entry in _read(Path(path)))
        self._lines = ""
        self.knowledge = KnowledgeBase(self._own)

    def __call__(self, doc: Doc) -> Doc:
        """Annotate one Doc."""
        self.set_annotations(doc, self.predict(doc))
        return doc

    def predict(self, doc: Doc) -> Resolution:
        """The resolution with ids, clusters of one id joined."""
        published = doc._.claimwire_published
        found = doc._.claimwire_resolution
        year = published.year if published is not None else None
        linker = Linker(self.knowledge, doc._.claimwire_text, year, found.clusters)
        ids = [linker.link(cluster, self.threshold) for cluster in found.clusters]
        return joined(found, ids, self.knowledge)

    def set_annotations(self, doc: Doc, resolution: Resolution) -> None:
        """Write ``resolution``."""
        doc._.claimwire_resolution = resolution

    def _set_lines(self, lines: str, where: str) -> None:
        self._lines = lines
        self.knowledge = KnowledgeBase((*read_entries(lines.splitlines(), where), *self._own))

    def from_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> ClaimwireLink:
        """Read ``kb.jsonl`` in the folder ``path``; the user's own entries stay on top of it."""
        file = Path(path) / _FILE
        self._set_lines(file.read_text(encoding="utf-8"), str(file))
        return self

    def to_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> None:
        """Write ``kb.jsonl`` into the folder ``path``, without the user's own entries."""
        Path(path).mkdir(parents=True, exist_ok=True)
        (Path(path) / _FILE).write_text(self._lines, encoding="utf-8")

    def to_bytes(self, *, exclude: Iterable[str] = ()) -> bytes:
        """The lines of ``kb.jsonl``."""
        return self._lines.encode()

    def from_bytes(self, data: bytes, *, exclude: Iterable[str] = ()) -> ClaimwireLink:
        """Read what ``to_bytes`` made."""
        self._set_lines(data.decode(), _FILE)
        return self


class Linker:
    """Links the clusters of one article."""

    def __init__(
        self, knowledge: KnowledgeBase, text: str, year: int | None, clusters: Sequence[Cluster]
    ) -> None:
        """``year`` of publication, where it is known."""
        self._surnames = {
            cluster.name.split()[-1]
            for cluster in clusters
            if cluster.label == "PERSON" and " " in cluster.name
        }
        self._knowledge = knowledge
        self._text = text
        self._year = year
        self._hinted: dict[str, bool] = {}
        self._sport: bool | None = None

    def link(self, cluster: Cluster, threshold: float) -> str | None:
        """The id of what ``cluster`` stands for, or ``None`` when it is unknown or in doubt."""
        for name in self._names(cluster):
            known = [c for c in self._knowledge.candidates(name) if _agrees(c, cluster.label)]
            if known:
                chosen = self._chosen(known, cluster, threshold)
                return chosen.entry.id if chosen is not None and self._holds(chosen, cluster) else None
        return None

    def _names(self, cluster: Cluster) -> list[str]:
        """The names to look up, best first: the fullest, and shorter ones that say the same."""
        others = {tidy(self._text[m.start : m.end]) for m in cluster.mentions if m.kind is MentionKind.NAME}
        full = tidy(cluster.name)
        if cluster.label == "PERSON":
            key = person_key(full)
            same = [
                name
                for name in others
                if len(person_key(name)) > 1 and person_key(name)[::-1][0] == key[-1] and name[0] == full[0]
            ]
            short = f"{full.split()[0]} {full.split()[-1]}" if len(full.split()) > 2 else full
            return list(dict.fromkeys([full, *sorted(same, key=len, reverse=True), short]))
        if cluster.label in _PLACE:
            return [full, *sorted(others, key=len, reverse=True)]
        acronyms = [name for name in others if name.isupper() and len(name) < len(full) and len(name) > 1]
        return [full, *sorted(acronyms)]

    def _chosen(self, known: Sequence[Candidate], cluster: Cluster, threshold: float) -> Candidate | None:
        """Who has evidence beats who has none; then priors decide, and doubt is an answer."""
        live = [
            c for c in known if c.entry.since is None or self._year is None or c.entry.since <= self._year + 1
        ]
        evident = [c for c in live if self._evident(c, cluster)]
        free = evident or [c for c in live if not c.guarded]
        if not free:
            return None
        best = max(free, key=lambda candidate: candidate.entry.prior)
        share = best.entry.prior / sum(candidate.entry.prior for candidate in free)
        return best if share >= threshold else None

    def _evident(self, candidate: Candidate, cluster: Cluster) -> bool:
        entry = candidate.entry
        roles = [role.casefold() for role in cluster.roles]
        offices = [office.casefold() for office in entry.offices]
        for role in roles:
            if any(re.search(rf"(?<!\w){re.escape(office)}(?!\w)", role) for office in offices):
                return True
        return any(self._hint(hint) for hint in entry.hints)

    def _hint(self, hint: str) -> bool:
        if hint not in self._hinted:
            self._hinted[hint] = re.search(rf"(?<!\w){re.escape(hint)}(?!\w)", self._text) is not None
        return self._hinted[hint]

    def _holds(self, candidate: Candidate, cluster: Cluster) -> bool:
        """Is the name used for the place itself, in more than half of its mentions?"""
        kind = candidate.entry.kind
        mentions = [m for m in cluster.mentions if m.kind is MentionKind.NAME]
        own = {word for name in candidate.entry.known() for word in name.casefold().split()}
        if not all(self._fits(candidate, own, self._text[m.start : m.end]) for m in mentions):
            return False
        if candidate.demonym and any(self._language(m) for m in mentions):
            return False
        if kind is Kind.CITY and any(_STATE_AFTER.match(self._text, m.end) for m in mentions):
            return False
        if kind is not Kind.PERSON and cluster.name in self._surnames:
            return False
        if kind not in (Kind.COUNTRY, Kind.CITY, Kind.REGION) or candidate.demonym or not self.sport:
            return True
        plain = sum(
            _PLAIN_USE.search(self._text, max(0, m.start - 20), m.start) is not None for m in mentions
        )
        return 2 * plain > len(mentions)

    def _fits(self, candidate: Candidate, own: Set[str], words: str) -> bool:
        """May a name of the cluster be the entry's? A wrong guess of the clusters shows here."""
        name = tidy(words)
        if not own.isdisjoint(name.casefold().split()):
            return True
        capitals = name.replace(".", "")
        if len(capitals) > 1 and any(capitals == _initials(known) for known in candidate.entry.known()):
            return True
        return any(other.entry.id == candidate.entry.id for other in self._knowledge.candidates(name))

    def _language(self, mention: ClusterMention) -> bool:
        """Does the demonym stand for a language here: "spoke French", "in French."?"""
        front = self._text[max(0, mention.start - 20) : mention.start]
        if _LANGUAGE_BEFORE.search(front):
            return True
        after = self._text[mention.end : mention.end + 10]
        return re.search(r"\b(?:in|into)\s+$", front) is not None and _ENDS.match(after) is not None

    @property
    def sport(self) -> bool:
        """Is the article about sport?"""
        if self._sport is None:
            self._sport = about_sport(self._text)
        return self._sport


def joined(found: Resolution, ids: Sequence[str | None], knowledge: KnowledgeBase) -> Resolution:
    """``found`` with ids on its clusters; clusters of one id are one, and the sources follow."""
    places: dict[object, int] = {}
    groups: list[list[int]] = []
    moved = []
    for number, kb_id in enumerate(ids):
        place = places.setdefault(kb_id if kb_id is not None else number, len(groups))
        if place == len(groups):
            groups.append([])
        groups[place].append(number)
        moved.append(place)
    clusters = tuple(
        _one([found.clusters[number] for number in group], ids[group[0]], knowledge) for group in groups
    )
    sources = tuple((role, _moved(resolved, moved, clusters)) for role, resolved in found.sources)
    return Resolution(clusters, sources)


def _one(group: Sequence[Cluster], kb_id: str | None, knowledge: KnowledgeBase) -> Cluster:
    first = min(group, key=lambda cluster: (cluster.label == "NORP", -len(cluster.mentions)))
    if kb_id is None:
        return first
    entry = knowledge.entries[kb_id]
    bare = first.label == "NORP" or (entry.kind is Kind.PERSON and len(first.name.split()) == 1)
    mentions: list[ClusterMention] = sorted(
        (mention for cluster in group for mention in cluster.mentions), key=lambda mention: mention.start
    )
    roles = tuple(dict.fromkeys(role for cluster in group for role in cluster.roles))
    name = entry.name if bare else first.name
    return replace(first, name=name, mentions=tuple(mentions), roles=roles, kb_id=kb_id)


def _moved(resolved: Resolved, moved: Sequence[int], clusters: Sequence[Cluster]) -> Resolved:
    if resolved.cluster is None:
        return resolved
    cluster = clusters[moved[resolved.cluster]]
    full = cluster.kb_id is not None and cluster.label == "PERSON"
    return replace(resolved, cluster=moved[resolved.cluster], name=cluster.name if full else resolved.name)


def _initials(name: str) -> str:
    return "".join(word[0] for word in name.split() if word[0].isupper())


def _agrees(candidate: Candidate, label: str) -> bool:
    return label in (_DEMONYM_LABELS if candidate.demonym else _LABELS[candidate.entry.kind])


def _read(path: Path) -> tuple[Any, ...]:
    return read_entries(path.read_text(encoding="utf-8").splitlines(), str(path))


@Language.factory(
    "claimwire_link",
    requires=["doc._.claimwire_resolution"],
    assigns=["doc._.claimwire_resolution"],
    default_config={"threshold": 0.9, "extra": []},
)
def make_link(nlp: Language, name: str, threshold: float, extra: list[str]) -> Any:
    """The factory; the knowledge base that ships comes with ``from_disk``."""
    return ClaimwireLink(name, threshold=threshold, extra=extra)
