"""An alert in the form of Alertmanager's v2 API (``POST /api/v2/alerts``)."""

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from workers.domain.alert import Alert, AlertStatus, AlertType, Evidence
from workers.wire.codec import without_surrogates
from workers.wire.scalars import written_time

RETRACTED = "what this alert rested on was withdrawn or is no longer claimed"
_SHOWN_EVIDENCE = 3
_SHOWN_CHARACTERS = 300


def alertmanager_alert(alert: Alert, now: datetime, expires: datetime) -> dict[str, Any]:
    """Return the object to post at ``now``; one that fires ends at ``expires`` unless it is posted again.

    Event time may run ahead of this clock, but Alertmanager refuses an end before the start, and takes an
    end in the future for one that still fires: neither time is later than ``now`` but for ``expires``.
    The labels, which identify the alert, are passed on as they are.
    """
    starts_at = min(alert.starts_at, now)
    ends_at = expires
    if alert.status is AlertStatus.RESOLVED:
        ends_at = max(starts_at, min(alert.ends_at or now, now))
    posted: dict[str, Any] = {
        "labels": _text(dict(alert.labels)),
        "annotations": _text(_annotations(alert)),
        "startsAt": written_time(starts_at),
        "endsAt": written_time(ends_at),
    }
    url = next((each.url for each in reversed(alert.evidence) if _is_web_address(each.url)), None)
    return posted if url is None else {**posted, "generatorURL": url}


def _annotations(alert: Alert) -> dict[str, str]:
    """Return the rule's annotations, and what a person needs to judge the alert: who printed what, where."""
    shown = [_line(each) for each in alert.evidence[-_SHOWN_EVIDENCE:]]
    more = len(alert.evidence) - len(shown)
    lines = [*reversed(shown), *([f"and {more} earlier"] if more > 0 else [])]
    added = {"alert_key": alert.alert_key}
    if lines:
        added["evidence"] = "\n".join(lines)
    if alert.alert_type is AlertType.RETRACTION:
        added["retracted"] = RETRACTED
    return {**dict(alert.annotations), **added}


def _line(evidence: Evidence) -> str:
    text = " ".join(evidence.text.split())
    short = text if len(text) <= _SHOWN_CHARACTERS else text[: _SHOWN_CHARACTERS - 1] + "…"
    told = f"{evidence.publisher or 'an unnamed outlet'}: {short}"
    return told if evidence.url is None else f"{told} {evidence.url}"


def _text(words: dict[str, str]) -> dict[str, str]:
    return {name: without_surrogates(value) for name, value in words.items()}


def _is_web_address(url: str | None) -> bool:
    if url is None or not url.isascii() or any(character <= " " for character in url):
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)
