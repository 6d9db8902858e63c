"""How the parts of a claim are put in words, the same in every view."""

import re
import unicodedata

from workers.domain.article import EnrichedArticle
from workers.domain.claim import Certainty, Claim, DateMention, Quantity, SourceKind, Stance

STANCE_SIGNS = {Stance.AFFIRMS: "✓", Stance.REFUTES: "✕", Stance.OPEN: "?"}
_UNSEEN = frozenset({"Cc", "Cs"})
_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_HEADING_LENGTH = 90


def is_unseen(character: str) -> bool:
    """Is this a character that shows nothing but may do harm: a control, or a switch of direction?"""
    if character in "\n\t":
        return False
    return character in _BIDI or unicodedata.category(character) in _UNSEEN


def one_line(text: str) -> str:
    """Return ``text`` for a terminal: runs of white space become one space, unseen characters vanish."""
    flat = re.sub(r"\s+", " ", text)
    return "".join(c for c in flat if not is_unseen(c)).strip()


def heading(article: EnrichedArticle) -> str:
    """Return the title, else how the text begins."""
    if article.title and article.title.strip():
        return article.title.strip()
    first = next((line.strip() for line in article.text.splitlines() if line.strip()), article.article_id)
    return first if len(first) <= _HEADING_LENGTH else first[: _HEADING_LENGTH - 1].rstrip() + "…"


def origin(article: EnrichedArticle) -> str:
    """Return who printed it and when, and what became of it since."""
    parts = [article.publisher or ""]
    if article.published_at is not None:
        parts.append(article.published_at.strftime("%Y-%m-%d %H:%M UTC"))
    if article.revision != 1 or article.status != "usable":
        parts.append(f"revision {article.revision}, {article.status}")
    return " · ".join(part for part in parts if part)


def in_text_order(article: EnrichedArticle) -> list[Claim]:
    """Return the claims by where their contents begin: so they are numbered in every view."""
    return sorted(article.claims, key=lambda claim: min(span.start for span in claim.content.spans))


def who(claim: Claim) -> str:
    """Return the source's name."""
    if claim.source is None:
        return "nobody named"
    if claim.source.kind is SourceKind.PUBLISHER:
        return claim.publisher or "the outlet"
    return claim.source.name


def who_more(claim: Claim) -> str:
    """Return what else is known of the source: its kind, role, and the words the article uses."""
    source = claim.source
    if source is None:
        return ""
    if source.kind is SourceKind.PUBLISHER:
        return "in the outlet's own voice"
    parts: list[str] = [source.kind]
    if source.role and source.role.lower() not in source.name.lower():
        parts.append(source.role)
    if source.text.lower() not in source.name.lower():
        parts.append(f"“{source.text}”")
    return " · ".join(parts)


def how(claim: Claim) -> str:
    """Return the attributing words, as they stand but for a capital at the start of a sentence."""
    if claim.cue is not None:
        words = claim.cue.text
        return words[:1].lower() + words[1:]
    if claim.source is not None and claim.source.kind is SourceKind.PUBLISHER:
        return ""
    return "(no cue)"


def what(claim: Claim, text: str) -> str:
    """Return the content; " … " stands where the source's and other words were between its pieces."""
    return " … ".join(text[s.start : s.end].strip() for s in claim.content.spans)


def via(claim: Claim) -> str:
    """Return through whom the source is known, each once."""
    return ", ".join(dict.fromkeys(via.name for via in claim.via))


def stance(claim: Claim) -> str:
    """Return the stance with its sign."""
    return f"{STANCE_SIGNS[claim.stance]} {claim.stance}"


def certainty(claim: Claim) -> str:
    """Return how sure the source is; nothing when that is not known."""
    return "" if claim.certainty is Certainty.UNKNOWN else claim.certainty


def quantity(number: Quantity) -> str:
    """Return the amount that was understood, for example "≈ 9,000 troops" or "≥ 11,500 troops"."""
    if number.value is not None:
        amount = ("≈ " if number.approximate else "") + _figure(number.value)
    elif number.low is not None and number.high is not None:
        amount = f"{_figure(number.low)}–{_figure(number.high)}"
    elif number.low is not None:
        amount = f"≥ {_figure(number.low)}"
    elif number.high is not None:
        amount = f"≤ {_figure(number.high)}"
    else:
        return number.text
    return f"{amount} {number.unit}" if number.unit else amount


def day(mention: DateMention) -> str:
    """Return the words and the day they mean, where that is known."""
    return f"{mention.text} = {mention.date.isoformat()}" if mention.date else mention.text


def count_of(number: int, noun: str) -> str:
    """Return "1 claim", "2 claims"."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _figure(number: float | int) -> str:
    return f"{number:,}" if isinstance(number, int) else f"{number:,.10g}"
