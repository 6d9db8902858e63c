"""The component that groups names into entities and finds out who every source is."""

from __future__ import annotations

from typing import Any

from spacy.language import Language
from spacy.tokens import Doc

from workers.domain.claim import ResolvedBy
from workers.domain.entity import MentionKind
from workers.nlp.clusters import cluster_names
from workers.nlp.extensions import register
from workers.nlp.found import Cluster, ClusterMention, Resolution, Role, overlaps
from workers.nlp.resolve import Resolver

_KINDS = {ResolvedBy.PRONOUN: MentionKind.PRONOUN, ResolvedBy.DESCRIPTION: MentionKind.DESCRIPTION}


class ClaimwireResolve:
    """Component ``claimwire_resolve``: sets ``doc._.claimwire_resolution``."""

    def __init__(self, name: str = "claimwire_resolve") -> None:
        register()
        self.name = name

    def __call__(self, doc: Doc) -> Doc:
        """Annotate one Doc."""
        self.set_annotations(doc, self.predict(doc))
        return doc

    def predict(self, doc: Doc) -> Resolution:
        """Clusters of the names, and who each SOURCE among the roles is."""
        text, layout = doc._.claimwire_text, doc._.claimwire_layout
        clusters = cluster_names(text, doc._.claimwire_names, layout)
        resolver = Resolver(text, layout, clusters)
        sources = tuple(
            (place, resolver.source(role.start, role.end))
            for place, role in enumerate(doc._.claimwire_roles)
            if role.role is Role.SOURCE
        )
        spans = [(doc._.claimwire_roles[place], resolved) for place, resolved in sources]
        extra: dict[int, list[ClusterMention]] = {}
        for role, resolved in spans:
            kind = _KINDS.get(resolved.by)
            if resolved.cluster is not None and kind is not None:
                extra.setdefault(resolved.cluster, []).append(
                    ClusterMention(role.start, role.end, kind, role.score)
                )
        return Resolution(_with_mentions(clusters, extra), sources)

    def set_annotations(self, doc: Doc, resolution: Resolution) -> None:
        """Write ``resolution``."""
        doc._.claimwire_resolution = resolution


def _with_mentions(
    clusters: tuple[Cluster, ...], extra: dict[int, list[ClusterMention]]
) -> tuple[Cluster, ...]:
    """Clusters with the pronouns and descriptions that stand for them, where no name stands already."""
    taken = [(mention.start, mention.end) for found in clusters for mention in found.mentions]
    grown = []
    for number, found in enumerate(clusters):
        new = [
            m for m in extra.get(number, ()) if not any(overlaps((m.start, m.end), name) for name in taken)
        ]
        mentions = tuple(sorted((*found.mentions, *new), key=lambda mention: mention.start))
        grown.append(Cluster(found.name, found.label, mentions, found.roles))
    return tuple(grown)


@Language.factory(
    "claimwire_resolve",
    requires=["doc._.claimwire_names", "doc._.claimwire_roles"],
    assigns=["doc._.claimwire_resolution"],
)
def make_resolve(nlp: Language, name: str) -> Any:
    """The factory."""
    return ClaimwireResolve(name)
