"""Logs: one JSON object a line, or plain lines for a person at a terminal."""

import json
import logging
from typing import Any

_EXTRA = ("stage", "topic", "partition", "offset", "reason", "count")


def logging_config(level: str) -> dict[str, Any]:
    """Return what ``logging.config`` takes for JSON lines on standard error, from ``level`` on."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": JsonFormatter}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["stderr"], "level": level},
    }


class JsonFormatter(logging.Formatter):
    """``ts``, ``level``, ``logger``, ``message``, and what of ``_EXTRA`` is given."""

    def format(self, record: logging.LogRecord) -> str:
        """Return one line of JSON; a traceback goes into ``error``."""
        line: dict[str, Any] = {
            "ts": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        line.update({name: getattr(record, name) for name in _EXTRA if hasattr(record, name)})
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)
