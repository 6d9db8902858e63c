"""The Kafka server's jars: fetched once per machine by Maven, then kept in the project's cache."""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from workers.broker.errors import BrokerError
from workers.resources import resource

CACHE_VARIABLE = "CLAIMWIRE_CACHE"
OLDEST_JAVA = 17
_INSTALL_TIMEOUT = 600.0
_VERSION = re.compile(r"<kafka\.version>([^<]+)</kafka\.version>")
_JAVA_VERSION = re.compile(r'version "(\d+)([^"]*)"')


@dataclass(frozen=True, slots=True)
class Java:
    """A Java runtime; ``release`` is its full version, for example ``17.0.15``."""

    path: str
    major: int
    release: str


@dataclass(frozen=True, slots=True)
class KafkaFiles:
    """An installed Kafka server: the folder of its jars, beside which ``archive`` may be written."""

    version: str
    folder: Path
    java: Java

    @property
    def classpath(self) -> str:
        """What ``java -cp`` takes."""
        return f"{self.folder / 'jars'}/*"

    @property
    def archive(self) -> Path:
        """Java's class-data archive for these jars: it more than halves the start. It may be missing."""
        return self.folder / f"classes-{self.java.release}.jsa"


def cache_folder() -> Path:
    """Return where claimwire keeps what it fetches: ``CLAIMWIRE_CACHE``, else ``~/.cache/claimwire``."""
    given = os.environ.get(CACHE_VARIABLE)
    return Path(given).expanduser().resolve() if given else Path.home() / ".cache" / "claimwire"


def find_java() -> Java | None:
    """Return the Java in ``JAVA_HOME`` or on the path, of whatever age; ``None`` when there is none."""
    home = os.environ.get("JAVA_HOME")
    path = shutil.which("java", path=f"{home}/bin" if home else None) or shutil.which("java")
    if path is None:
        return None
    answer = subprocess.run([path, "-version"], capture_output=True, text=True, check=False)  # noqa: S603
    found = _JAVA_VERSION.search(answer.stderr)
    return Java(path, int(found[1]), found[1] + found[2]) if found else None


def why_no_local_kafka() -> str | None:
    """Return why this machine cannot run the local Kafka, or ``None`` when it can."""
    java = find_java()
    if java is None:
        return f"there is no Java (>= {OLDEST_JAVA})"
    if java.major < OLDEST_JAVA:
        return f"Java {java.release} is older than {OLDEST_JAVA}"
    if is_fetched() or shutil.which("mvn"):
        return None
    return "there is no Maven to fetch Kafka with"


def is_fetched() -> bool:
    """Whether the cache holds the jars that the pom asks for, so that nothing has to be downloaded."""
    return _is_installed(_kafka_folder(), _pom())


def kafka_files() -> KafkaFiles:
    """Return the installed server, fetching it first when the cache lacks it (tens of seconds, once).

    Two processes that ask at the same time do the work once. Raises ``BrokerError`` when this machine cannot.
    """
    reason = why_no_local_kafka()
    java = find_java()
    if reason is not None or java is None:
        raise BrokerError(f"Kafka cannot run here: {reason}")
    folder, pom = _kafka_folder(), _pom()
    if not _is_installed(folder, pom):
        with cache_lock():
            if not _is_installed(folder, pom):
                _install(folder, pom)
    return KafkaFiles(_kafka_version(pom), folder, java)


@contextmanager
def cache_lock(timeout: float = _INSTALL_TIMEOUT) -> Iterator[None]:
    """Hold the cache against other processes; the system frees it if the holder dies."""
    path = cache_folder() / "kafka.lock"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = path.open("w")
    except OSError as error:
        raise BrokerError(f"cannot write to the cache {path.parent}: {error.strerror}") from error
    with handle:
        deadline = time.monotonic() + timeout
        while not _try_lock(handle.fileno()):
            if time.monotonic() > deadline:
                raise BrokerError(f"another process has held {path} for {timeout:.0f} s")
            time.sleep(0.1)
        yield


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _pom() -> Path:
    return resource("deploy", "kafka", "pom.xml")


def _kafka_version(pom: Path) -> str:
    found = _VERSION.search(pom.read_text("utf-8"))
    if found is None:
        raise BrokerError(f"{pom} names no kafka.version")
    return found[1]


def _kafka_folder() -> Path:
    return cache_folder() / f"kafka-{_kafka_version(_pom())}"


def _digest(pom: Path) -> str:
    return hashlib.sha256(pom.read_bytes()).hexdigest()


def _is_installed(folder: Path, pom: Path) -> bool:
    stamp = folder / "pom.sha256"
    return stamp.is_file() and stamp.read_text("ascii") == _digest(pom)


def _install(folder: Path, pom: Path) -> None:
    """Fetch into a folder beside the final one, then rename: a broken download is never taken for whole.

    The caller holds the cache's lock.
    """
    fresh = folder.with_name(f"{folder.name}.part")
    shutil.rmtree(fresh, ignore_errors=True)  # of a process that was killed
    (fresh / "jars").mkdir(parents=True)
    maven = ["mvn", "-B", "-q", "-C", "-f", str(pom), f"-Dclaimwire.jars={fresh / 'jars'}", "package"]
    try:
        subprocess.run(  # noqa: S603
            maven,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=True,
            timeout=_INSTALL_TIMEOUT,
        )
    except subprocess.CalledProcessError as error:
        shutil.rmtree(fresh)
        raise BrokerError(f"Maven could not fetch Kafka: {_first_error(error.stdout)}") from error
    except subprocess.TimeoutExpired as error:
        shutil.rmtree(fresh)
        raise BrokerError(f"Maven did not fetch Kafka within {_INSTALL_TIMEOUT:.0f} s") from error
    (fresh / "pom.sha256").write_text(_digest(pom), "ascii")
    shutil.rmtree(folder, ignore_errors=True)
    fresh.rename(folder)


def _first_error(output: str) -> str:
    lines = [line for line in output.splitlines() if line.startswith("[ERROR]")]
    return lines[0].removeprefix("[ERROR]").strip() if lines else "it gave no reason"
