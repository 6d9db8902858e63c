"""The list beside the text: each claim in words, linked to its place."""

from workers.cli.render import words
from workers.cli.render.inert import shown
from workers.domain.article import EnrichedArticle
from workers.domain.claim import Claim

_SURE = 0.5


def claim_list(article: EnrichedArticle, document: int) -> str:
    """Return the markup of all claims of an article; ``document`` is its number on the page."""
    count = words.count_of(len(article.claims), "claim")
    if not article.claims:
        inner = '<p class="none">No claim was found in this text.</p>'
    else:
        names = {entity.entity_id: entity.name for entity in article.entities}
        numbered = enumerate(words.in_text_order(article), start=1)
        items = (_item(claim, number, document, article.text, names) for number, claim in numbered)
        inner = f"<ol>{''.join(items)}</ol>"
    return f'<aside class="claims" aria-label="Claims"><h3>{count}</h3>{inner}</aside>'


def _item(claim: Claim, number: int, document: int, text: str, names: dict[str, str]) -> str:
    more = words.who_more(claim)
    weak = " weak" if claim.score < _SURE else ""
    return (
        f'<li class="claim i{number}{weak}" id="d{document}i{number}"><p>'
        f'<a class="n" href="#d{document}c{number}" aria-label="claim {number} in the text">{number}</a> '
        f"<b><bdi>{shown(words.who(claim))}</bdi></b> "
        f'<bdi class="how">{shown(words.how(claim))}</bdi></p>'
        + (f'<p class="more-who">{shown(more)}</p>' if more else "")
        + f'<p class="what" dir="auto">{shown(words.what(claim, text))}</p>'
        f'<p class="badges">{_badges(claim)}</p>{_details(claim, names)}</li>\n'
    )


def _badges(claim: Claim) -> str:
    badges = [f'<span class="{claim.stance}">{words.stance(claim)}</span>']
    plain = [claim.act, words.certainty(claim), claim.time, claim.quotation, "negated" * claim.negated]
    badges += [f"<span>{shown(word)}</span>" for word in plain if word]
    badges.append(f"<small>score {claim.score:.2f}</small>")
    if claim.checkworthiness is not None:
        badges.append(f"<small>check-worthy {claim.checkworthiness:.2f}</small>")
    return " ".join(badges)


def _details(claim: Claim, names: dict[str, str]) -> str:
    rows = [
        ("if", claim.condition.text if claim.condition else ""),
        ("to", claim.addressee.text if claim.addressee else ""),
        ("via", words.via(claim)),
        ("numbers", ", ".join(words.quantity(number) for number in claim.quantities)),
        ("dates", ", ".join(words.day(mention) for mention in claim.dates)),
        ("about", ", ".join(names[subject] for subject in claim.subjects if subject in names)),
    ]
    cells = "".join(f'<dt>{name}</dt><dd dir="auto">{shown(value)}</dd>' for name, value in rows if value)
    return f"<dl>{cells}</dl>" if cells else ""
