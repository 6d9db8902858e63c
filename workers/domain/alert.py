"""An alert: what a rule found, with its evidence."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from workers.domain.claim import Offsets


class AlertStatus(StrEnum):
    """Alertmanager's two states."""

    FIRING = "firing"
    RESOLVED = "resolved"


class AlertType(StrEnum):
    """What this record is to the alert it belongs to."""

    INITIAL = "initial"
    UPDATE = "update"
    RETRACTION = "retraction"


class AlertTense(StrEnum):
    """Current alerts page people; archival ones (replays) and tests never do."""

    CURRENT = "current"
    ARCHIVAL = "archival"
    TEST = "test"


class Severity(StrEnum):
    """How soon a person should look."""

    CRITICAL = "critical"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class RuleRef:
    """The rule that fired; ``sha256`` is of its canonical form, so that a changed rule is seen."""

    id: str
    version: int
    sha256: str


@dataclass(frozen=True, slots=True)
class MatchedClause:
    """One clause of the rule that held, and the value it held for."""

    clause: str
    value: Any


@dataclass(frozen=True, slots=True)
class Evidence:
    """A claim the alert rests on; ``spans`` slice the text whose digest is ``text_sha256``."""

    claim_id: str
    article_id: str
    publisher: str | None
    url: str | None
    text_sha256: str
    spans: tuple[Offsets, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Alert:
    """``news.alert.v1``; the shape follows one Alertmanager alert plus claimwire's own fields."""

    alert_key: str
    sequence: int
    status: AlertStatus
    labels: tuple[tuple[str, str], ...]
    annotations: tuple[tuple[str, str], ...]
    starts_at: datetime
    ends_at: datetime | None
    fingerprint: str
    alert_type: AlertType
    alert_tense: AlertTense
    rule: RuleRef
    matched: tuple[MatchedClause, ...]
    evidence: tuple[Evidence, ...]
