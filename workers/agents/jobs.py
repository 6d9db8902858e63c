"""What runs inside a language process: bytes in, bytes out. Must not import Faust."""

import ctypes
import gc
import signal
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from workers.domain.article import Article, EnrichedArticle, Withheld
from workers.domain.claim import Claim
from workers.domain.outcome import Drop, Reject
from workers.domain.routed import RoutedClaim
from workers.nlp import load_pipeline
from workers.nlp.enrich import enrich_articles
from workers.relations.known import routes
from workers.relations.sketches import article_signature
from workers.wire.messages import decode_article, encode_claim, encode_enriched, encode_routed

if TYPE_CHECKING:
    from spacy.language import Language

_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, slots=True)
class EnrichedBytes:
    """An enriched article ready to publish; ``claims`` are (claim_id, value) in text order.

    ``by_subject`` are (claim_id, route, value): every claim once by each of its routes.
    """

    article_id: str
    revision: int
    value: bytes
    claims: tuple[tuple[str, bytes], ...]
    unknown_fields: int
    withheld: tuple[Withheld, ...] = ()
    by_subject: tuple[tuple[str, str, bytes], ...] = ()


@dataclass(frozen=True, slots=True)
class JobSettings:
    """What a language process needs to know; raises ``FileNotFoundError`` when ``model`` is no pipeline."""

    model: Path | None
    body_limit_bytes: int
    min_score: float
    publisher_claims: bool = True
    remembered_windows: int = 0

    def __post_init__(self) -> None:
        if self.model is not None and not (self.model / "meta.json").is_file():
            raise FileNotFoundError(f"CLAIMWIRE_MODEL: there is no spaCy pipeline in {self.model}")


class _Process:
    """State of this language process: the pipeline is loaded once, by ``start_process``."""

    nlp: "Language | None" = None
    settings: JobSettings


def start_process(settings: JobSettings) -> None:
    """Load the pipeline. The process ignores Ctrl-C (its parent decides) and dies with its parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    prepare(settings)
    gc.collect()
    gc.freeze()  # what was loaded stays: no collection has to look at it again


def prepare(settings: JobSettings) -> None:
    """Load the pipeline for ``enrich_job``."""
    _Process.settings = settings
    _Process.nlp = load_pipeline(
        settings.model,
        publisher_claims=settings.publisher_claims,
        remembered_windows=settings.remembered_windows,
    )


def enrich_job(values: Sequence[tuple[bytes | None, bytes | None]]) -> list[EnrichedBytes | Drop | Reject]:
    """Return one result for each (key, value), in order."""
    settings = _Process.settings
    decoded = [_decoded(key, value, settings) for key, value in values]
    results: list[EnrichedBytes | Drop | Reject] = []
    articles = iter(_enrich([item for item, _ in decoded if isinstance(item, Article)]))
    for item, unknown in decoded:
        result = next(articles) if isinstance(item, Article) else item
        results.append(_encoded(result, unknown, settings) if isinstance(result, EnrichedArticle) else result)
    return results


def _decoded(
    key: bytes | None, value: bytes | None, settings: JobSettings
) -> tuple[Article | Drop | Reject, int]:
    unknown: list[int] = []
    article = decode_article(value, key, max_body_bytes=settings.body_limit_bytes, on_unknown=unknown.append)
    return article, sum(unknown)


def _enrich(articles: list[Article]) -> list[EnrichedArticle | Drop | Reject]:
    if _Process.nlp is None:
        raise RuntimeError("start_process was not called")
    return enrich_articles(_Process.nlp, articles)


def _encoded(enriched: EnrichedArticle, unknown: int, settings: JobSettings) -> EnrichedBytes:
    claims = [(claim, encode_claim(claim)) for claim in enriched.claims if claim.score >= settings.min_score]
    return EnrichedBytes(
        enriched.article_id,
        enriched.revision,
        encode_enriched(enriched),
        tuple((claim.claim_id, encoded) for claim, encoded in claims),
        unknown,
        enriched.withheld,
        tuple(_by_subject(claims, enriched.text)),
    )


def _by_subject(claims: Sequence[tuple[Claim, bytes]], text: str) -> Iterator[tuple[str, str, bytes]]:
    signature = article_signature(text) if claims else None
    for claim, encoded in claims:
        for route in routes(claim):
            yield claim.claim_id, route, encode_routed(RoutedClaim(route, claim, signature), encoded)
