"""Free TCP ports on the loopback address."""

import random
import socket

LOOPBACK = "127.0.0.1"
# Below the range that systems hand to outgoing connections, so that a server can be killed and started again
# on its port without finding a client there.
_LOWEST, _HIGHEST = 20_000, 32_000


def free_ports(count: int) -> tuple[int, ...]:
    """Return ``count`` different ports that nothing listens on at this moment."""
    chosen: list[int] = []
    while len(chosen) < count:
        port = random.randint(_LOWEST, _HIGHEST)  # noqa: S311 - spreads ports, hides nothing
        if port not in chosen and _is_free(port):
            chosen.append(port)
    return tuple(chosen)


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True
