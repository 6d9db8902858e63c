import json

from tests.builders import a_record
from workers.cli.reprocessing.difference import Alerts, Brief, Difference, compare, read_alerts, read_claims
from workers.domain.outcome import Record

ARTICLES = {b"a1", b"a2"}


def claim(
    claim_id: str, article_id: str = "a1", text: str = "the road is open", model: str = "old"
) -> Record:
    value = {
        "claim_id": claim_id,
        "article_id": article_id,
        "source": {"name": "Mara Lindqvist", "text": "she"},
        "content": {"text": text},
        "score": 0.9,
        "pipeline": {"model": model},
    }
    return a_record(key=claim_id.encode(), value=json.dumps(value).encode())


def claims(*records: Record) -> dict[str, Brief]:
    return read_claims(records, ARTICLES)


def test_claims_of_other_articles_are_left_out() -> None:
    assert set(claims(claim("c1"), claim("c2", article_id="a9"))) == {"c1"}


def test_the_last_record_of_a_key_holds_and_a_tombstone_takes_it_back() -> None:
    held = claims(
        claim("c1", text="old"), claim("c2"), claim("c1", text="new"), a_record(key=b"c2", value=None)
    )

    assert [(brief.claim_id, brief.text) for brief in held.values()] == [("c1", "new")]


def test_a_claim_made_by_another_model_with_the_same_contents_is_the_same() -> None:
    before, after = claims(claim("c1", model="old")), claims(claim("c1", model="new"))

    assert compare(before, after) == Difference((), (), (), 1)


def test_what_is_gone_new_and_changed_is_told_apart() -> None:
    before = claims(claim("gone"), claim("kept"), claim("other", text="closed"))
    after = claims(claim("kept"), claim("other", text="open"), claim("new"))

    difference = compare(before, after)

    assert [brief.claim_id for brief in difference.gone] == ["gone"]
    assert [brief.claim_id for brief in difference.new] == ["new"]
    assert [(old.text, new.text) for old, new in difference.changed] == [("closed", "open")]
    assert difference.same == 1


def test_a_claim_without_a_source_is_read() -> None:
    value = {"article_id": "a1", "source": None, "content": {"text": "it is so"}, "score": 0.5}
    (brief,) = claims(a_record(key=b"c1", value=json.dumps(value).encode())).values()

    assert brief.source == ""


def test_alerts_are_counted_by_rule_and_those_that_page_apart() -> None:
    values = [("r1", "archival"), ("r1", "current"), ("r2", "archival")]
    records = [
        a_record(value=json.dumps({"rule": {"id": rule}, "alert_tense": tense}).encode())
        for rule, tense in values
    ]

    assert read_alerts(records) == Alerts({"r1": 2, "r2": 1}, paging=1)
