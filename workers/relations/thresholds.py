"""How sure the decision on a pair must be."""

from dataclasses import dataclass, replace

_LOOSE_TOLD = 0.8
_OTHER_DAY_TOLD = 0.75


@dataclass(frozen=True, slots=True)
class Thresholds:
    """How probable it must be that both contents tell of the same thing, before a relation is published.

    An update needs less than the others: both count the same kind of thing, and that ties them already. So
    does a denial, which is always of somebody else's claim. ``loose_updates`` is for units in which all sorts
    of things are counted, and for figures far apart; ``other_day`` for claims of different days; ``answered``
    for a contradiction in which each says most of what the other says; ``believed`` for claims that share few
    words, when a model holds them to be the same. ``told_``: for pairs that a model was asked about, whose
    probabilities are others than those of the words alone. ``contradiction`` is of another kind: how
    probable it must be that opposite signs make one. So is ``asked``: how probable it must be that a model's
    opinion makes a relation of what words leave unrelated, before it is asked for.
    """

    corroborates: float = 0.7
    contradicts: float = 0.7
    answered: float = 0.7
    denials: float = 0.55
    updates: float = 0.55
    loose_updates: float = 0.88
    other_day: float = 0.85
    believed: float = 0.92
    contradiction: float = 0.5
    asked: float = 0.007
    told_corroborates: float = 0.62
    told_contradicts: float = 0.88
    told_answered: float = 0.8
    told_denials: float = 0.8
    told_updates: float = 0.5

    @property
    def least(self) -> float:
        """What every relation of a pair that no model was asked about needs."""
        return min(
            self.corroborates,
            self.contradicts,
            self.answered,
            self.denials,
            self.updates,
            self.loose_updates,
            self.other_day,
        )

    def told(self) -> "Thresholds":
        """Return the thresholds for pairs that a model was asked about."""
        return replace(
            self,
            corroborates=self.told_corroborates,
            contradicts=self.told_contradicts,
            answered=self.told_answered,
            updates=self.told_updates,
            loose_updates=max(self.told_updates, _LOOSE_TOLD),
            other_day=max(self.told_corroborates, _OTHER_DAY_TOLD),
        )
