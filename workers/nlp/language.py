"""Is an article English? Its declared language decides, then the share of each language's small words.

The method is the oldest in the field (Ingle 1976: short words tell the language) and enough for one
question about running text; names, emoji and quotations in other scripts do not count as words.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

from workers.domain.outcome import Drop, DropReason
from workers.nlp.tables import words

_WORD: Final = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_SAMPLE: Final = 20_000
_FEW_WORDS: Final = 8
_LETTER_SHARE: Final = 0.5

_ENGLISH: Final = words(
    """the of and to in that is was for it with as his on be at by i this had not are but from or have an
    they which one you were all her she there would their we him been has when who will no more if out
    so said what up its about into than them can only other new some could time these two may then do
    any my now such like our over me even most after also did many before must through where your how
    because a he says after against amid"""
)
_OTHERS: Final = {
    "es": words(
        """el la los las de del que y en un una por con no se su para es al lo como más pero sus le
        ha"""
    ),
    "fr": words(
        """le la les de des du et en un une que qui dans pour pas sur au par est il elle ne ce avec
        sont"""
    ),
    "de": words(
        """der die das und in den von zu mit sich auf für ist im nicht ein eine dem des auch es an
        als"""
    ),
    "it": words(
        """il la di che e un una in per è non con del della si da sono al le dei gli ha come più nel"""
    ),
    "pt": words(
        """o a os as de do da que e em um uma para com não no na por mais dos das se foi ao é pelo"""
    ),
    "nl": words(
        """de het een en van in is dat op te zijn met voor niet aan er om ook als dan maar bij uit"""
    ),
    "sv": words("""och att det som en på är av för med den till har inte om ett han men var jag från vi"""),
    "da": words("""og i at det er en til på som med de for af den der ikke et har han var men fra vi"""),
    "pl": words("""w i na z się nie do to że jest o jak po co za od ale tak przez dla są był jego czy"""),
    "tr": words("""ve bir bu da de için ile olarak çok daha olan gibi sonra kadar ise ama ne en o"""),
    "id": words(
        """yang dan di itu dengan untuk tidak ini dari dalam akan pada juga saya ke karena tersebut"""
    ),
    "ro": words("""și de în la cu pe nu o un să care din mai este pentru că au fost sunt ca a"""),
}
_FOREIGN: Final = {name: frozenset(words) for name, words in _OTHERS.items()}


def english(text: str, declared: str | None) -> str | Drop:
    """Return the article's language tag ("en", "en-GB"), or ``Drop(NOT_ENGLISH)``.

    A declared language other than English drops the article at once. Text declared English, or not
    declared, is dropped only when its words say clearly that it is another language.
    """
    tag = (declared or "").strip().replace("_", "-")
    if tag and tag.partition("-")[0].lower() not in ("en", "eng", "english", "und"):
        return Drop(DropReason.NOT_ENGLISH)
    if not _reads_english(text[:_SAMPLE]):
        return Drop(DropReason.NOT_ENGLISH)
    return tag if tag.lower().startswith("en-") else "en"


def _reads_english(text: str) -> bool:
    words = Counter(match.group().lower() for match in _WORD.finditer(text))
    latin = sum(count for word, count in words.items() if word[0] < "\u0250")
    total = sum(words.values())
    if total < _FEW_WORDS:
        return latin > 0 or total == 0
    if latin < _LETTER_SHARE * total:
        return False
    english_words = sum(count for word, count in words.items() if word in _ENGLISH)
    foreign = max(sum(count for word, count in words.items() if word in known) for known in _FOREIGN.values())
    if english_words * 100 < 4 * latin and foreign <= english_words:
        return latin < 5 * _FEW_WORDS
    return english_words >= foreign
