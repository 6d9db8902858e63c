"""The demo's steps: the same commands that a person would type, each shown before it runs."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Self

from rich.console import Console

from workers.broker.child import bound_to_this_process
from workers.broker.find import Broker
from workers.broker.ports import LOOPBACK, free_ports
from workers.cli.errors import CliError
from workers.settings import ACCESS_VARIABLES
from workers.wire.topics import load_topics

_PARTITIONS_OF_THE_MOCK = 4
_READY_TIMEOUT_S = 120.0
_STOP_TIMEOUT_S = 40.0
_COMMAND = [sys.executable, "-m", "workers.cli.main"]
_LOG_TAIL_LINES = 12


def create_topics(console: Console, found: Broker) -> None:
    """Make the topics; the mock cluster has no admin calls and gets them through its own door."""
    if found.mock is not None:
        for name in load_topics():
            found.mock.topic(name, _PARTITIONS_OF_THE_MOCK)
        return
    _run(console, ["topics", "create", "--replication-factor", "1"], found.bootstrap)


def feed(console: Console, bootstrap: str, samples: Path) -> int:
    """Publish the sample articles; return how many records that are."""
    _run(console, ["feed", str(samples)], bootstrap, shown=["feed", "samples/articles.jsonl"])
    return sum(1 for line in samples.read_text("utf-8").splitlines() if line.strip())


class WorkerProcess:
    """``claimwire worker`` as a child that dies with the demo; its log is in ``folder``."""

    def __init__(self, console: Console, bootstrap: str, group: str, folder: Path) -> None:
        self._console = console
        self._port = free_ports(1)[0]
        self._log = folder / "worker.log"
        self._environment = {
            **_without_settings(),
            "CLAIMWIRE_BROKER": bootstrap,
            "CLAIMWIRE_APP_ID": group,
            "CLAIMWIRE_STATE_URL": f"sqlite:///{folder / 'state.sqlite3'}",
            "CLAIMWIRE_WEB_PORT": str(self._port),
            "CLAIMWIRE_ARCHIVAL_AFTER": "P3650D",  # the sample articles are shown as on their day
        }
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self._console.print("[bold]$ claimwire worker[/bold]")
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own program
                bound_to_this_process([*_COMMAND, "worker"]), env=self._environment, stdout=log, stderr=log
            )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait()

    def wait_until_ready(self) -> None:
        """Return when the worker has its partitions."""
        started = time.monotonic()
        with self._console.status("the worker loads its model and joins its group"):
            while not self._is_ready():
                self.check()
                if time.monotonic() - started > _READY_TIMEOUT_S:
                    raise CliError(f"the worker is not ready after {_READY_TIMEOUT_S:.0f} s\n{self._tail()}")
                time.sleep(0.2)
        address = f"http://{LOOPBACK}:{self._port}/metrics"
        self._console.print(f"  ready after {time.monotonic() - started:.1f} s; metrics at {address}")

    def check(self) -> None:
        """Raise when the worker has ended."""
        assert self._process is not None
        code = self._process.poll()
        if code is not None:
            raise CliError(f"the worker ended with {code}: {self._tail()}")

    def stop(self) -> None:
        """Ask it to finish what it has, and wait."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(_STOP_TIMEOUT_S)

    def _is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://{LOOPBACK}:{self._port}/health/ready", timeout=2) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def _tail(self) -> str:
        return " | ".join(self._log.read_text(errors="replace").splitlines()[-_LOG_TAIL_LINES:])


def _run(console: Console, arguments: list[str], bootstrap: str, shown: list[str] | None = None) -> None:
    console.print(f"[bold]$ claimwire {' '.join(shown or arguments)}[/bold]")
    environment = {**_without_settings(), "CLAIMWIRE_BROKER": bootstrap}
    done = subprocess.run(  # noqa: S603 - our own program
        [*_COMMAND, *arguments], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise CliError(done.stderr.strip() or f"claimwire {arguments[0]} failed with {done.returncode}")


def _without_settings() -> dict[str, str]:
    """Return the environment without settings that belong to another worker."""
    kept = ("CLAIMWIRE_CACHE", "CLAIMWIRE_KAFKA_API_VERSION", *ACCESS_VARIABLES)
    return {
        name: value for name, value in os.environ.items() if not name.startswith("CLAIMWIRE_") or name in kept
    }
