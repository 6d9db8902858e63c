"""Kafka's own disk fills in mid work: the broker fails, is given room and started, and nothing is lost."""

from pathlib import Path

import pytest

from tests.support.articles import raw_articles
from tests.support.expected import expected_outputs
from tests.support.oracle import judge
from tests.support.polling import poll_until
from tests.support.small_disk import SmallDisk, why_no_small_disk
from tests.support.stack import Stack, make_topics
from workers.broker.local import LocalKafka
from workers.topology import Topic

pytestmark = [
    pytest.mark.kafka,
    pytest.mark.model,
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.skipif(why_no_small_disk() is not None, reason=str(why_no_small_disk())),
]
_FAILS_WITHIN_S = 90.0


def test_nothing_is_lost_when_the_brokers_disk_fills(tmp_path: Path) -> None:
    raw = list(raw_articles(40, seed=83))
    with SmallDisk(tmp_path / "disk", 256) as disk, LocalKafka(tmp_path / "disk" / "kafka") as kafka:
        make_topics(kafka.bootstrap)
        stack = Stack(kafka.bootstrap, tmp_path)
        try:
            stack.start_worker()
            stack.publish(raw)
            stack.wait_for(5, [str(Topic.ARTICLE_ENRICHED)], seconds=300)

            disk.fill()
            poll_until(lambda: not kafka.is_running, _FAILS_WITHIN_S, "the broker gives up its full disk")
            disk.free()
            kafka.start()

            stack.wait_for(len(raw), [str(Topic.ARTICLE_ENRICHED)], seconds=300)
            verdict = judge(expected_outputs(raw), stack.wait_until_quiet(), str(Topic.ALERT))
            assert verdict.ok, verdict
        finally:
            stack.close()
