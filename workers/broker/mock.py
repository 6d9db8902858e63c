"""librdkafka's mock cluster: a broker without Java, from the library inside the confluent-kafka wheel.

It speaks to Kafka clients over loopback TCP and can be told to fail. It keeps everything in memory, has no
admin calls (make topics here) and no working transactions; kafka-python needs ``api_version=(2, 3)`` with it.
The functions are librdkafka's ``rdkafka_mock.h``.
"""

import ctypes
from collections import Counter
from collections.abc import Sequence
from enum import IntEnum
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from types import TracebackType
from typing import Self

from workers.broker.errors import BrokerError

CLIENT_OPTIONS = {"api_version": (2, 3)}
"""What kafka-python's clients must be given to talk to the mock cluster."""

_DISTRIBUTION = "confluent-kafka"
_ERROR_LENGTH = 512
_HANDLE = ctypes.c_void_p
_TEXT = ctypes.c_char_p
_INT = ctypes.c_int
_INT16 = ctypes.c_int16
_INT32 = ctypes.c_int32
_SIZE = ctypes.c_size_t
_INTS = ctypes.POINTER(_INT)
_HANDLES = ctypes.POINTER(_HANDLE)

# name: what it returns, what it takes
_SIGNATURES: dict[str, tuple[object, tuple[object, ...]]] = {
    "rd_kafka_conf_new": (_HANDLE, ()),
    "rd_kafka_conf_destroy": (None, (_HANDLE,)),
    "rd_kafka_conf_set_log_cb": (None, (_HANDLE, _HANDLE)),
    "rd_kafka_new": (_HANDLE, (_INT, _HANDLE, _TEXT, _SIZE)),
    "rd_kafka_destroy": (None, (_HANDLE,)),
    "rd_kafka_err2str": (_TEXT, (_INT,)),
    "rd_kafka_mock_cluster_new": (_HANDLE, (_HANDLE, _INT)),
    "rd_kafka_mock_cluster_destroy": (None, (_HANDLE,)),
    "rd_kafka_mock_cluster_bootstraps": (_TEXT, (_HANDLE,)),
    "rd_kafka_mock_topic_create": (_INT, (_HANDLE, _TEXT, _INT, _INT)),
    "rd_kafka_mock_topic_set_error": (None, (_HANDLE, _TEXT, _INT)),
    "rd_kafka_mock_push_request_errors_array": (None, (_HANDLE, _INT16, _SIZE, _INTS)),
    "rd_kafka_mock_clear_request_errors": (None, (_HANDLE, _INT16)),
    "rd_kafka_mock_broker_set_down": (_INT, (_HANDLE, _INT32)),
    "rd_kafka_mock_broker_set_up": (_INT, (_HANDLE, _INT32)),
    "rd_kafka_mock_broker_set_rtt": (_INT, (_HANDLE, _INT32, _INT)),
    "rd_kafka_mock_group_initial_rebalance_delay_ms": (None, (_HANDLE, _INT32)),
    "rd_kafka_mock_start_request_tracking": (None, (_HANDLE,)),
    "rd_kafka_mock_clear_requests": (None, (_HANDLE,)),
    "rd_kafka_mock_get_requests": (_HANDLES, (_HANDLE, ctypes.POINTER(_SIZE))),
    "rd_kafka_mock_request_api_key": (_INT16, (_HANDLE,)),
    "rd_kafka_mock_request_destroy_array": (None, (_HANDLES, _SIZE)),
}


class ApiKey(IntEnum):
    """Kafka's request kinds, as far as tests name them."""

    PRODUCE = 0
    FETCH = 1
    LIST_OFFSETS = 2
    METADATA = 3
    OFFSET_COMMIT = 8
    OFFSET_FETCH = 9
    FIND_COORDINATOR = 10
    JOIN_GROUP = 11
    HEARTBEAT = 12
    LEAVE_GROUP = 13
    SYNC_GROUP = 14
    API_VERSIONS = 18
    INIT_PRODUCER_ID = 22


class KafkaError(IntEnum):
    """Kafka's error codes, as far as tests name them."""

    NONE = 0
    UNKNOWN_SERVER_ERROR = -1
    UNKNOWN_TOPIC_OR_PARTITION = 3
    NOT_LEADER_OR_FOLLOWER = 6
    REQUEST_TIMED_OUT = 7
    MESSAGE_TOO_LARGE = 10
    COORDINATOR_LOAD_IN_PROGRESS = 14
    NOT_COORDINATOR = 16
    NOT_ENOUGH_REPLICAS = 19
    ILLEGAL_GENERATION = 22
    UNKNOWN_MEMBER_ID = 25
    REBALANCE_IN_PROGRESS = 27
    TOPIC_AUTHORIZATION_FAILED = 29
    GROUP_AUTHORIZATION_FAILED = 30


class MockKafka:
    """A mock cluster inside this process; it ends with the ``with`` block, or with ``close``."""

    def __init__(self, brokers: int = 1, *, rebalance_delay_ms: int = 200) -> None:
        """``rebalance_delay_ms``: how long a new group waits for more members (librdkafka's own: 3 s)."""
        self._library = _library()
        reason = ctypes.create_string_buffer(_ERROR_LENGTH)
        config = self._library.rd_kafka_conf_new()
        self._library.rd_kafka_conf_set_log_cb(
            config, None
        )  # it would warn that it has no broker to connect to
        # The mock cluster hangs on a client handle (0: a producer) that itself never connects.
        self._client = self._library.rd_kafka_new(0, config, reason, _ERROR_LENGTH)
        if not self._client:
            self._library.rd_kafka_conf_destroy(config)
            raise BrokerError(f"librdkafka gave no handle: {reason.value.decode()}")
        self._cluster: int | None = self._library.rd_kafka_mock_cluster_new(self._client, brokers)
        if not self._cluster:
            self._library.rd_kafka_destroy(self._client)
            raise BrokerError("librdkafka gave no mock cluster")
        self.bootstrap: str = self._library.rd_kafka_mock_cluster_bootstraps(self._cluster).decode()
        self._brokers = range(1, brokers + 1)
        self.rebalance_delay(rebalance_delay_ms)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def topic(self, name: str, partitions: int = 1) -> None:
        """Make a topic; a topic that a client merely mentions comes into being with 4 partitions."""
        self._check(
            f"make topic {name}",
            self._library.rd_kafka_mock_topic_create(self._open, name.encode(), partitions, 1),
        )

    def topic_error(self, name: str, error: KafkaError) -> None:
        """Answer who asks where the topic is (metadata) with ``error``, until told ``NONE``."""
        self._library.rd_kafka_mock_topic_set_error(self._open, name.encode(), error)

    def push_errors(self, api: ApiKey, errors: Sequence[KafkaError]) -> None:
        """Answer the next requests of this kind with these errors, one each, in this order."""
        codes = (_INT * len(errors))(*errors)
        self._library.rd_kafka_mock_push_request_errors_array(self._open, api, len(errors), codes)

    def clear_errors(self, api: ApiKey) -> None:
        """Forget the errors pushed and not yet given."""
        self._library.rd_kafka_mock_clear_request_errors(self._open, api)

    def down(self) -> None:
        """Close all connections and take no new ones, as brokers that are gone."""
        for broker in self._brokers:
            self._check("take down", self._library.rd_kafka_mock_broker_set_down(self._open, broker))

    def up(self) -> None:
        """Undo ``down``: same ports, same records."""
        for broker in self._brokers:
            self._check("bring up", self._library.rd_kafka_mock_broker_set_up(self._open, broker))

    def rtt(self, milliseconds: int) -> None:
        """Delay every answer by this long."""
        for broker in self._brokers:
            self._check("delay", self._library.rd_kafka_mock_broker_set_rtt(self._open, broker, milliseconds))

    def rebalance_delay(self, milliseconds: int) -> None:
        """How long a new group waits for more members before it starts."""
        self._library.rd_kafka_mock_group_initial_rebalance_delay_ms(self._open, milliseconds)

    def track_requests(self) -> None:
        """Begin to count requests; they take memory until ``requests`` is called."""
        self._library.rd_kafka_mock_start_request_tracking(self._open)

    def requests(self) -> dict[int, int]:
        """Return how many requests came per API key since the last call, and forget them."""
        count = _SIZE()
        found = self._library.rd_kafka_mock_get_requests(self._open, ctypes.byref(count))
        keys = Counter(self._library.rd_kafka_mock_request_api_key(found[i]) for i in range(count.value))
        self._library.rd_kafka_mock_request_destroy_array(found, count)
        self._library.rd_kafka_mock_clear_requests(self._open)
        return dict(keys)

    def close(self) -> None:
        """End the cluster; its records are gone."""
        if self._cluster:
            self._library.rd_kafka_mock_cluster_destroy(self._cluster)
            self._library.rd_kafka_destroy(self._client)
            self._cluster = None

    @property
    def _open(self) -> int:
        if not self._cluster:
            raise BrokerError("the mock cluster is closed")
        return self._cluster

    def _check(self, what: str, code: int) -> None:
        if code:
            raise BrokerError(f"cannot {what}: {self._library.rd_kafka_err2str(code).decode()}")


def has_mock() -> bool:
    """Whether the confluent-kafka wheel with its librdkafka is installed."""
    return _library_path() is not None


def _library_path() -> str | None:
    try:
        files = distribution(_DISTRIBUTION).files or []
    except PackageNotFoundError:
        return None
    found = [file for file in files if file.name.startswith("librdkafka") and "++" not in file.name]
    return str(found[0].locate()) if found else None


@cache
def _library() -> ctypes.CDLL:
    path = _library_path()
    if path is None:
        raise BrokerError(f"the mock cluster needs the {_DISTRIBUTION} wheel")
    library = ctypes.CDLL(path)
    for name, (result, arguments) in _SIGNATURES.items():
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library
