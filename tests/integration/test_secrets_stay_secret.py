"""Everything started wrongly, and its output searched: no password, no key, no traceback."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from workers.broker.ports import LOOPBACK, free_ports

SECRET, STATE_SECRET = "s3cr3t-kafka-77aa", "s3cr3t-state-88bb"
USER = {
    "CLAIMWIRE_BROKER_SECURITY": "scram-sha-512",
    "CLAIMWIRE_BROKER_USERNAME": "worker",
    "CLAIMWIRE_BROKER_PASSWORD": SECRET,
    "CLAIMWIRE_STATE_URL": f"postgresql://claims:{STATE_SECRET}@{LOOPBACK}:1/claims",
    "CLAIMWIRE_START_TIMEOUT": "2",
    "CLAIMWIRE_STATE_TIMEOUT": "2",
    "CLAIMWIRE_STAGES": "raise-alerts",
    "CLAIMWIRE_LOG_LEVEL": "DEBUG",
}
SQLITE = {"CLAIMWIRE_STATE_URL": "sqlite:///state.sqlite3"}
WRONG: dict[str, tuple[tuple[str, ...], dict[str, str]]] = {
    "no such setting": (("worker",), {"CLAIMWIRE_BROKER_PASSWRD": SECRET}),
    "a password without a user": (("worker",), {"CLAIMWIRE_BROKER_USERNAME": ""}),
    "a password without a mechanism": (("worker",), {"CLAIMWIRE_BROKER_SECURITY": "tls"}),
    "an unknown mechanism": (("worker",), {"CLAIMWIRE_BROKER_SECURITY": SECRET[:3]}),
    "a password twice": (("worker",), {"CLAIMWIRE_BROKER_PASSWORD_FILE": "secret"}),
    "a password for a path": (("worker",), {"CLAIMWIRE_BROKER_CA": "missing.pem", **SQLITE}),
    "a key that is none": (
        ("worker",),
        {"CLAIMWIRE_BROKER_CERT": "secret", "CLAIMWIRE_BROKER_KEY": "secret", **SQLITE},
    ),
    "no state database": (("worker",), {}),
    "a broken address of the state": (("worker",), {"CLAIMWIRE_STATE_URL": f"postgres//:{STATE_SECRET}@"}),
    "no broker": (("worker",), SQLITE),
    "no broker for a command": (("topics", "check"), {}),
    "no broker for a reader": (("watch", "claims"), {}),
    "wrong usage": (("watch", "claims", "--password", "x"), {}),
}
RIGHT: dict[str, tuple[str, ...]] = {
    "settings": ("worker", "--settings"),
    "help of the worker": ("worker", "--help"),
    "help of a command": ("watch", "--help"),
}


def run(folder: Path, command: tuple[str, ...], changes: Mapping[str, str]) -> tuple[int, str]:
    """Return the exit code and everything that was printed."""
    (folder / "secret").write_text(f"-----BEGIN PRIVATE KEY-----\n{SECRET}\n-----END PRIVATE KEY-----\n")
    (port,) = free_ports(1)
    done = subprocess.run(
        [sys.executable, "-m", "workers.cli.main", *command],
        env={**os.environ, **USER, "CLAIMWIRE_BROKER": f"{LOOPBACK}:{port}", **changes},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        cwd=folder,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("way", WRONG)
def test_a_start_that_fails_says_no_secret(tmp_path: Path, way: str) -> None:
    code, printed = run(tmp_path, *WRONG[way])

    assert code in (1, 2)
    assert printed
    for hidden in (SECRET, STATE_SECRET, "PRIVATE KEY", "Traceback"):
        assert hidden not in printed


@pytest.mark.parametrize("way", RIGHT)
def test_what_is_shown_of_the_settings_has_no_secret(tmp_path: Path, way: str) -> None:
    code, printed = run(tmp_path, RIGHT[way], {})

    assert code == 0
    assert "CLAIMWIRE_" in printed
    for hidden in (SECRET, STATE_SECRET):
        assert hidden not in printed


def test_a_bug_shows_no_values_beside_its_traceback(tmp_path: Path) -> None:
    """Python's own tracebacks show code; a library that adds local variables would show the password."""
    program = (
        "import workers.cli.kafka as kafka\n"
        "def broken(*a, **k): raise RuntimeError('a bug')\n"
        "kafka.knock_once = broken\n"
        "from workers.cli.main import main\n"
        "main(['topics', 'check'])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, **USER},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        cwd=tmp_path,
    )

    assert done.returncode == 1
    assert "a bug" in done.stderr
    assert SECRET not in done.stdout + done.stderr
