"""The enrich step answers for every article, in order, whatever its body holds."""

from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import spacy
from spacy.language import Language

from workers.domain.article import Article, ArticleStatus, EnrichedArticle
from workers.domain.claim import Stance
from workers.domain.outcome import Drop, DropReason, Reject, RejectReason
from workers.nlp import load_pipeline
from workers.nlp.encoder import ClaimwireEncoder
from workers.nlp.enrich import enrich_articles
from workers.nlp.pipeline import pipeline_info
from workers.resources import resource

pytestmark = pytest.mark.model

NOON = datetime(2024, 10, 24, 12, tzinfo=UTC)
BODY = (
    "The harbour will close on Friday, Minister Ada Holt told reporters.\n"
    "“We will not sell the shipyard,” she said. “About 1,200 dockers will be paid.”\n"
    "The Harbour Union denied the reports of a strike."
)


@cache
def shipped() -> Language:
    return load_pipeline()


def an_article(body: str = BODY, **changes: Any) -> Article:
    values: dict[str, Any] = {"article_id": "a1", "body": body, "published_at": NOON}
    return Article(**(values | changes))


def enriched(body: str = BODY, **changes: Any) -> EnrichedArticle:
    (answer,) = enrich_articles(shipped(), [an_article(body, **changes)])
    assert isinstance(answer, EnrichedArticle)
    return answer


def test_an_article_becomes_entities_and_claims() -> None:
    article = enriched()

    (holt,) = [entity for entity in article.entities if entity.name == "Ada Holt"]
    quoted = next(claim for claim in article.claims if claim.quotation == "direct")
    assert holt.label == "PERSON"
    assert quoted.source is not None
    assert (quoted.source.name, quoted.source.entity_id) == ("Ada Holt", holt.entity_id)
    assert [article.text[span.start : span.end] for span in quoted.content.spans] == [
        "“We will not sell the shipyard,”",
        "“About 1,200 dockers will be paid.”",
    ]
    assert [quantity.value for quantity in quoted.quantities] == [1200]
    assert any(claim.stance is Stance.REFUTES for claim in article.claims)


def test_answers_keep_the_order_of_the_articles() -> None:
    articles = [
        an_article(article_id="one"),
        an_article("", article_id="two"),
        an_article("El ministro dijo que el puerto no se va a cerrar y que va a pagar.", article_id="three"),
        an_article("It is over, she said.", article_id="four"),
    ]

    one, two, three, four = enrich_articles(shipped(), articles)

    assert isinstance(one, EnrichedArticle)
    assert isinstance(two, Reject)
    assert three == Drop(DropReason.NOT_ENGLISH)
    assert isinstance(four, EnrichedArticle)
    assert (one.article_id, two.reason, four.article_id) == ("one", RejectReason.EMPTY_BODY, "four")


def test_no_articles_make_no_answers() -> None:
    assert enrich_articles(shipped(), []) == []


def test_a_withdrawn_article_keeps_its_text_and_loses_its_claims() -> None:
    article = enriched(status=ArticleStatus.WITHDRAWN)

    assert (article.status, article.text) == (ArticleStatus.WITHDRAWN, BODY)
    assert (article.claims, article.entities) == ((), ())


def test_a_text_longer_than_spacy_reads_is_rejected() -> None:
    (answer,) = enrich_articles(shipped(), [an_article("word " * 250_000)])

    assert isinstance(answer, Reject)
    assert answer.reason == RejectReason.TOO_LARGE


@pytest.mark.parametrize(
    "body",
    [
        "“" * 200 + " he said",
        "“Unclosed, he said. “Again, she said.",
        "((((((((((" * 300,
        "word" * 3000,
        "😀 “😀” 😀 said 😀.",
        "قال “لا” the envoy, Ada Holt, said. \u202e“No.”",
        "a\r\nb\rc\u2028d\u2029e\x0bf",
        "“\u200b” said \u200b.",
        "Ada Holt said " * 400,
    ],
)
def test_odd_text_is_enriched_and_every_offset_slices_back(body: str) -> None:
    article = enriched(body, language="en")

    assert article.text == body
    for claim in article.claims:
        assert claim.content.text == " ".join(body[span.start : span.end] for span in claim.content.spans)


def test_a_claim_that_survives_a_revision_keeps_its_id() -> None:
    before = {claim.content.text: claim.claim_id for claim in enriched().claims}
    after = {
        claim.content.text: claim.claim_id
        for claim in enriched("New first line.\n" + BODY, revision=2).claims
    }

    quoted = "“We will not sell the shipyard,” “About 1,200 dockers will be paid.”"
    assert before[quoted] == after[quoted]


def test_the_same_words_twice_are_two_claims() -> None:
    claims = enriched("“We will not sell the yard,” Ada Holt said.\n" * 2).claims

    assert len(claims) == 2
    assert len({claim.claim_id for claim in claims}) == 2


def test_alone_or_in_company_an_article_reads_the_same() -> None:
    others = [an_article("The vote is on Monday, he said. " * 30, article_id=f"o{n}") for n in range(3)]

    together = enrich_articles(shipped(), [others[0], an_article(), *others[1:]])

    assert together[1] == enriched()


def test_every_answer_tells_which_model_made_it() -> None:
    info = enriched().pipeline

    assert info == pipeline_info(shipped())
    assert (info.name, info.model) == ("claimwire", f"en_claimwire-{shipped().meta['version']}")
    assert len(info.model_sha256) == 64


def test_a_pipeline_without_an_encoder_has_no_model_to_tell() -> None:
    with pytest.raises(ValueError, match="no claimwire_encoder"):
        pipeline_info(spacy.blank("en"))


def test_spacy_itself_loads_the_shipped_folder() -> None:
    nlp = spacy.load(resource("models", "en_claimwire"))

    assert nlp.pipe_names == shipped().pipe_names
    analysis = nlp.analyze_pipes()
    assert analysis is not None
    assert analysis["problems"] == {name: [] for name in nlp.pipe_names}


def test_the_encoder_survives_a_round_trip_through_bytes_and_disk(tmp_path: Path) -> None:
    original = shipped().get_pipe("encoder")
    assert isinstance(original, ClaimwireEncoder)
    original.to_disk(tmp_path / "encoder")

    for copy in (
        ClaimwireEncoder().from_bytes(original.to_bytes()),
        ClaimwireEncoder().from_disk(tmp_path / "encoder"),
    ):
        assert copy.model_sha256 == original.model_sha256
        docs = [spacy.blank("en")(BODY), spacy.blank("en")(BODY)]
        assert original(docs[0])._.claimwire_roles == copy(docs[1])._.claimwire_roles != ()


def test_an_encoder_without_weights_says_so() -> None:
    with pytest.raises(ValueError, match="no weights"):
        ClaimwireEncoder()(spacy.blank("en")("Anything."))


def test_entities_stand_in_doc_ents_with_ontonotes_labels() -> None:
    doc = shipped()(BODY)

    assert ("Ada Holt", "PERSON") in [(ent.text, ent.label_) for ent in doc.ents]


def test_what_an_outlet_reports_of_somebody_is_his_claim_known_through_it() -> None:
    article = enriched("The Harbor Times reported that Mayor Lena Ortiz said the plan was reckless.")

    (claim,) = article.claims
    assert claim.source is not None
    assert claim.source.name == "Lena Ortiz"
    assert [via.name for via in claim.via] == ["Harbor Times"]


def test_the_reader_is_nobody_s_source() -> None:
    article = enriched("You say the ferry was safe, and she says it was not.")

    assert article.claims
    assert all(claim.source is None or claim.source.text.lower() != "you" for claim in article.claims)


def test_words_before_a_name_and_asides_after_it_are_no_part_of_it() -> None:
    article = enriched("She said that President Karl Reed (R-Ohio) and Gov. Bill de Blasio had left Aldis.")

    names = {entity.name for entity in article.entities}
    assert {"Karl Reed", "Bill de Blasio"} <= names
