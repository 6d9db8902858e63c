"""A real Kafka with TLS, SCRAM, PLAIN and client certificates: who may come in does, others hear why."""

import asyncio
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import trustme

from tests.support.protected import PASSWORD, Protected, issue
from tests.support.stack import Worker
from workers.agents.preflight import Needs, wait_for_broker
from workers.broker.errors import BrokerError
from workers.cli.main import main
from workers.settings import load_settings
from workers.topology import STAGES
from workers.wire.acls import Role, role_grants, worker_grants
from workers.wire.topics import load_topics

pytestmark = pytest.mark.kafka
PATIENCE_S = 30.0  # far below the clients' own two minutes; a broker that refuses is told at once
Run = Callable[..., tuple[int, str, str]]
MECHANISMS = ("scram-sha-256", "scram-sha-512", "plain")


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run ``claimwire topics check`` at an address with settings; returns exit code, output, errors."""

    def call(address: str, settings: dict[str, str], *command: str) -> tuple[int, str, str]:
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        arguments = command or ("topics", "check", "--replication-factor", "1")
        with pytest.raises(SystemExit) as ended:
            main([*arguments, "--bootstrap", address])
        captured = capsys.readouterr()
        return int(str(ended.value.code)), captured.out, captured.err

    return call


def preflight(address: str, settings: dict[str, str], limit: float = 2 * PATIENCE_S) -> None:
    """Do what a worker does before it starts."""
    loaded = load_settings({**settings, "CLAIMWIRE_BROKER": address})
    needs = Needs(loaded.broker_addresses, loaded, loaded.app_id, STAGES)
    asyncio.run(wait_for_broker(needs, limit, time.monotonic))


def wrong_ways_in(kafka: Protected) -> dict[str, tuple[str, dict[str, str], str]]:
    """Return name → (address, settings, what is said)."""
    good = kafka.client_certificate("worker")
    stranger = trustme.CA()
    stranger.cert_pem.write_to_path(str(kafka.folder / "stranger.pem"))
    foreign = issue(stranger, kafka.folder, "foreign", "worker", timedelta(0))
    old = kafka.client_certificate("worker", age=timedelta(days=9))
    by_name = kafka.sasl.replace("127.0.0.1", "localhost")
    user = kafka.user("worker")
    return {
        "wrong password": (
            kafka.sasl,
            kafka.user("worker", password="wrong-7d1e"),
            "refuses the user 'worker'",
        ),
        "wrong password, plain": (
            kafka.sasl,
            kafka.user("worker", "plain", "wrong-7d1e"),
            "refuses the user 'worker' or the password",
        ),
        "unknown user": (kafka.sasl, kafka.user("nobody"), "refuses the user 'nobody'"),
        "no user": (kafka.sasl, kafka.tls_settings(), "wants a user"),
        "a user where none is asked": (kafka.tls, {**user, **good.settings}, "does not take"),
        "unknown authority": (
            kafka.sasl,
            {**user, "CLAIMWIRE_BROKER_CA": str(kafka.folder / "stranger.pem")},
            "no authority in CLAIMWIRE_BROKER_CA",
        ),
        "the system's authorities": (kafka.sasl, {**user, "CLAIMWIRE_BROKER_CA": ""}, "no authority in"),
        "another host name": (by_name, user, "its certificate is for another name than localhost"),
        "another host name, told by the broker": (
            kafka.elsewhere,
            kafka.tls_settings(),
            "for another name than localhost",
        ),
        "an expired broker": (kafka.expired, kafka.tls_settings(), "its certificate has expired"),
        "no client certificate": (kafka.tls, kafka.tls_settings(), "client certificate"),
        "an expired client certificate": (kafka.tls, kafka.tls_settings(old), "client certificate"),
        "a client certificate of strangers": (kafka.tls, kafka.tls_settings(foreign), "client certificate"),
        "TLS where there is none": (kafka.plain, kafka.tls_settings(), "does not speak TLS"),
        "no TLS where there is": (kafka.sasl, {}, "speaks TLS: set CLAIMWIRE_BROKER_SECURITY"),
    }


WAYS = (
    "wrong password",
    "wrong password, plain",
    "unknown user",
    "no user",
    "a user where none is asked",
    "unknown authority",
    "the system's authorities",
    "another host name",
    "another host name, told by the broker",
    "an expired broker",
    "no client certificate",
    "an expired client certificate",
    "a client certificate of strangers",
    "TLS where there is none",
    "no TLS where there is",
)


def test_every_wrong_way_in_is_tried(protected: Protected) -> None:
    assert tuple(wrong_ways_in(protected)) == WAYS


@pytest.mark.parametrize("way", WAYS)
def test_who_may_not_come_in_hears_why_in_one_line_at_once(protected: Protected, run: Run, way: str) -> None:
    address, settings, said = wrong_ways_in(protected)[way]

    began = time.monotonic()
    with pytest.raises(BrokerError, match=re.escape(said)) as refused:
        preflight(address, settings)
    assert "\n" not in str(refused.value)
    assert time.monotonic() - began < PATIENCE_S

    began = time.monotonic()
    code, out, err = run(address, settings)
    assert (code, out) == (1, "")
    assert said in err
    assert err.startswith("claimwire: ")
    assert len(err.splitlines()) == 1
    assert time.monotonic() - began < PATIENCE_S
    assert PASSWORD not in err
    assert "wrong-7d1e" not in err


@pytest.mark.parametrize("how", MECHANISMS)
def test_a_user_with_the_right_password_comes_in(protected: Protected, run: Run, how: str) -> None:
    protected.allow("admin", role_grants(Role.ADMIN, load_topics(), "claimwire", "claimwire-forward"))
    protected.allow("worker", worker_grants(STAGES, "claimwire"))

    preflight(protected.sasl, protected.user("worker", how))
    code, out, err = run(protected.sasl, protected.user("admin", how))

    assert "partitions" in out  # the test's topics have fewer than topics.yaml says
    assert f"differences between {protected.sasl}" in err
    assert code == 1


def test_a_certificate_is_a_user(protected: Protected, run: Run) -> None:
    protected.allow("admin", role_grants(Role.ADMIN, load_topics(), "claimwire", "claimwire-forward"))
    protected.allow("worker", worker_grants(STAGES, "claimwire"))

    preflight(protected.tls, protected.tls_settings(protected.client_certificate("worker")))
    code, out, _ = run(protected.tls, protected.tls_settings(protected.client_certificate("admin")))

    assert "partitions" in out
    assert code == 1


def test_the_password_may_be_in_a_file(protected: Protected, tmp_path: Path) -> None:
    protected.allow("worker", worker_grants(STAGES, "claimwire"))
    secret = tmp_path / "password"
    secret.write_text(f"{PASSWORD}\n")
    settings = protected.user("worker")
    del settings["CLAIMWIRE_BROKER_PASSWORD"]

    preflight(protected.sasl, {**settings, "CLAIMWIRE_BROKER_PASSWORD_FILE": str(secret)})


def test_a_worker_with_a_wrong_password_ends_with_one_line(protected: Protected, tmp_path: Path) -> None:
    settings = {**protected.user("worker", password="wrong-7d1e"), "CLAIMWIRE_BROKER": protected.sasl}
    done = subprocess.run(
        [sys.executable, "-m", "workers.cli.main", "worker"],
        env={**os.environ, **settings, "CLAIMWIRE_STATE_URL": f"sqlite:///{tmp_path / 's'}"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        cwd=tmp_path,
    )

    assert done.returncode == 1
    assert done.stderr.startswith(f"claimwire: Kafka at {protected.sasl} refuses the user 'worker'")
    assert len(done.stderr.splitlines()) == 1
    assert "wrong-7d1e" not in done.stdout + done.stderr


def test_a_worker_comes_in_with_a_certificate_and_tells_nobody_its_secrets(
    protected: Protected, tmp_path: Path
) -> None:
    protected.allow("worker", worker_grants(STAGES, f"test-{tmp_path.name}"))
    settings = protected.tls_settings(protected.client_certificate("worker"))
    worker = Worker(
        protected.tls,
        tmp_path,
        "worker",
        {**settings, "CLAIMWIRE_STAGES": "raise-alerts", "CLAIMWIRE_LOG_LEVEL": "DEBUG"},
    )
    try:
        worker.wait_until_ready()
        worker.signal(signal.SIGTERM)
        assert worker.wait() == 0
    finally:
        worker.close()

    log = worker.log.read_text(errors="replace")
    assert log
    assert "PRIVATE KEY" not in log
    assert "Traceback" not in log
