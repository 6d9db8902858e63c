"""What a raw record must lead to, computed without Kafka by the same job that the worker runs."""

from collections.abc import Sequence

from tests.support.oracle import Expected, Identity
from workers.agents.jobs import EnrichedBytes, JobSettings, enrich_job, prepare
from workers.domain.outcome import Reject
from workers.topology import Topic

Raw = tuple[bytes | None, bytes | None]


def expected_outputs(records: Sequence[Raw]) -> Expected:
    """Return, per key, every record that readers must find: topic and key to value.

    Keys must be unique and one revision each; a rejected record leads to a dead letter under its key.
    """
    prepare(JobSettings(model=None, body_limit_bytes=2 * 2**20, min_score=0.0))
    expected: Expected = {}
    for (key, value), result in zip(records, enrich_job([(k, v) for k, v in records]), strict=True):
        assert key is not None
        if isinstance(result, EnrichedBytes):
            outputs: dict[Identity, bytes | None] = {
                (str(Topic.ARTICLE_ENRICHED), result.article_id.encode()): result.value
            }
            outputs |= {(str(Topic.CLAIM), claim_id.encode()): claim for claim_id, claim in result.claims}
            expected[key] = outputs
        elif isinstance(result, Reject):
            expected[key] = {(Topic.ARTICLE_RAW.dlq, key): value}
    return expected
