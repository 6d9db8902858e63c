"""Knocks at a broker's door once and says in one line why it stays shut.

Kafka's clients take a wrong certificate or password for a broker that is away, and try again without end.
"""

import asyncio
import socket
import ssl
import struct
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from aiokafka.conn import AIOKafkaConnection
from aiokafka.errors import (
    IllegalSaslStateError,
    KafkaConnectionError,
    SaslAuthenticationFailed,
    UnsupportedSaslMechanismError,
)
from aiokafka.protocol.metadata import MetadataRequest

from workers.broker.access import BrokerAccess
from workers.broker.errors import BrokerError

KNOCK_TIMEOUT_S = 10.0
_HANG_UP_S = 1.0
_API_VERSIONS = 18
_LARGEST_ANSWER = 1 << 20
_TLS_ALERT = 0x15
_UNKNOWN_ISSUER = {2, 18, 19, 20, 21}  # OpenSSL's X509_V_ERR_…
_NOT_YET_VALID, _EXPIRED = 9, 10
_OTHER_NAME = {62, 64}
_ALERTS = {  # what a broker says of a client's certificate
    "CERTIFICATE_REQUIRED": "wants a client certificate: CLAIMWIRE_BROKER_CERT and CLAIMWIRE_BROKER_KEY",
    "HANDSHAKE_FAILURE": "refuses the handshake: it may want a client certificate (CLAIMWIRE_BROKER_CERT)",
    "CERTIFICATE_EXPIRED": "refuses the client certificate: it has expired",
    "CERTIFICATE_REVOKED": "refuses the client certificate: it was revoked",
    "UNKNOWN_CA": "refuses the client certificate: it does not know who signed it",
    "BAD_CERTIFICATE": "refuses the client certificate: it is bad, or there is none",
    "CERTIFICATE_UNKNOWN": "refuses the client certificate: it is not valid, or from an unknown authority",
    "ACCESS_DENIED": "refuses the client certificate",
}


class BrokerRefusesError(BrokerError):
    """A broker is there, and it or we refuse; trying again changes nothing."""


async def knock(addresses: Iterable[str], access: BrokerAccess) -> None:
    """Return when no broker of ``addresses`` (``host:port``) refuses us; one that is away does not count.

    Knocks at the addresses that the brokers give themselves, too: clients will go there. Raises
    ``BrokerRefusesError`` when one is there and refuses. Absence is left to the clients, who wait.
    """
    options = access.client_options()
    given = set(addresses)
    told = await _knock_at_all(given, access, options)
    await _knock_at_all(told - given, access, options)


async def _knock_at_all(addresses: set[str], access: BrokerAccess, options: Mapping[str, Any]) -> set[str]:
    answers = await asyncio.gather(
        *(_knock_at(address, access, options) for address in sorted(addresses)), return_exceptions=True
    )
    for answer in answers:
        if isinstance(answer, BaseException):
            raise answer
    return {address for answer in answers if not isinstance(answer, BaseException) for address in answer}


def knock_once(addresses: Iterable[str], access: BrokerAccess) -> None:
    """Do what ``knock`` does, outside of an event loop."""
    asyncio.run(knock(addresses, access))


async def _knock_at(address: str, access: BrokerAccess, options: Mapping[str, Any]) -> set[str]:
    """Return the addresses of all brokers, none when this one is away; raises when it refuses us."""
    host, _, port = address.rpartition(":")
    host = host.strip("[]")
    try:
        await asyncio.to_thread(_shake_hands, host, int(port), options.get("ssl_context"))
        return await _come_in(host, int(port), access, options)
    except BrokerRefusesError as refusal:
        raise BrokerRefusesError(f"Kafka at {address} {refusal}") from None
    except (OSError, TimeoutError, KafkaConnectionError):
        return set()


async def _come_in(host: str, port: int, access: BrokerAccess, options: Mapping[str, Any]) -> set[str]:
    """Prove who we are, and return the brokers' addresses.

    A broker that wants a user ends the connection of one who names none.
    """
    connection = AIOKafkaConnection(host, port, request_timeout_ms=int(KNOCK_TIMEOUT_S * 1000), **options)
    try:
        await _introduce(connection, access)
        answer = await connection.send(MetadataRequest([]))
    except KafkaConnectionError:
        if access.broker_security.has_user:
            raise
        raise BrokerRefusesError("wants a user: CLAIMWIRE_BROKER_SECURITY=scram-sha-512 or another") from None
    finally:
        if closed := connection.close():
            await asyncio.wait([closed], timeout=_HANG_UP_S)
    return {f"{broker[1]}:{broker[2]}" for broker in answer.brokers}


async def _introduce(connection: AIOKafkaConnection, access: BrokerAccess) -> None:
    try:
        await connection.connect()
    except SaslAuthenticationFailed as error:
        said = " ".join(str(error.args[0] if error.args else "").split())[:200]
        who = f"refuses the user {access.broker_username!r} or the password"
        raise BrokerRefusesError(f"{who} ({said})" if said else who) from None
    except (UnsupportedSaslMechanismError, IllegalSaslStateError):
        kind = access.broker_security
        raise BrokerRefusesError(f"does not take CLAIMWIRE_BROKER_SECURITY={kind}; set another") from None
    except ValueError as error:  # SCRAM proves the password both ways
        raise BrokerRefusesError(f"does not prove that it knows the password ({error})") from None


def _shake_hands(host: str, port: int, context: ssl.SSLContext | None) -> None:
    """Connect and ask for versions: in TLS 1.3 a client's certificate is judged after the handshake.

    aiokafka would hide OpenSSL's reason behind a closed connection.
    """
    with socket.create_connection((host, port), KNOCK_TIMEOUT_S) as bare:
        if context is None:
            _ask_versions(bare)
            return
        try:
            with _told_plainly(host), context.wrap_socket(bare, server_hostname=host) as wrapped:
                _ask_versions(wrapped)
                return
        except ConnectionError:  # Kafka hangs up when it is spoken to in TLS and expects none
            pass
    with socket.create_connection((host, port), KNOCK_TIMEOUT_S) as bare:
        try:
            _ask_versions(bare)
        except BrokerRefusesError:  # it does speak TLS, and only ended the connection
            raise ConnectionResetError from None
    raise BrokerRefusesError("does not speak TLS at this port; CLAIMWIRE_BROKER_SECURITY=none would do")


def _ask_versions(connection: socket.socket) -> None:
    """Send ApiVersions of version 0 without client id, and read the answer to its end."""
    request = struct.pack(">hhih", _API_VERSIONS, 0, 1, -1)
    connection.sendall(struct.pack(">i", len(request)) + request)
    head = _read(connection, 4)
    if head[0] == _TLS_ALERT:
        raise BrokerRefusesError("speaks TLS: set CLAIMWIRE_BROKER_SECURITY")
    (size,) = struct.unpack(">i", head)
    if not 0 < size <= _LARGEST_ANSWER:
        raise BrokerRefusesError("does not speak Kafka's protocol")
    _read(connection, size)


def _read(connection: socket.socket, size: int) -> bytes:
    found = b""
    while len(found) < size:
        part = connection.recv(size - len(found))
        if not part:
            raise ConnectionResetError
        found += part
    return found


@contextmanager
def _told_plainly(host: str) -> Iterator[None]:
    """Turn what OpenSSL says into what is to be done; a connection that just ends stays an ``OSError``."""
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        raise BrokerRefusesError(_certificate(error, host)) from None
    except (ssl.SSLEOFError, ssl.SSLZeroReturnError):
        raise ConnectionResetError from None
    except ssl.SSLError as error:
        raise BrokerRefusesError(_alert(error)) from None


def _certificate(error: ssl.SSLCertVerificationError, host: str) -> str:
    code = error.verify_code
    if code in _UNKNOWN_ISSUER:
        return "is not trusted: no authority in CLAIMWIRE_BROKER_CA (or the system's) signed its certificate"
    if code in _OTHER_NAME:
        return f"is not trusted: its certificate is for another name than {host}"
    if code == _EXPIRED:
        return "is not trusted: its certificate has expired"
    if code == _NOT_YET_VALID:
        return "is not trusted: its certificate is not valid yet"
    return f"is not trusted: {error.verify_message}"


def _alert(error: ssl.SSLError) -> str:
    reason = error.reason or ""
    for alert, meaning in _ALERTS.items():
        if reason.endswith(alert):
            return meaning
    if reason in {"WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "PACKET_LENGTH_TOO_LONG"}:
        return "does not speak TLS at this port"
    return f"and we find no common TLS ({reason.replace('_', ' ').lower() or 'no reason given'})"
