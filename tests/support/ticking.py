"""A worker that ticks over two rules, and records of claims for it: who denies, and who fell quiet."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.builders import a_claim, a_record, a_source
from tests.support.alert_desk import TODAY, Shop
from tests.support.alert_rules import rules_text
from workers.domain.alert import Alert
from workers.domain.claim import Act
from workers.domain.ids import content_id
from workers.domain.outcome import Record
from workers.wire.messages import encode_claim

HOUR = timedelta(hours=1)
DENIALS = rules_text(
    alert="Denial",
    id="denials",
    match="'claim.act == \"deny\"'",
    group_by="[source.name]",
    cooldown="1h",
    keep_firing_for="2h",
    budget="{alerts: 5, per: 1h}",
)
QUIET = rules_text(
    alert="Quiet",
    id="quiet",
    match="'claim.act == \"promise\"'",
    group_by="[source.name]",
    window="[{quiet: 6h}]",
).partition("rules:\n")[2]
BOTH = DENIALS + QUIET


@contextmanager
def a_ticking_shop(folder: Path) -> Iterator[Shop]:
    """Open a worker whose clock stands at the time of the records."""
    opened = Shop(folder, BOTH)
    opened.now = TODAY + 30 * HOUR
    yield opened
    opened.close()


_offsets = iter(range(10_000))


def said(name: str, after: timedelta, act: Act = Act.DENY, partition: int = 0, **changes: Any) -> Record:
    """A record of a claim that ``name`` made so long after noon; the record itself is of the day after."""
    claim_id = content_id("claim", name, str(after))
    source = a_source(name=name, role=None)
    claim = a_claim(claim_id=claim_id, source=source, act=act, published_at=TODAY + after)
    at_ms = int((TODAY + 30 * HOUR).timestamp() * 1000)
    values = {
        "topic": "news.claim.v1",
        "partition": partition,
        "offset": next(_offsets),
        "timestamp_ms": at_ms,
    }
    return a_record(key=claim_id.encode(), value=encode_claim(claim), **(values | changes))


def told(alerts: list[Alert]) -> list[tuple[str, str, str]]:
    return [(dict(each.labels)["source_name"], each.alert_type.value, each.status.value) for each in alerts]
