"""What the settings of a protected broker mean, and that no secret shows."""

import ssl
from datetime import timedelta
from pathlib import Path

import pytest
import trustme
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from tests.support.protected import issue
from workers.agents.transport import credentials
from workers.broker.access import BrokerAccess, Protection
from workers.broker.errors import BrokerError
from workers.settings import SettingsError, load_broker_access, load_settings

SECRET = "hunter2-4e1f"
USER = {
    "CLAIMWIRE_BROKER_SECURITY": "scram-sha-512",
    "CLAIMWIRE_BROKER_USERNAME": "worker",
    "CLAIMWIRE_BROKER_PASSWORD": SECRET,
}


def access(**changes: str) -> BrokerAccess:
    return load_broker_access(
        {**USER, **{f"CLAIMWIRE_BROKER_{key}": value for key, value in changes.items()}}
    )


def test_nothing_set_is_no_protection() -> None:
    assert load_broker_access({}).client_options() == {}
    assert credentials(load_broker_access({})) is None


def test_worker_and_commands_read_the_same_settings() -> None:
    worker = load_settings(USER)

    assert isinstance(worker, BrokerAccess)
    assert {name: getattr(worker, name) for name in BrokerAccess.model_fields} == dict(access())


@pytest.mark.parametrize("how", [kind for kind in Protection if kind.has_user])
def test_a_password_travels_only_through_checked_tls(how: Protection) -> None:
    options = access(SECURITY=how.value).client_options()

    assert options["security_protocol"] == "SASL_SSL"
    assert options["sasl_mechanism"] == how.value.upper()
    context = options["ssl_context"]
    assert context.check_hostname
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.minimum_version >= ssl.TLSVersion.TLSv1_2


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"CLAIMWIRE_BROKER_CA": "ca.pem"}, "CLAIMWIRE_BROKER_CA, _CERT and _KEY need"),
        ({"CLAIMWIRE_BROKER_PASSWORD": SECRET}, "CLAIMWIRE_BROKER_USERNAME and _PASSWORD need"),
        ({**USER, "CLAIMWIRE_BROKER_SECURITY": "tls"}, "CLAIMWIRE_BROKER_USERNAME and _PASSWORD need"),
        ({**USER, "CLAIMWIRE_BROKER_CERT": "c.pem"}, "belong together"),
        ({**USER, "CLAIMWIRE_BROKER_PASSWORD_FILE": "p"}, "exclude each other"),
        ({**USER, "CLAIMWIRE_BROKER_USERNAME": ""}, "needs CLAIMWIRE_BROKER_USERNAME"),
        ({**USER, "CLAIMWIRE_BROKER_PASSWORD": ""}, "needs CLAIMWIRE_BROKER_USERNAME and CLAIMWIRE_BROKER_P"),
        ({**USER, "CLAIMWIRE_BROKER_SECURITY": "sasl"}, "CLAIMWIRE_BROKER_SECURITY: "),
        ({**USER, "CLAIMWIRE_BROKER_SECURITY": ""}, "CLAIMWIRE_BROKER_SECURITY: "),
    ],
)
def test_what_cannot_be_meant_stops_the_start_and_quotes_no_secret(
    environment: dict[str, str], said: str
) -> None:
    with pytest.raises(SettingsError) as refused:
        load_settings(environment)

    assert said in str(refused.value)
    assert "\n" not in str(refused.value)
    assert SECRET not in str(refused.value)
    assert refused.value.__suppress_context__  # pydantic's own error would show the input


def test_no_representation_shows_the_password(tmp_path: Path) -> None:
    secret = tmp_path / "password"
    secret.write_text(SECRET)
    from_file = access(PASSWORD="", PASSWORD_FILE=str(secret))
    assert from_file.password().get_secret_value() == SECRET

    for value in (access(), from_file, load_settings(USER), from_file.password(), credentials(access())):
        assert SECRET not in f"{value!r} {value!s}"
    assert SECRET not in access().model_dump_json()


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "is empty"), (b"\n", "is empty"), (b"\xff\xfe", "is not UTF-8"), (None, "No such")],
)
def test_a_password_file_that_cannot_be_used_is_named(
    tmp_path: Path, content: bytes | None, said: str
) -> None:
    path = tmp_path / "password"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(BrokerError, match=f"CLAIMWIRE_BROKER_PASSWORD_FILE: .*password.* {said}"):
        access(PASSWORD="", PASSWORD_FILE=str(path)).password()


def test_files_that_hold_no_certificate_are_named(tmp_path: Path) -> None:
    empty = tmp_path / "empty.pem"
    empty.write_text("nothing")

    with pytest.raises(BrokerError, match=r"CLAIMWIRE_BROKER_CA: .*empty\.pem: there is no certificate"):
        access(CA=str(empty)).tls_context()
    with pytest.raises(BrokerError, match=r"CLAIMWIRE_BROKER_CA: .*missing: No such file"):
        access(CA=str(tmp_path / "missing")).tls_context()
    with pytest.raises(BrokerError, match=r"CLAIMWIRE_BROKER_CERT, _KEY: .*there is no certificate"):
        access(CERT=str(empty), KEY=str(empty)).tls_context()


def test_keys_that_do_not_fit_or_are_encrypted_are_refused_without_a_prompt(tmp_path: Path) -> None:
    authority = trustme.CA()
    one = issue(authority, tmp_path, "one", "one", timedelta(0))
    other = issue(authority, tmp_path, "other", "other", timedelta(0))
    locked = tmp_path / "locked.key"
    key = load_pem_private_key(one.key.read_bytes(), None)
    locked.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"x")))

    with pytest.raises(BrokerError, match="the key does not belong to the certificate"):
        access(CERT=str(one.cert), KEY=str(other.key)).tls_context()
    with pytest.raises(BrokerError, match="the key is encrypted"):
        access(CERT=str(one.cert), KEY=str(locked)).tls_context()
    access(CERT=str(one.cert), KEY=str(one.key)).tls_context()
