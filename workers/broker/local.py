"""Apache Kafka servers (KRaft, broker and controller in one) on free loopback ports: see also ``cluster``."""

import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from workers.broker import server_properties
from workers.broker.child import bound_to_this_process
from workers.broker.errors import BrokerError
from workers.broker.jars import KafkaFiles, cache_lock, kafka_files
from workers.broker.ports import LOOPBACK, free_ports
from workers.broker.server_properties import Node

_STARTED = "Kafka Server started"
_PORT_TAKEN = "Address already in use"
_PORT_TRIES = 3
_STOP_TIMEOUT = 20.0
_ARCHIVE_TIMEOUT = 180.0
_TAIL_LINES = 4
_JVM_OPTIONS = (
    "-Xms64m",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-Xlog:disable",
    "-Djava.awt.headless=true",
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
    "-Dorg.slf4j.simpleLogger.log.kafka.server.KafkaRaftServer=info",
    "-Dorg.slf4j.simpleLogger.showDateTime=true",
    "-Dorg.slf4j.simpleLogger.dateTimeFormat=HH:mm:ss.SSS",
)


class LocalKafka:
    """A Kafka server as a child process: ``with LocalKafka() as kafka: connect(kafka.bootstrap)``.

    ``data`` is its folder: given, it stays and can be started from again, by this object or the next; else it
    is temporary and goes when the ``with`` block ends. ``properties`` are added to the server's, over the
    defaults; clients reach the listener named ``CLIENTS``. For each port of ``advertised`` there is one more
    listener, which sends its clients there: to a proxy in front of it. ``node`` is a server's place among
    others. The server dies with the process that started it.
    """

    def __init__(
        self,
        data: Path | None = None,
        *,
        advertised: Sequence[int] = (),
        node: Node | None = None,
        properties: Mapping[str, str] | None = None,
        heap_mb: int = 256,
        jvm_options: Sequence[str] = (),
        start_timeout: float = 120.0,
    ) -> None:
        self._temporary = data is None
        self.data = data if data is not None else Path(tempfile.mkdtemp(prefix="claimwire-kafka-"))
        self._advertised = tuple(advertised)
        self._node = node
        self._extra = dict(properties or {})
        self._jvm_options = (*_JVM_OPTIONS, f"-Xmx{heap_mb}m", *jvm_options)
        self._start_timeout = start_timeout
        self._ports: tuple[int, ...] | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._log_before = 0

    def __enter__(self) -> Self:
        try:
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
    def bootstrap(self) -> str:
        """``host:port`` for clients; it stays the same when the server is started again."""
        if self._ports is None:
            raise BrokerError("Kafka has not been started yet")
        return f"{LOOPBACK}:{self._ports[0]}"

    def port_behind(self, advertised: int) -> int:
        """Return the port that a proxy on port ``advertised`` has to pass its clients on to."""
        if self._ports is None:
            raise BrokerError("Kafka has not been started yet")
        return self._ports[2 + self._advertised.index(advertised)]

    @property
    def pid(self) -> int:
        """The process id of the server that runs now."""
        if not self.is_running or self._process is None:
            raise BrokerError("Kafka is not running")
        return self._process.pid

    @property
    def is_running(self) -> bool:
        """Whether the process is there; it says nothing about its health."""
        return self._process is not None and self._process.poll() is None

    @property
    def log_file(self) -> Path:
        """The server's log: warnings, errors, and its starts."""
        return self.data / "kafka.log"

    def start(self) -> None:
        """Start the server and wait until it serves clients; raises ``BrokerError`` when it does not."""
        for attempt in range(_PORT_TRIES):
            again = self._ports is not None
            try:
                self.launch()
                self.wait_until_started()
            except BrokerError as error:
                if again or _PORT_TAKEN not in str(error) or attempt == _PORT_TRIES - 1:
                    raise
                self._ports = None
            else:
                return

    def launch(self) -> None:
        """Start the process, without waiting: a server of a cluster is ready when others are there too."""
        if self.is_running:
            raise BrokerError("Kafka is already running")
        self._launch(_with_archive(kafka_files()))

    def wait_until_started(self) -> None:
        """Return when the started line is there: the broker is unfenced, its sockets answer, TLS or not."""
        deadline = time.monotonic() + self._start_timeout
        while _STARTED not in (log := self._log_of_this_start()):
            if not self.is_running:
                raise BrokerError(self._failure(f"ended with status {self._status} while starting", log))
            if time.monotonic() > deadline:
                self.kill()
                raise BrokerError(self._failure(f"did not start within {self._start_timeout:.0f} s", log))
            time.sleep(0.05)

    def stop(self, timeout: float = _STOP_TIMEOUT) -> bool:
        """End the server in an orderly way, by force after ``timeout``; its data stays. Harmless when down.

        Returns whether force was not needed.
        """
        if self._process is None:
            return True
        self._process.terminate()
        try:
            self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()
            return False
        return True

    def kill(self) -> None:
        """End the server as a power cut would; its data stays."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def pause(self) -> None:
        """Freeze the server: connections stay open and nothing answers."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let a paused server go on."""
        self._signal(signal.SIGCONT)

    def close(self) -> None:
        """Stop, and remove the data folder if it was temporary."""
        self.stop()
        if self._temporary:
            shutil.rmtree(self.data, ignore_errors=True)

    def _signal(self, number: signal.Signals) -> None:
        if self._process is None or not self.is_running:
            raise BrokerError("Kafka is not running")
        self._process.send_signal(number)

    def _launch(self, files: KafkaFiles) -> None:
        self._ports = self._ports or self._free_ports()
        config = self._write_config(self._ports)
        if not (self.data / "logs" / "meta.properties").exists():
            self._format(files, config)
        self._log_before = self.log_file.stat().st_size if self.log_file.exists() else 0
        with self.log_file.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603
                bound_to_this_process(self._java(files, "kafka.Kafka", str(config))),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def _free_ports(self) -> tuple[int, ...]:
        behind = free_ports(2 + len(self._advertised))
        return behind if self._node is None else (*self._node.ports, *behind[2:])

    def _write_config(self, ports: tuple[int, ...]) -> Path:
        logs = self.data / "logs"
        logs.mkdir(parents=True, exist_ok=True)
        node = self._node or server_properties.alone(ports[0], ports[1])
        behind = tuple(zip(ports[2:], self._advertised, strict=True))
        properties = {**server_properties.of(node, logs, behind), **self._extra}
        path = self.data / "server.properties"
        path.write_text("".join(f"{name}={value}\n" for name, value in properties.items()), "utf-8")
        path.chmod(0o600)  # extra properties may hold passwords
        return path

    def _format(self, files: KafkaFiles, config: Path) -> None:
        cluster_id = self._node.cluster_id if self._node else server_properties.new_cluster_id()
        command = self._java(files, "kafka.tools.StorageTool", "format", "-t", cluster_id, "-c", str(config))
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
        if done.returncode != 0:
            raise BrokerError(f"Kafka could not format {self.data}: {_one_line(done.stdout + done.stderr)}")

    def _java(self, files: KafkaFiles, main: str, *arguments: str) -> list[str]:
        archive = [f"-XX:SharedArchiveFile={files.archive}"] if files.archive.exists() else []
        return [files.java.path, *archive, *self._jvm_options, "-cp", files.classpath, main, *arguments]

    @property
    def _status(self) -> int | None:
        return None if self._process is None else self._process.returncode

    def _log_of_this_start(self) -> str:
        with self.log_file.open("rb") as log:
            log.seek(self._log_before)
            return log.read().decode("utf-8", "replace")

    def _failure(self, what: str, log: str) -> str:
        return f"Kafka {what}; {self.log_file} says: {_one_line(log)}"


def _one_line(log: str) -> str:
    """Join what tells most: the last errors and causes, else the last lines."""
    lines = [line.strip() for line in log.splitlines() if line.strip() and not line.startswith("\tat ")]
    telling = [line for line in lines if "ERROR" in line or "Exception" in line or "Error:" in line]
    return " | ".join((telling or lines)[-_TAIL_LINES:]) or "nothing"


def _with_archive(files: KafkaFiles) -> KafkaFiles:
    """Write Java's class archive when it is missing: one start of some seconds that halves all later ones."""
    if files.archive.exists():
        return files
    with cache_lock():
        if not files.archive.exists():
            fresh = files.archive.with_suffix(".part")
            fresh.unlink(missing_ok=True)
            kafka = LocalKafka(jvm_options=[f"-XX:ArchiveClassesAtExit={fresh}"])
            try:
                kafka._launch(files)
                kafka.wait_until_started()
                whole = kafka.stop(_ARCHIVE_TIMEOUT)
            finally:
                kafka.close()
            if whole and fresh.exists():
                fresh.rename(files.archive)
    return files
