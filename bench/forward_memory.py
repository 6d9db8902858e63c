"""``python -m bench.forward_memory``: the memory of ``claimwire forward`` while so many alerts fire.

Through a local Kafka, to a receiver that takes all it is told: every alert once as it comes, and all again
with each repeat.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import psutil

from bench.cluster import producer, running_cluster, wait_until
from bench.usage import memory
from workers.broker.child import bound_to_this_process
from workers.broker.ports import LOOPBACK
from workers.domain.alert import Alert, AlertStatus, AlertTense, AlertType, Evidence, MatchedClause, RuleRef
from workers.domain.claim import Offsets
from workers.domain.ids import content_id
from workers.topology import Topic
from workers.wire.messages import encode_alert

_WORDS = "The harbour will close on Friday, and about 1,200 dockers would be paid for the week. "
_EVIDENCE = 3
_REPEATS = 3


class _Receiver(BaseHTTPRequestHandler):
    """Counts the alerts of each post."""

    told = 0

    def do_POST(self) -> None:
        """Take the alerts."""
        body = self.rfile.read(int(self.headers["content-length"]))
        _Receiver.told += len(json.loads(body))
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


def main(arguments: Sequence[str]) -> int:
    """Print the memory of the idle forwarder, and once every alert was told and told again."""
    parser = argparse.ArgumentParser("python -m bench.forward_memory", description=__doc__)
    parser.add_argument("--alerts", type=int, default=2_000)
    count = parser.parse_args(arguments).alerts
    with (
        tempfile.TemporaryDirectory(prefix="claimwire-forward-") as name,
        running_cluster(Path(name)) as cluster,
        _receiver() as url,
        _forwarder(cluster.kafka.bootstrap, url, Path(name)) as process,
    ):
        wait_until(lambda: "forwarding to" in (Path(name) / "forward.log").read_text("utf-8"), 120, "a start")
        idle = memory(process)
        with producer(cluster.kafka.bootstrap) as client:
            for number in range(count):
                alert = _alert(number)
                value, headers = encode_alert(alert)
                client.send(str(Topic.ALERT), value, alert.alert_key.encode(), list(headers))
            client.flush()
        wait_until(lambda: _Receiver.told >= count * _REPEATS, 300, "every alert, told again")
        print(f"idle {idle.rss} MiB RSS; {count} alerts firing {memory(process).rss} MiB RSS")
    return 0


@contextmanager
def _receiver() -> Iterator[str]:
    server = ThreadingHTTPServer((LOOPBACK, 0), _Receiver)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://{LOOPBACK}:{server.server_port}"
    finally:
        server.shutdown()
        thread.join(30)
        server.server_close()


@contextmanager
def _forwarder(bootstrap: str, url: str, folder: Path) -> Iterator[psutil.Process]:
    environment = {
        **{key: value for key, value in os.environ.items() if not key.startswith("CLAIMWIRE_")},
        "CLAIMWIRE_BROKER": bootstrap,
        "CLAIMWIRE_FORWARD_ALERTMANAGERS": url,
        "CLAIMWIRE_FORWARD_PORT": "0",
        "CLAIMWIRE_FORWARD_REPEAT": "2",
    }
    command = bound_to_this_process([sys.executable, "-m", "workers.cli.main", "forward"])
    with (folder / "forward.log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)  # noqa: S603 - our own
    try:
        yield psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(60)


def _alert(number: int) -> Alert:
    """Return an alert of its own, with the evidence that one of three outlets has."""
    key = content_id("alert", "bench", str(number))
    evidence = tuple(
        Evidence(
            claim_id=content_id("claim", key, str(each)),
            article_id=f"a{number}-{each}",
            publisher=f"outlet-{each}.example",
            url=f"https://outlet-{each}.example/{number}",
            text_sha256="0" * 64,
            spans=(Offsets(0, 2 * len(_WORDS)),),
            text=_WORDS * 2,
        )
        for each in range(_EVIDENCE)
    )
    return Alert(
        alert_key=key,
        sequence=0,
        status=AlertStatus.FIRING,
        labels=(("alertname", "Bench"), ("rule", "bench"), ("severity", "info"), ("source_name", key)),
        annotations=(("summary", _WORDS),),
        starts_at=datetime.now(UTC).replace(microsecond=0),
        ends_at=None,
        fingerprint=key[:16],
        alert_type=AlertType.INITIAL,
        alert_tense=AlertTense.CURRENT,
        rule=RuleRef("bench", 1, "0" * 64),
        matched=(MatchedClause("claim.act == 'state'", "state"),),
        evidence=evidence,
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
