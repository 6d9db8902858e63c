"""What the encoder found in a text, put together from its windows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from workers.nlp.found import NameSpan, RoleSpan, SentenceWorth


@dataclass(frozen=True, slots=True)
class Encoded:
    """What the encoder found in one text: roles (linked among themselves) and names, in text order.

    ``label`` of a name is the head's own: LOC covers GPE, MISC is whatever else has a name.
    """

    roles: tuple[RoleSpan, ...] = ()
    names: tuple[NameSpan, ...] = ()
    sentences: tuple[SentenceWorth, ...] = ()


def joined(parts: Sequence[Encoded]) -> Encoded:
    """One text's windows, in order; targets count from the text's first role."""
    roles: list[RoleSpan] = []
    names: list[NameSpan] = []
    sentences: list[SentenceWorth] = []
    for part in parts:
        base = len(roles)
        names += part.names
        sentences += part.sentences
        roles += [
            RoleSpan(
                role.role, role.start, role.end, role.score,
                None if role.target is None else role.target + base, role.link_score, role.worth,
            )
            for role in part.roles
        ]  # fmt: skip
    return Encoded(tuple(roles), tuple(names), tuple(sentences))


def moved(found: Encoded, by: int) -> Encoded:
    """The same, found ``by`` characters further on."""
    return Encoded(
        tuple(replace(role, start=role.start + by, end=role.end + by) for role in found.roles),
        tuple(replace(name, start=name.start + by, end=name.end + by) for name in found.names),
        tuple(replace(each, start=each.start + by, end=each.end + by) for each in found.sentences),
    )
