"""Shadow topics: the stream lived once more beside the first life, to see what a new program makes of it."""

from dataclasses import dataclass, replace

from workers.agents.tense import TENSE_HEADER
from workers.domain.alert import AlertTense
from workers.domain.outcome import Record
from workers.topology import Topic

_READ_FOR_REAL = frozenset({str(Topic.ARTICLE_RAW), str(Topic.SILENCE)})
_ARCHIVAL = (TENSE_HEADER, AlertTense.ARCHIVAL.value.encode())


@dataclass(frozen=True, slots=True)
class Shadow:
    """``suffix`` is what a topic's name has more than the real one's; with ``""`` there is no shadow."""

    suffix: str = ""

    def name(self, topic: str) -> str:
        """Return what ``topic`` is called on the broker: only what people and crawlers write is real."""
        return topic if topic in _READ_FOR_REAL else topic + self.suffix

    def within(self, record: Record) -> Record:
        """Return ``record`` as a stage is to see it: from a topic of the topology, and paging nobody."""
        if not self.suffix:
            return record
        headers = tuple(header for header in record.headers if header[0] != TENSE_HEADER)
        return replace(record, topic=record.topic.removesuffix(self.suffix), headers=(*headers, _ARCHIVAL))


REAL = Shadow()
