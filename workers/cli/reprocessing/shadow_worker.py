"""A worker of its own for the shadow: it begins where the range does and is stopped when all is through."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from kafka import TopicPartition

from workers.agents.shadow import Shadow
from workers.broker.child import bound_to_this_process
from workers.broker.ports import free_ports
from workers.cli.errors import CliError
from workers.cli.reprocessing.shadow_topics import Range
from workers.topology import STAGES, Topic

_COMMAND = [sys.executable, "-m", "workers.cli.main", "worker"]
_STOP_LIMIT_S = 60.0
_PAUSE_S = 0.5
_TOLD_LINES = 5


class ShadowWorker:
    """``with ShadowWorker(…) as worker``: has the caller's settings, but for group, topics and state."""

    def __init__(self, bootstrap: str, group: str, shadow: Shadow) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="claimwire-reprocess-", ignore_cleanup_errors=True)
        self._environment = {
            **os.environ,
            "CLAIMWIRE_BROKER": bootstrap,
            "CLAIMWIRE_APP_ID": group,
            "CLAIMWIRE_SHADOW": shadow.suffix,
            "CLAIMWIRE_STATE_URL": f"sqlite:///{self._folder.name}/state.sqlite3",
            "CLAIMWIRE_WEB_PORT": str(free_ports(1)[0]),
        }
        self._log = Path(self._folder.name) / "worker.log"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own program
                bound_to_this_process(_COMMAND), env=self._environment, stdout=log, stderr=log
            )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(_STOP_LIMIT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._folder.cleanup()

    def check(self) -> None:
        """Raise ``CliError`` when the worker has ended."""
        assert self._process is not None
        if (code := self._process.poll()) is not None:
            told = " | ".join(self._log.read_text(errors="replace").splitlines()[-_TOLD_LINES:])
            raise CliError(f"the shadow worker ended with {code}: {told}")


def wait_until_through(
    client: Any, chosen: Range, shadow: Shadow, check: Callable[[], None], on_progress: Callable[[int], None]
) -> None:
    """Return when the group of ``client`` has committed the range, and all that the stages made from it.

    ``on_progress`` is told how many raw records are committed.
    """

    def committed(ends: Mapping[TopicPartition, int]) -> bool:
        at = {place: client.committed(place) or 0 for place in ends}
        if ends is chosen.ends:
            on_progress(sum(min(at[p], end) - chosen.starts[p] for p, end in ends.items()))
        return all(at[place] >= end for place, end in ends.items())

    def wait(ends: Mapping[TopicPartition, int]) -> None:
        while not committed(ends):
            check()
            time.sleep(_PAUSE_S)

    wait(chosen.ends)
    names = {shadow.name(str(source)) for stage in STAGES for source in stage.sources}
    places = [
        TopicPartition(name, number)
        for name in sorted(names - {str(Topic.ARTICLE_RAW)})
        for number in sorted(client.partitions_for_topic(name) or ())
    ]
    for _ in STAGES:  # what the last but one stage makes of the rest is there for the last
        wait(client.end_offsets(places))
