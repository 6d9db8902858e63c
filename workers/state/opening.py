"""From ``CLAIMWIRE_STATE_URL`` to an open database."""

import re
import time
from collections.abc import Callable
from pathlib import Path

from workers.state.sql import SqlStore
from workers.state.sqlite import SqliteStore
from workers.state.store import StateError


def open_store(url: str, clock: Callable[[], float] = time.time) -> SqlStore:
    """Open the database at ``url``: ``sqlite:///relative``, ``sqlite:////absolute`` or ``postgresql://…``.

    Raises ``StateError`` for any other address, and as the stores do.
    """
    scheme, separator, rest = url.partition("://")
    if scheme == "postgresql" and separator:
        from workers.state.postgres import PostgresStore  # here: the driver is slow to load

        return PostgresStore(url, clock)
    path = rest.removeprefix("/")
    if scheme != "sqlite" or not rest.startswith("/") or not path:
        shown = without_password(url)
        raise StateError(f"CLAIMWIRE_STATE_URL {shown!r}: expected sqlite:///PATH or postgresql://HOST/NAME")
    return SqliteStore(path if path == ":memory:" else Path(path), clock)


def without_password(url: str) -> str:
    """Return ``url`` as it may be shown, also when it is written wrongly."""
    hidden = re.sub(r"(?:(?<=//)|^(?!\w+://))([^/@]*?):[^@]*@", r"\1:***@", url)
    return re.sub(r"(?i)\b((?:ssl)?password)=[^&\s]*", r"\1=***", hidden)
