"""A record of ``news.alert.v1`` as a signed HTTP request: a CloudEvent in HTTP's binary mode.

The signature follows https://www.standardwebhooks.com (1.0.0), for which every language has a library:
``webhook-signature: v1,BASE64(HMAC-SHA256(secret, "ID.TIMESTAMP.BODY"))``, one for each secret in force.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from workers.domain.alert import Alert
from workers.domain.outcome import Headers
from workers.wire.alerts import encode_alert

SECRET_PREFIX = "whsec_"  # noqa: S105 - marks a secret, is none
_LEAST_BYTES, _MOST_BYTES = 24, 64
_PRINTABLE = "".join(chr(code) for code in range(0x21, 0x7F) if chr(code) not in '"%')


@dataclass(frozen=True, slots=True)
class Secret:
    """A key to sign with; it is never shown."""

    key: bytes = field(repr=False)


def read_secrets(text: str) -> tuple[Secret, ...] | str:
    """Read ``whsec_…`` secrets divided by white space, or say what is wrong without telling them.

    More than one sign side by side, so that a receiver can change from the old to the new.
    """
    secrets = [_secret(word) for word in text.split()]
    if not secrets:
        return "there is no secret in it"
    if None in secrets:
        return (
            f"secret {secrets.index(None) + 1} is not {SECRET_PREFIX} with {_LEAST_BYTES} to {_MOST_BYTES} "
            "bytes in base64 behind it"
        )
    return tuple(secret for secret in secrets if secret is not None)


def event_id(alert: Alert) -> str:
    """Return the alert's ``ce_id``, by which a receiver knows a request that comes again."""
    return dict(encode_alert(alert)[1])["ce_id"].decode()


def event_headers(alert: Alert) -> dict[str, str]:
    """Return the headers that stay the same each time the alert is posted."""
    found = _http_headers(encode_alert(alert)[1])
    return {**found, "webhook-id": found["ce-id"], "idempotency-key": found["ce-id"]}


def signed_headers(
    headers: Mapping[str, str], body: bytes, secrets: Iterable[Secret], now_s: int
) -> dict[str, str]:
    """Return ``headers`` with the moment of this attempt (Unix seconds) and a signature for each secret."""
    content = f"{headers['webhook-id']}.{now_s}.".encode() + body
    signatures = " ".join(_signature(secret, content) for secret in secrets)
    return {**headers, "webhook-timestamp": str(now_s), "webhook-signature": signatures}


def _signature(secret: Secret, content: bytes) -> str:
    digest = hmac.new(secret.key, content, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"


def _secret(word: str) -> Secret | None:
    try:
        key = base64.b64decode(word.removeprefix(SECRET_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        return None
    fits = word.startswith(SECRET_PREFIX) and _LEAST_BYTES <= len(key) <= _MOST_BYTES
    return Secret(key) if fits else None


def _http_headers(headers: Headers) -> dict[str, str]:
    """Return Kafka's ``ce_*`` headers as HTTP's ``ce-*``, percent-encoded as the binding asks."""
    return {
        name.replace("ce_", "ce-", 1): value.decode() if name == "content-type" else quote(value, _PRINTABLE)
        for name, value in headers
    }
