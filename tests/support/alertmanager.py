"""The real Alertmanager (Debian's package) on this machine, with a route of the test's own."""

import json
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from workers.broker.ports import LOOPBACK, free_ports

PROGRAM = "prometheus-alertmanager"
_SECONDS = 30.0


class Alertmanager:
    """Its API, as an operator would use it."""

    def __init__(self, port: int) -> None:
        self.url = f"http://{LOOPBACK}:{port}"

    def alerts(self) -> list[dict[str, Any]]:
        """Return the alerts that are not resolved, silenced ones too."""
        found: list[dict[str, Any]] = self._ask("/api/v2/alerts")
        return found

    def names(self) -> set[str]:
        """Return the names of the alerts that are not resolved."""
        return {alert["labels"]["alertname"] for alert in self.alerts()}

    def groups(self) -> dict[str, set[str]]:
        """Return, by the value of the label that the route groups by, what lies in each group."""
        return {
            group["labels"]["rule"]: {alert["labels"]["alertname"] for alert in group["alerts"]}
            for group in self._ask("/api/v2/alerts/groups")
        }

    def silence(self, name: str) -> None:
        """Silence the alert of that name for an hour."""
        now = datetime.now(UTC)
        silence = {
            "matchers": [{"name": "alertname", "value": name, "isRegex": False, "isEqual": True}],
            "startsAt": now.isoformat(),
            "endsAt": (now + timedelta(hours=1)).isoformat(),
            "createdBy": "test",
            "comment": "test",
        }
        self._ask("/api/v2/silences", silence)

    def _ask(self, path: str, body: Mapping[str, Any] | None = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, {"content-type": "application/json"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)


@contextmanager
def an_alertmanager(folder: Path, receiver: str | None = None, port: int = 0) -> Iterator[Alertmanager]:
    """Run one that groups by rule; when ``receiver`` is given, it posts notifications to that URL at once."""
    path = shutil.which(PROGRAM)
    if path is None:
        pytest.skip(f"needs {PROGRAM} (scripts/alertmanager.sh installs Debian's package)")
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "alertmanager.yml"
    config.write_text(yaml.safe_dump(_configuration(receiver)))
    port = port or free_ports(1)[0]
    command = [
        path,
        f"--config.file={config}",
        f"--storage.path={folder / 'data'}",
        f"--web.listen-address={LOOPBACK}:{port}",
        "--cluster.listen-address=",
    ]
    with (folder / "alertmanager.log").open("ab") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        _wait(process, port, folder / "alertmanager.log")
        yield Alertmanager(port)
    finally:
        process.kill()
        process.wait(10)


def _configuration(receiver: str | None) -> dict[str, Any]:
    hooks = [] if receiver is None else [{"url": receiver, "send_resolved": True}]
    return {
        "route": {
            "receiver": "test",
            "group_by": ["rule"],
            "group_wait": "0s",
            "group_interval": "1s",
            "repeat_interval": "1h",
        },
        "receivers": [{"name": "test", "webhook_configs": hooks}],
    }


def _wait(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    deadline = time.monotonic() + _SECONDS
    while True:
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()
        try:
            with urllib.request.urlopen(f"http://{LOOPBACK}:{port}/-/ready", timeout=1):
                return
        except OSError:
            time.sleep(0.05)
