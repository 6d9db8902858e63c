"""A network that misbehaves on demand: a loopback TCP proxy between clients and a broker."""

import asyncio
import threading
from collections.abc import Coroutine
from contextlib import suppress
from enum import Enum, auto
from types import TracebackType
from typing import Any, Self

from workers.broker.ports import LOOPBACK, free_ports

_CHUNK = 65_536
_LIMIT_S = 10.0


class Network(Enum):
    """How the network behaves. Both directions, but for ``DEAF``, where answers alone are lost."""

    FINE = auto()
    SLOW = auto()  # every chunk comes ``delay_s`` late
    CUT = auto()  # connections break, new ones are refused
    SILENT = auto()  # connections stay, nothing arrives
    DEAF = auto()  # what clients send arrives; what they would hear of it does not


class TcpProxy:
    """``with TcpProxy() as proxy``: set ``target`` (a port), then let clients connect to ``port``.

    After ``SILENT`` and ``DEAF`` the connections are broken, as TCP itself would give them up: a stream with
    a hole in it is nothing that a network makes.
    """

    def __init__(self, delay_s: float = 0.3) -> None:
        (self.port,) = free_ports(1)
        self.target = 0
        self._delay_s = delay_s
        self._network = Network.FINE
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="tcp-proxy", daemon=True)
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[Any]] = set()

    def __enter__(self) -> Self:
        self._thread.start()
        self._do(self._listen())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._do(self._stop_listening())
        self._do(self._break_connections())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_LIMIT_S)
        self._loop.close()

    def become(self, network: Network) -> None:
        """Behave like ``network`` from now on."""
        self._do(self._become(network))

    def _do(self, coroutine: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(_LIMIT_S)

    async def _become(self, network: Network) -> None:
        before, self._network = self._network, network
        if Network.CUT in (before, network) or before in (Network.SILENT, Network.DEAF):
            await self._break_connections()
        if network is Network.CUT:
            await self._stop_listening()
        elif self._server is None:
            await self._listen()

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._serve, LOOPBACK, self.port)

    async def _stop_listening(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None

    async def _break_connections(self) -> None:
        for writer in self._writers:
            writer.transport.abort()
        tasks = [task for task in self._tasks if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        writers = {writer}
        self._writers.add(writer)
        try:
            broker_reader, broker_writer = await asyncio.open_connection(LOOPBACK, self.target)
            writers.add(broker_writer)
            self._writers.add(broker_writer)
            await asyncio.gather(
                self._pass_on(reader, broker_writer, frozenset({Network.SILENT})),
                self._pass_on(broker_reader, writer, frozenset({Network.SILENT, Network.DEAF})),
            )
        except (OSError, asyncio.CancelledError):
            pass  # a broken connection is this program's daily bread
        finally:
            for each in writers:
                each.transport.abort()
            self._writers -= writers
            self._tasks.discard(task)

    async def _pass_on(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, lost_in: frozenset[Network]
    ) -> None:
        while chunk := await reader.read(_CHUNK):
            if self._network is Network.SLOW:
                await asyncio.sleep(self._delay_s)
            if self._network not in lost_in:
                writer.write(chunk)
                with suppress(ConnectionError):
                    await writer.drain()
        raise ConnectionResetError
