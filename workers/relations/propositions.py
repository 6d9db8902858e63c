"""Does a content say that something is so, or does it only name a matter ("an impeachment inquiry")?"""

import re
from functools import lru_cache

from workers.relations import caches

_VERB = re.compile(
    r"\b(?:am|is|are|was|were|been|has|have|had|do|does|did|will|would|shall|should|can|could|may|might|must|cannot"
    r"|to\s+(?!the\b|a\b|an\b|his\b|her\b|their\b|its\b)[a-z]{2,}"
    r"|(?!(?:hundred|need|speed|bleed|indeed|seed|deed|embed|naked|wicked|sacred)\b)[a-z]{2,}ed"
    r"|became|began|bought|broke|brought|built|came|chose|cut|died|drew|fell|felt|fought|found|gave|gets?|goes|got|grew"
    r"|heard|held|hit|kept|knew|knows?|laid|led|left|lost|made|makes?|means?|meant|met|needs?|paid|put|ran|rose|said"
    r"|sank|saw|says?|sees?|sent|shot|shows?|sold|spent|stood|struck|sunk|takes?|thinks?|thought|told|took|wants?|went"
    r"|won|wore|wrote)\b|n['’]t\b|['’](?:re|ve|ll|d|m)\b",
    re.IGNORECASE,
)


@lru_cache(maxsize=caches.TEXTS)
def says_something(text: str) -> bool:
    """Return whether ``text`` holds a verb form, by its words alone.

    A present tense without an auxiliary ("rain falls") is taken for a noun: such a claim relates to none.
    """
    return _VERB.search(text) is not None
