"""One Apache Kafka server (KRaft, broker and controller in one) on free loopback ports."""

import shutil
import signal
import subprocess
import tempfile
import time
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from workers.broker.child import bound_to_this_process
from workers.broker.errors import BrokerError
from workers.broker.jars import KafkaFiles, cache_lock, kafka_files
from workers.broker.ports import LOOPBACK, free_ports

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
# One node, so every internal topic has one replica; few partitions and no waiting for more group members,
# because tests start and stop many groups. Sessions as short as a test's consumers need.
_PROPERTIES = {
    "process.roles": "broker,controller",
    "node.id": "1",
    "controller.listener.names": "CONTROLLER",
    "inter.broker.listener.name": "CLIENTS",
    "listener.security.protocol.map": "CLIENTS:PLAINTEXT,CONTROLLER:PLAINTEXT",
    "auto.create.topics.enable": "false",
    "broker.heartbeat.interval.ms": "1000",
    "broker.session.timeout.ms": "6000",
    "group.initial.rebalance.delay.ms": "0",
    "group.min.session.timeout.ms": "1000",
    "log.cleaner.dedupe.buffer.size": "4194304",
    "offsets.topic.num.partitions": "4",
    "offsets.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
    "share.coordinator.state.topic.num.partitions": "2",
    "share.coordinator.state.topic.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "transaction.state.log.num.partitions": "2",
    "transaction.state.log.replication.factor": "1",
}


class LocalKafka:
    """A Kafka server as a child process: ``with LocalKafka() as kafka: connect(kafka.bootstrap)``.

    ``data`` is its folder: given, it stays and can be started from again, by this object or the next; else it
    is temporary and goes when the ``with`` block ends. ``properties`` are added to the server's, over the
    defaults; clients reach the listener named ``CLIENTS``. The server dies with the process that started it.
    """

    def __init__(
        self,
        data: Path | None = None,
        *,
        properties: Mapping[str, str] | None = None,
        heap_mb: int = 256,
        jvm_options: Sequence[str] = (),
        start_timeout: float = 120.0,
    ) -> None:
        self._temporary = data is None
        self.data = data if data is not None else Path(tempfile.mkdtemp(prefix="claimwire-kafka-"))
        self._extra = dict(properties or {})
        self._jvm_options = (*_JVM_OPTIONS, f"-Xmx{heap_mb}m", *jvm_options)
        self._start_timeout = start_timeout
        self._ports: tuple[int, ...] | None = None
        self._process: subprocess.Popen[bytes] | None = None

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
        if self.is_running:
            raise BrokerError("Kafka is already running")
        files = _with_archive(kafka_files())
        for attempt in range(_PORT_TRIES):
            again = self._ports is not None
            try:
                self._start_once(files)
            except BrokerError as error:
                if again or _PORT_TAKEN not in str(error) or attempt == _PORT_TRIES - 1:
                    raise
                self._ports = None
            else:
                return

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

    def _start_once(self, files: KafkaFiles) -> None:
        self._ports = self._ports or free_ports(2)
        config = self._write_config(*self._ports)
        if not (self.data / "logs" / "meta.properties").exists():
            self._format(files, config)
        log_before = self.log_file.stat().st_size if self.log_file.exists() else 0
        with self.log_file.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603
                bound_to_this_process(self._java(files, "kafka.Kafka", str(config))),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._wait_until_started(self._process, log_before)

    def _write_config(self, client_port: int, controller_port: int) -> Path:
        logs = self.data / "logs"
        logs.mkdir(parents=True, exist_ok=True)
        properties = {
            **_PROPERTIES,
            "log.dirs": str(logs),
            "listeners": f"CLIENTS://{LOOPBACK}:{client_port},CONTROLLER://{LOOPBACK}:{controller_port}",
            "controller.quorum.voters": f"1@{LOOPBACK}:{controller_port}",
            **self._extra,
        }
        path = self.data / "server.properties"
        path.write_text("".join(f"{name}={value}\n" for name, value in properties.items()), "utf-8")
        path.chmod(0o600)  # extra properties may hold passwords
        return path

    def _format(self, files: KafkaFiles, config: Path) -> None:
        cluster_id = uuid.uuid4().hex[:22]  # as long as Kafka's own, and never with a dash in front
        command = self._java(files, "kafka.tools.StorageTool", "format", "-t", cluster_id, "-c", str(config))
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
        if done.returncode != 0:
            raise BrokerError(f"Kafka could not format {self.data}: {_one_line(done.stdout + done.stderr)}")

    def _java(self, files: KafkaFiles, main: str, *arguments: str) -> list[str]:
        archive = [f"-XX:SharedArchiveFile={files.archive}"] if files.archive.exists() else []
        return [files.java.path, *archive, *self._jvm_options, "-cp", files.classpath, main, *arguments]

    def _wait_until_started(self, process: subprocess.Popen[bytes], log_before: int) -> None:
        """The started line comes when the broker is unfenced and its sockets answer, TLS or not."""
        deadline = time.monotonic() + self._start_timeout
        while True:
            log = self._log_since(log_before)
            if _STARTED in log:
                return
            if process.poll() is not None:
                raise BrokerError(
                    self._failure(f"ended with status {process.returncode} while starting", log)
                )
            if time.monotonic() > deadline:
                self.kill()
                raise BrokerError(self._failure(f"did not start within {self._start_timeout:.0f} s", log))
            time.sleep(0.05)

    def _log_since(self, position: int) -> str:
        with self.log_file.open("rb") as log:
            log.seek(position)
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
                kafka._start_once(files)
                whole = kafka.stop(_ARCHIVE_TIMEOUT)
            finally:
                kafka.close()
            if whole and fresh.exists():
                fresh.rename(files.archive)
    return files
