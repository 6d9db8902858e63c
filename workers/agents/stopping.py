"""An end to stopping: what a signal asks for is done, or given up, within a limit."""

import logging
import signal
import threading
from datetime import timedelta
from typing import Any

import faust

from workers.agents.loop import leave

log = logging.getLogger(__name__)
EXIT_HANDED_BACK = 0


class LimitedWorker(faust.Worker):
    """Faust's worker waits without limit until all that is in flight is acknowledged and committed.

    With a broker that is away that is for ever, with a document that hangs nearly so, and whoever stops the
    worker would have to kill it. After ``stop_limit`` what is in flight is handed back: the worker leaves
    without an acknowledgement, and Kafka delivers it again. That is an orderly end, with code 0.
    """

    def __init__(self, *args: Any, stop_limit: timedelta, **kwargs: Any) -> None:
        self._stop_limit = stop_limit.total_seconds()
        super().__init__(*args, **kwargs)

    def _schedule_shutdown(self, signal: signal.Signals) -> None:
        timer = threading.Timer(self._stop_limit, self._give_up)
        timer.daemon = True
        timer.start()
        super()._schedule_shutdown(signal)

    def _give_up(self) -> None:
        log.warning("handing back what is in flight after %.0f s: it is delivered again", self._stop_limit)
        leave(EXIT_HANDED_BACK)
