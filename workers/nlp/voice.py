"""Which sentences state a checkable fact in the outlet's own voice: claims that nobody is named for."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Final

from spacy.tokens import Doc

from workers.domain.claim import Quotation, SourceKind
from workers.nlp.found import Draft, Resolved, SentenceWorth, Speaker, Stretch
from workers.nlp.layout import Layout
from workers.nlp.tables import words

_NEAR: Final = 40
_LEAST_WORDS: Final = 7
_MOST_WORDS: Final = 60
_FIGURE: Final = re.compile(
    r"\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|twenty|thirty|forty|fifty|sixty"
    r"|seventy|eighty|ninety|hundreds?|thousands?|millions?|billions?|dozens?|half|quarter|percent)\b",
    re.IGNORECASE,
)
_END: Final = re.compile(r"\.[)\]]?$")
_WORD: Final = re.compile(r"[^\W_]+(?:[’'][^\W_]+)*")
# Somebody speaks, thinks or is heard of in the sentence: it is not the outlet's own word.
_HEARD: Final = words(
    """according said says say saying told tell tells telling reportedly report reports reported allegedly
    alleged alleges allege accused accuses accuse accusing claims claimed claim claiming denied denies deny
    believes believe believed thinks thought argued argues argue announced announces announce suggests
    suggested suggest insisted insists warned warns wrote writes tweeted tweets testified
    stated states conceded admitted acknowledged called asked asks replied responded responds
    supposedly purportedly apparently rumored rumoured expects expected predicts predicted hopes hoped
    wants wanted vowed promised pledged seems seem seemed appears appeared think feel feels felt"""
)
# First and second persons, wishes, judgements and guesses: an opinion, or not to be checked now.
_OWN_VIEW: Final = words(
    """i me my mine myself we us our ours ourselves you your yours yourself let please perhaps maybe should
    ought must might could may would will needs unfortunately sadly surely obviously clearly arguably indeed
    imagine hopefully ridiculous disgraceful shameful"""
)
_POINTS_ONLY: Final = re.compile(
    r"(?:This|That|These|Those|It|Here|There|And|But|So|Or|Yet|Nor|If|When|While|Whether|How|Why|What|Who)\b"
)


def outlet_drafts(doc: Doc, least: float, score: float) -> list[Draft]:
    """Claims of the outlet itself, each a sentence at least ``least`` checkworthy; ``score`` is theirs."""
    taken = [(role.start, role.end) for role in doc._.claimwire_roles]
    taken += [(hole.start, hole.end) for hole in doc._.claimwire_masked]
    publisher = Resolved("", SourceKind.PUBLISHER)
    return [
        Draft(
            contents=((sentence.start, sentence.end),),
            cue=None,
            source=Speaker(sentence.start, sentence.end, publisher, score),
            quotation=Quotation.INDIRECT,
            score=score,
            worth=sentence.worth,
        )
        for sentence in own_voice(doc._.claimwire_text, doc._.claimwire_layout, doc._.claimwire_worths, taken)
        if sentence.worth >= least
    ]


def own_voice(
    text: str, layout: Layout, worths: Sequence[SentenceWorth], taken: Sequence[Stretch]
) -> Iterator[SentenceWorth]:
    """Those of ``worths`` that may be claims: whole plain sentences of the body that give a figure.

    Nothing of ``taken`` (parts of attributions, masked text; any order) lies in them, and no quotation.
    """
    holes = sorted(taken)
    for sentence in worths:
        span = (sentence.start, sentence.end)
        if layout.line_at(sentence.start) == 0 or _touched(span, holes) or layout.quoted(span):
            continue
        if states_figure(text[sentence.start : sentence.end]):
            yield sentence


def states_figure(sentence: str) -> bool:
    """Is it a whole sentence that tells of a figure, and by its words neither hearsay nor a view?"""
    if _FIGURE.search(sentence) is None or _END.search(sentence) is None:
        return False
    if _POINTS_ONLY.match(sentence) or not sentence[0].isalnum():
        return False
    found = [word.lower() for word in _WORD.findall(sentence)]
    if not _LEAST_WORDS <= len(found) <= _MOST_WORDS:
        return False
    return not any(word in _HEARD or word in _OWN_VIEW for word in found)


def _touched(span: Stretch, holes: Sequence[Stretch]) -> bool:
    """Does one of ``holes`` (sorted by start) share a character with ``span``?"""
    last = bisect_left(holes, (span[1], 0))
    return any(end > span[0] for _, end in holes[max(0, last - _NEAR) : last])
