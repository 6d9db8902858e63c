"""What runs beside the stage ``raise-alerts``: the ticks, and the reader of the silences."""

import asyncio
import logging
import signal
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from workers.agents.idle import Idle
from workers.agents.loop import EXIT_UNEXPECTED, leave
from workers.agents.silences import SilenceReader
from workers.agents.ticks import Ticks

log = logging.getLogger(__name__)


def add_alert_tasks(app: Any, ticks: Ticks, silences: SilenceReader, idle: Idle, interval: timedelta) -> None:
    """Let both run with the Faust app; SIGHUP has the rules file read at once.

    What is unexpected ends the process, as in the loop: nothing of a tick is lost by that.
    """

    async def read_silences() -> None:
        await _guarded(silences.run)

    async def tick() -> None:
        hangup = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, hangup.set)
        await _guarded(lambda: ticks.run(interval, idle, hangup))

    app.task(read_silences)
    app.task(tick)


async def _guarded(work: Callable[[], Awaitable[None]]) -> None:
    try:
        await work()
    except asyncio.CancelledError:
        raise
    except BaseException:
        log.critical("what runs beside the alerts failed; leaving", exc_info=True)
        leave(EXIT_UNEXPECTED)
