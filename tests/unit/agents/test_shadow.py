from tests.builders import a_record
from workers.agents.shadow import Shadow
from workers.agents.tense import tense_of
from workers.domain.alert import AlertTense
from workers.topology import STAGES, Topic


def test_without_a_suffix_nothing_changes() -> None:
    record = a_record(headers=(("traceparent", b"00-1"),))

    assert Shadow().within(record) is record
    assert Shadow().name(str(Topic.CLAIM)) == str(Topic.CLAIM)


def test_raw_articles_are_read_from_their_real_topic_and_all_else_is_shadow() -> None:
    shadow = Shadow(".shadow")
    outputs = {shadow.name(topic) for stage in STAGES for topic in stage.outputs}

    assert shadow.name(str(Topic.ARTICLE_RAW)) == str(Topic.ARTICLE_RAW)
    assert outputs
    assert all(name.endswith(".shadow") for name in outputs)


def test_a_record_of_a_shadow_topic_looks_like_one_of_the_real_topic() -> None:
    record = a_record(topic="news.claim.v1.shadow")

    assert Shadow(".shadow").within(record).topic == str(Topic.CLAIM)


def test_no_record_in_the_shadow_pages_anybody_whatever_its_producer_said() -> None:
    record = a_record(headers=(("traceparent", b"00-1"), ("claimwire-tense", b"current")))

    within = Shadow(".shadow").within(record)

    assert tense_of(within) is AlertTense.ARCHIVAL
    assert within.headers == (("traceparent", b"00-1"), ("claimwire-tense", b"archival"))
