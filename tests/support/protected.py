"""A real Kafka that lets nobody in unproven, with certificates and users made for the test."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import trustme
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from kafka.admin import (
    ACL,
    ACLFilter,
    ACLOperation,
    ACLPermissionType,
    ACLResourcePatternType,
    KafkaAdminClient,
    ResourcePattern,
    ResourcePatternFilter,
    ResourceType,
    ScramMechanism,
    UserScramCredentialUpsertion,
)

from tests.support.polling import poll_until
from workers.broker.local import LocalKafka
from workers.broker.ports import LOOPBACK, free_ports
from workers.wire.acls import Grant, Role

PASSWORD = "correct-horse-9f2c"
USERS = tuple(str(role) for role in Role)


@dataclass(frozen=True)
class Certificate:
    """A certificate with its key, as files."""

    cert: Path
    key: Path

    @property
    def settings(self) -> dict[str, str]:
        """What shows it to a broker."""
        return {"CLAIMWIRE_BROKER_CERT": str(self.cert), "CLAIMWIRE_BROKER_KEY": str(self.key)}


@dataclass(frozen=True)
class Protected:
    """Addresses (``host:port``) of one broker's listeners.

    ``plain`` is open, for the test itself; ``tls`` wants a client certificate; ``sasl`` a user; ``expired``
    shows an old certificate; ``elsewhere`` tells clients to come to a name that its certificate lacks.
    """

    plain: str
    tls: str
    sasl: str
    expired: str
    elsewhere: str
    folder: Path
    authority: trustme.CA

    @property
    def ca(self) -> Path:
        """The file of the authority that signed the broker."""
        return self.folder / "ca.pem"

    def user(self, name: str, how: str = "scram-sha-512", password: str = PASSWORD) -> dict[str, str]:
        """Return the settings that prove ``name`` to the listener ``sasl``."""
        return {
            "CLAIMWIRE_BROKER_SECURITY": how,
            "CLAIMWIRE_BROKER_CA": str(self.ca),
            "CLAIMWIRE_BROKER_USERNAME": name,
            "CLAIMWIRE_BROKER_PASSWORD": password,
        }

    def tls_settings(self, certificate: Certificate | None = None) -> dict[str, str]:
        """Return the settings for the listener ``tls``."""
        shown = certificate.settings if certificate else {}
        return {"CLAIMWIRE_BROKER_SECURITY": "tls", "CLAIMWIRE_BROKER_CA": str(self.ca), **shown}

    def client_certificate(self, name: str, *, age: timedelta = timedelta(0)) -> Certificate:
        """Make a certificate for the user ``name``; it is valid for a day, beginning ``age`` ago."""
        return issue(self.authority, self.folder, name, name, age)

    def allow(self, user: str, grants: Iterable[Grant]) -> None:
        """Give ``user`` exactly ``grants``, and return when the broker keeps to them."""
        admin = KafkaAdminClient(bootstrap_servers=self.plain)
        everything = ResourcePatternFilter(ResourceType.ANY, None, ACLResourcePatternType.ANY)
        his = ACLFilter(f"User:{user}", "*", ACLOperation.ANY, ACLPermissionType.ANY, everything)
        wanted = [_acl(user, grant) for grant in grants]
        try:
            admin.delete_acls([his])
            if wanted:
                assert not admin.create_acls(wanted)["failed"]
            poll_until(lambda: len(admin.describe_acls(his)[0]) == len(wanted), 20, "rights as wanted")
        finally:
            admin.close()


def issue(authority: trustme.CA, folder: Path, name: str, identity: str, age: timedelta) -> Certificate:
    """Sign a certificate and write it with its key, in the form that Java reads (PKCS 8), to ``folder``."""
    begins = datetime.now(UTC) - age - timedelta(minutes=5)
    made = authority.issue_cert(
        identity, common_name=name, not_before=begins, not_after=begins + timedelta(days=1)
    )
    key = load_pem_private_key(made.private_key_pem.bytes(), None)
    found = Certificate(folder / f"{name}-{age.days}.pem", folder / f"{name}-{age.days}.key")
    found.cert.write_bytes(b"".join(blob.bytes() for blob in made.cert_chain_pems))
    found.key.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return found


@contextmanager
def protected_kafka(folder: Path) -> Iterator[Protected]:
    """Start the broker with its users; stops it."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    listeners = dict(
        zip(("PLAIN", "TLS", "SASL", "EXPIRED", "ELSEWHERE", "CONTROLLER"), free_ports(6), strict=True)
    )
    properties = _properties(folder, listeners, authority)
    ports = {name.lower(): f"{LOOPBACK}:{port}" for name, port in listeners.items() if name != "CONTROLLER"}
    with LocalKafka(folder / "kafka", properties=properties):
        found = Protected(**ports, folder=folder, authority=authority)
        _make_users(found.plain)
        yield found


def _properties(folder: Path, ports: Mapping[str, int], authority: trustme.CA) -> dict[str, str]:
    at = {name: f"{name}://{LOOPBACK}:{port}" for name, port in ports.items()}
    told = {**at, "ELSEWHERE": f"ELSEWHERE://localhost:{ports['ELSEWHERE']}"}
    kinds = {"SASL": "SASL_SSL", "PLAIN": "PLAINTEXT", "CONTROLLER": "PLAINTEXT"}
    users = " ".join(f'user_{name}="{PASSWORD}"' for name in USERS)
    jaas = "org.apache.kafka.common.security"
    return {
        "listeners": ",".join(at.values()),
        "advertised.listeners": ",".join(value for name, value in told.items() if name != "CONTROLLER"),
        "listener.security.protocol.map": ",".join(f"{name}:{kinds.get(name, 'SSL')}" for name in ports),
        "inter.broker.listener.name": "PLAIN",
        "controller.quorum.voters": f"1@{LOOPBACK}:{ports['CONTROLLER']}",
        "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        "super.users": "User:ANONYMOUS",  # who comes through PLAIN, the test's own door
        "ssl.keystore.type": "PEM",
        "ssl.keystore.location": str(_store(folder, authority, "broker", timedelta(0))),
        "listener.name.expired.ssl.keystore.type": "PEM",
        "listener.name.expired.ssl.keystore.location": str(
            _store(folder, authority, "old", timedelta(days=9))
        ),
        "ssl.truststore.type": "PEM",
        "ssl.truststore.location": str(folder / "ca.pem"),
        "ssl.principal.mapping.rules": "RULE:^.*CN=([^,]+).*$/$1/",
        "listener.name.tls.ssl.client.auth": "required",
        "listener.name.sasl.sasl.enabled.mechanisms": "SCRAM-SHA-256,SCRAM-SHA-512,PLAIN",
        "listener.name.sasl.plain.sasl.jaas.config": f"{jaas}.plain.PlainLoginModule required {users};",
        "listener.name.sasl.scram-sha-256.sasl.jaas.config": f"{jaas}.scram.ScramLoginModule required;",
        "listener.name.sasl.scram-sha-512.sasl.jaas.config": f"{jaas}.scram.ScramLoginModule required;",
    }


def _store(folder: Path, authority: trustme.CA, name: str, age: timedelta) -> Path:
    """Write what Kafka calls a key store: key and certificate in one PEM file."""
    made = issue(authority, folder, name, LOOPBACK, age)
    path = folder / f"{name}.store.pem"
    path.write_bytes(made.key.read_bytes() + made.cert.read_bytes())
    return path


def _make_users(bootstrap: str) -> None:
    admin = KafkaAdminClient(bootstrap_servers=bootstrap)
    try:
        for mechanism in (ScramMechanism.SCRAM_SHA_256, ScramMechanism.SCRAM_SHA_512):
            made: dict[str, Any] = admin.alter_user_scram_credentials(
                [UserScramCredentialUpsertion(name, mechanism, PASSWORD) for name in USERS]
            )
            assert made == dict.fromkeys(USERS)
    finally:
        admin.close()


def _acl(user: str, grant: Grant) -> ACL:
    pattern = ResourcePattern(ResourceType[grant.kind.name], grant.name, ACLResourcePatternType.LITERAL)
    return ACL(f"User:{user}", "*", ACLOperation[grant.operation], ACLPermissionType.ALLOW, pattern)
