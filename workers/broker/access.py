"""How a client gets into the broker: one value, and what each Kafka library wants to hear of it."""

import ssl
from enum import StrEnum
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from workers.broker.errors import BrokerError

# aiokafka asks a broker that leads a partition no more for its first offset, over and over, until it looks at
# the metadata anew of itself: after five minutes, if nobody says otherwise.
METADATA_AGE_MS = 10_000
_LARGEST_SECRET_BYTES = 64 * 1024
_MAY_BE_EMPTY = (
    "broker_ca",
    "broker_cert",
    "broker_key",
    "broker_username",
    "broker_password",
    "broker_password_file",
)


class Protection(StrEnum):
    """Who proves what to whom. All but ``NONE`` are encrypted: a password never travels in the clear."""

    NONE = "none"
    TLS = "tls"
    SCRAM_SHA_256 = "scram-sha-256"
    SCRAM_SHA_512 = "scram-sha-512"
    PLAIN = "plain"

    @property
    def has_user(self) -> bool:
        """Whether a user name and a password are sent (SASL)."""
        return self not in {Protection.NONE, Protection.TLS}

    @property
    def sasl_mechanism(self) -> str:
        """SASL's name of the mechanism: ``SCRAM-SHA-256``."""
        return self.value.upper()


class BrokerAccess(BaseModel):
    """The settings ``CLAIMWIRE_BROKER_…``: the same for the worker and for every command.

    Secrets are read from files only when a client is made, so that a changed file counts at the next start.
    """

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    broker_security: Protection = Field(
        default=Protection.NONE,
        description="none, tls, scram-sha-256, scram-sha-512 or plain (all but none over TLS)",
    )
    broker_ca: Path | None = Field(
        default=None, description="PEM file of authorities that sign brokers; default: the system's"
    )
    broker_cert: Path | None = Field(
        default=None, description="PEM file of the client's certificate and its chain"
    )
    broker_key: Path | None = Field(
        default=None, description="PEM file of the client's private key, not encrypted"
    )
    broker_username: str | None = Field(default=None, min_length=1, description="user for scram-… and plain")
    broker_password: SecretStr | None = Field(default=None, description="its password; better: the next one")
    broker_password_file: Path | None = Field(default=None, description="file that holds the password")

    @field_validator(*_MAY_BE_EMPTY, mode="before")
    @classmethod
    def _empty_is_none(cls, value: object) -> object:
        return None if value == "" else value  # how a variable is left out in Compose

    @model_validator(mode="after")
    def _is_whole(self) -> "BrokerAccess":
        if wrong := self._contradiction():
            raise ValueError(wrong)
        return self

    def _contradiction(self) -> str | None:
        """Return what cannot be meant: a secret that would not be used is a worker without protection."""
        kind = self.broker_security
        files = (self.broker_ca, self.broker_cert, self.broker_key)
        passwords = (self.broker_password, self.broker_password_file)
        user = (self.broker_username, *passwords)
        if kind is Protection.NONE and any(files):
            return "CLAIMWIRE_BROKER_CA, _CERT and _KEY need CLAIMWIRE_BROKER_SECURITY=tls, scram-… or plain"
        if not kind.has_user and any(user):
            return "CLAIMWIRE_BROKER_USERNAME and _PASSWORD need CLAIMWIRE_BROKER_SECURITY=scram-… or plain"
        if bool(self.broker_cert) != bool(self.broker_key):
            return "CLAIMWIRE_BROKER_CERT and CLAIMWIRE_BROKER_KEY belong together"
        if all(passwords):
            return "CLAIMWIRE_BROKER_PASSWORD and CLAIMWIRE_BROKER_PASSWORD_FILE exclude each other"
        if kind.has_user and not (self.broker_username and any(passwords)):
            return (
                f"CLAIMWIRE_BROKER_SECURITY={kind} needs CLAIMWIRE_BROKER_USERNAME and "
                "CLAIMWIRE_BROKER_PASSWORD_FILE (or CLAIMWIRE_BROKER_PASSWORD)"
            )
        return None

    @property
    def is_protected(self) -> bool:
        """Whether connections are encrypted."""
        return self.broker_security is not Protection.NONE

    def password(self) -> SecretStr:
        """Return the password, from its file when it has one; raises ``BrokerError``."""
        if self.broker_password_file is None:
            return self.broker_password or SecretStr("")
        name = "CLAIMWIRE_BROKER_PASSWORD_FILE"
        try:
            with self.broker_password_file.open("rb") as file:
                raw = file.read(_LARGEST_SECRET_BYTES)
            text = raw.decode("utf-8").rstrip("\r\n")
        except OSError as error:
            raise BrokerError(f"{name}: {self.broker_password_file}: {error.strerror}") from None
        except UnicodeDecodeError:
            raise BrokerError(f"{name}: {self.broker_password_file} is not UTF-8") from None
        if not text:
            raise BrokerError(f"{name}: {self.broker_password_file} is empty")
        return SecretStr(text)

    def tls_context(self) -> ssl.SSLContext:
        """Return a context that checks the broker's chain and name and shows our certificate, if any.

        TLS 1.2 at least. Raises ``BrokerError`` with one line when a file cannot be used.
        """
        try:
            context = ssl.create_default_context(ssl.Purpose.SERVER_AUTH, cafile=self.broker_ca)
        except (OSError, ssl.SSLError) as error:
            raise BrokerError(f"CLAIMWIRE_BROKER_CA: {self.broker_ca}: {_why(error)}") from None
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        if self.broker_cert is not None and self.broker_key is not None:
            _load_own(context, self.broker_cert, self.broker_key)
        return context

    def client_options(self) -> dict[str, Any]:
        """Return what both kafka-python's and aiokafka's clients take; nothing for ``NONE``.

        The password in it is bare: hand it to a client at once, and log nothing of it.
        """
        if not self.is_protected:
            return {}
        options: dict[str, Any] = {"security_protocol": "SSL", "ssl_context": self.tls_context()}
        if self.broker_security.has_user:
            options |= {
                "security_protocol": "SASL_SSL",
                "sasl_mechanism": self.broker_security.sasl_mechanism,
                "sasl_plain_username": self.broker_username,
                "sasl_plain_password": self.password().get_secret_value(),
            }
        return options


OPEN = BrokerAccess()  # no protection: a broker on this machine, or in a network of its own


def _load_own(context: ssl.SSLContext, certificate: Path, key: Path) -> None:
    is_encrypted = False

    def no_password() -> str:
        """Answer OpenSSL, or it would ask the terminal and wait."""
        nonlocal is_encrypted
        is_encrypted = True
        return ""

    try:
        context.load_cert_chain(certificate, key, password=no_password)
    except (OSError, ssl.SSLError) as error:
        why = "the key is encrypted; give one that is not" if is_encrypted else _why(error)
        raise BrokerError(f"CLAIMWIRE_BROKER_CERT, _KEY: {certificate}, {key}: {why}") from None


def _why(error: OSError) -> str:
    """Return a reason without OpenSSL's numbers; an ``SSLError`` is an ``OSError`` too."""
    if not isinstance(error, ssl.SSLError):
        return error.strerror or type(error).__name__
    reason = error.reason or ""
    if "KEY_VALUES_MISMATCH" in reason:
        return "the key does not belong to the certificate"
    return "there is no certificate or key in PEM form in it"
