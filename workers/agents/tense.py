"""Header ``claimwire-tense``: what a producer says of its records, so that a replay never pages anyone."""

from workers.domain.alert import AlertTense
from workers.domain.outcome import Headers, Record

TENSE_HEADER = "claimwire-tense"


def carried_headers(record: Record) -> Headers:
    """Return the headers that everything made from ``record`` must carry on."""
    return tuple(header for header in record.headers if header[0] == TENSE_HEADER)


def tense_headers(tense: AlertTense) -> Headers:
    """Return how a record says its tense; one that is current says nothing."""
    return () if tense is AlertTense.CURRENT else ((TENSE_HEADER, tense.value.encode()),)


def tense_of(record: Record) -> AlertTense:
    """Return the record's tense; one that says nothing, or nonsense, is current."""
    for _, value in carried_headers(record):
        if value in {tense.value.encode() for tense in AlertTense}:
            return AlertTense(value.decode())
    return AlertTense.CURRENT
