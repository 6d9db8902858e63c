"""The mock cluster in a process of its own, driven while workers run against it.

The protocol is one JSON array a line: ``["topic", "news.claim.v1", 4]`` on the child's standard input,
``{"ok": …}`` or ``{"error": "…"}`` on its standard output. The child ends when its standard input does,
so it cannot outlive the process that drives it.
"""

import json
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

from workers.broker.errors import BrokerError
from workers.broker.mock import ApiKey, KafkaError, MockKafka

_STOP_TIMEOUT = 10.0
_COMMANDS = frozenset(
    {
        "topic",
        "topic_error",
        "push_errors",
        "clear_errors",
        "down",
        "up",
        "rtt",
        "rebalance_delay",
        "track_requests",
        "requests",
    }
)


class MockKafkaProcess:
    """The same calls as ``MockKafka``, made in a child process; the methods are described there."""

    def __init__(self, brokers: int = 1) -> None:
        self._lock = threading.Lock()
        self._process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", "workers.broker.mock_process", str(brokers)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        try:
            self.bootstrap = str(self._answer())
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def pid(self) -> int:
        """The child's process id."""
        return self._process.pid

    def topic(self, name: str, partitions: int = 1) -> None:  # noqa: D102 - described in MockKafka, as all below
        self._call("topic", name, partitions)

    def topic_error(self, name: str, error: KafkaError) -> None:  # noqa: D102
        self._call("topic_error", name, int(error))

    def push_errors(self, api: ApiKey, errors: Sequence[KafkaError]) -> None:  # noqa: D102
        self._call("push_errors", int(api), [int(error) for error in errors])

    def clear_errors(self, api: ApiKey) -> None:  # noqa: D102
        self._call("clear_errors", int(api))

    def down(self) -> None:  # noqa: D102
        self._call("down")

    def up(self) -> None:  # noqa: D102
        self._call("up")

    def rtt(self, milliseconds: int) -> None:  # noqa: D102
        self._call("rtt", milliseconds)

    def rebalance_delay(self, milliseconds: int) -> None:  # noqa: D102
        self._call("rebalance_delay", milliseconds)

    def track_requests(self) -> None:  # noqa: D102
        self._call("track_requests")

    def requests(self) -> dict[int, int]:  # noqa: D102
        return {int(key): int(count) for key, count in self._call("requests").items()}

    def close(self) -> None:
        """End the child; its records are gone."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None and not pipe.closed:
                with suppress(BrokenPipeError):  # a killed child may have left a command unread
                    pipe.close()
        try:
            self._process.wait(_STOP_TIMEOUT)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _call(self, command: str, *arguments: object) -> Any:
        if self._process.stdin is None or self._process.stdin.closed:
            raise BrokerError("the mock cluster is closed")
        with self._lock:
            try:
                self._process.stdin.write(json.dumps([command, *arguments]).encode() + b"\n")
                self._process.stdin.flush()
            except BrokenPipeError as error:
                raise BrokerError("the mock cluster's process has ended") from error
            return self._answer()

    def _answer(self) -> Any:
        line = self._process.stdout.readline() if self._process.stdout is not None else b""
        if not line:
            raise BrokerError("the mock cluster's process has ended")
        answer = json.loads(line)
        if "error" in answer:
            raise BrokerError(answer["error"])
        return answer["ok"]


def _serve(brokers: int) -> None:
    try:
        cluster = MockKafka(brokers)
    except BrokerError as error:
        _say({"error": str(error)})
        return
    with cluster:
        _say({"ok": cluster.bootstrap})
        for line in sys.stdin:
            command, *arguments = json.loads(line)
            _say(_obey(cluster, command, arguments))


def _obey(cluster: MockKafka, command: str, arguments: list[Any]) -> dict[str, Any]:
    if command not in _COMMANDS:
        return {"error": f"the mock cluster has no command {command}"}
    try:
        return {"ok": getattr(cluster, command)(*arguments)}
    except BrokerError as error:
        return {"error": str(error)}


def _say(answer: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    _serve(int(sys.argv[1]))
