"""A PostgreSQL server of the tests' own: made, run and removed in a temporary folder, never as root."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Sequence
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psycopg

from tests.support.polling import poll_until
from workers.broker.child import bound_to_this_process
from workers.broker.ports import LOOPBACK, free_ports

_DEBIAN = Path("/usr/lib/postgresql")
_USER = "claimwire"
_CONFIG = {
    "listen_addresses": LOOPBACK,
    "fsync": "off",  # processes are killed here, not machines
    "max_connections": "40",
    "shared_buffers": "16MB",
    "autovacuum_naptime": "1s",
    "unix_socket_directories": "",
    "logging_collector": "off",
}


def find_postgres() -> Path | None:
    """Return the folder with ``initdb`` and ``postgres``, the newest one; ``None`` when there is none."""
    versions = sorted(_DEBIAN.glob("*/bin"), key=lambda folder: float(folder.parent.name), reverse=True)
    found = shutil.which("initdb")
    folders = [*versions, *([Path(found).resolve().parent] if found else [])]
    return next(
        (each for each in folders if (each / "initdb").exists() and (each / "postgres").exists()), None
    )


def why_no_postgres() -> str | None:
    """Return why this machine cannot run PostgreSQL for tests, or ``None`` when it can."""
    if find_postgres() is None:
        return "there is no PostgreSQL server; on Debian: apt-get install postgresql"
    if os.getuid() == 0 and _other_user() is None:
        return "PostgreSQL does not run as root, and there is no user postgres or nobody to run it as"
    return None


class LocalPostgres:
    """``with LocalPostgres() as server: connect(server.new_database())``."""

    def __init__(self) -> None:
        reason = why_no_postgres()
        programs = find_postgres()
        if reason is not None or programs is None:
            raise RuntimeError(f"PostgreSQL cannot run here: {reason}")
        self._programs = programs
        self._user = _other_user() if os.getuid() == 0 else None
        self._folder = Path(tempfile.mkdtemp(prefix="claimwire-postgres-"))
        self._port = free_ports(1)[0]
        self._numbers = count()
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        try:
            if self._user:
                shutil.chown(self._folder, self._user)
            self._folder.chmod(0o700)
            self._run("initdb", "-D", self._data, "-U", _USER, "-A", "trust", "-E", "UTF8", "--no-sync")
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def _data(self) -> str:
        return str(self._folder / "data")

    def url(self, database: str) -> str:
        """Return the address of a database, as ``CLAIMWIRE_STATE_URL`` takes it."""
        return f"postgresql://{_USER}@{LOOPBACK}:{self._port}/{database}"

    def new_database(self) -> str:
        """Return the address of an empty database: a schema of its own, which costs little."""
        name = f"test{next(self._numbers)}"
        self.execute("postgres", f"CREATE SCHEMA {name}")
        return f"{self.url('postgres')}?options=-csearch_path%3D{name}"

    def execute(self, database: str, sql: str) -> list[tuple[Any, ...]]:
        """Run one statement as the owner of the server."""
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            cursor = connection.execute(sql.encode())
            return cursor.fetchall() if cursor.description else []

    def start(self) -> None:
        """Start the server and wait until it answers; it keeps its port and its data."""
        options = [part for name, value in _CONFIG.items() for part in ("-c", f"{name}={value}")]
        command = [str(self._programs / "postgres"), "-D", self._data, "-p", str(self._port), *options]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(self._bound(command), stdout=log, stderr=log, cwd=self._folder)
        poll_until(self._answers, 60.0, f"PostgreSQL answering:\n{self.tail()}")

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop the server: SIGINT breaks off all connections, SIGQUIT is a crash that is recovered from."""
        assert self._process is not None
        self._process.send_signal(how)
        self._process.wait(60)
        self._process = None

    def tail(self) -> str:
        """Return the end of the server's log."""
        return (self._folder / "log").read_text(errors="replace")[-2000:]

    def close(self) -> None:
        """Stop the server and remove its folder."""
        if self._process is not None:
            self.stop(signal.SIGQUIT)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, self.tail()
        try:
            self.execute("postgres", "SELECT 1")
        except psycopg.OperationalError:
            return False
        return True

    def _bound(self, command: Sequence[str]) -> list[str]:
        """Return the command line of a server that dies with this process, and is not root."""
        if self._user is None:
            return bound_to_this_process(command)
        ids = pwd.getpwnam(self._user)
        who = [f"--reuid={ids.pw_uid}", f"--regid={ids.pw_gid}", "--clear-groups"]
        return ["setpriv", *who, "--pdeathsig=KILL", *command]

    def _run(self, program: str, *arguments: str) -> None:
        command: Sequence[str] = [str(self._programs / program), *arguments]
        answer = subprocess.run(
            command, capture_output=True, text=True, check=False, user=self._user, cwd=self._folder
        )
        assert answer.returncode == 0, answer.stdout + answer.stderr


def _other_user() -> str | None:
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_name
        except KeyError:
            continue
    return None
